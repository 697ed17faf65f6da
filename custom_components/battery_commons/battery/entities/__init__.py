"""Batteries that another integration has brought into Home Assistant, steered through its entities."""
