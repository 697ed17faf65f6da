"""Battery Commons: the coordinator of a village's home batteries.

The packages below are the steps of one tick, in the order in which data flows:
`sense` -> `forecast` -> `control` -> `dispatch`; `service` alone wires them together.
"""

__version__ = "0.1.0"
