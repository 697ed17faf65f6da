"""The tick, live and in parts."""
