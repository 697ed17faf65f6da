"""The demonstration's simulators."""
