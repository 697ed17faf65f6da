"""The control models: what is known goes in, a plan comes out.

No I/O, no clock, no database: every function here is a function of its arguments alone.
"""
