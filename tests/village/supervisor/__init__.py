"""The village as a Home Assistant app."""
