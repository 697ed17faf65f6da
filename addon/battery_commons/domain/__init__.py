"""What exists in a village: batteries, transformers, plans and time.

The ground floor: imports nothing of ours. Watts, watt-hours, euros and UTC throughout;
positive power is drawn from the grid (import, charging), negative is fed in.
"""
