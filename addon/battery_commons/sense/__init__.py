"""What comes in: telemetry of homes, readings of meters and prices, each checked at the door."""
