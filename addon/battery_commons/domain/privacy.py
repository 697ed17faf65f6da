"""What must not be told, since it would tell about one household."""

LEAST_HOMES = 5
"""A sum or a mean of fewer homes tells too much about each (docs/data-quality.md)."""
