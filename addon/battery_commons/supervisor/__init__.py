"""The village as a Home Assistant app: its options, and what it tells the Supervisor."""
