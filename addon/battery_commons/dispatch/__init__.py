"""Plans to homes, through their own Home Assistant, as leases that end by themselves."""
