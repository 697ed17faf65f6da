"""The tick: from how the village stands to a plan, every quarter hour, and the guard between ticks."""
