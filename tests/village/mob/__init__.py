"""Code red and green: proposed, measured against a baseline, told."""
