"""A village without the wires: recorded load and PV, and batteries that obey physics."""
