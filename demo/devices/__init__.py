"""Batteries of well-known makes, simulated down to their registers: what real ones say and do."""
