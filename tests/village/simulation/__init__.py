"""The simulated village."""
