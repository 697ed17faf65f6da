"""Batteries that are steered over Modbus, each by its register map."""
