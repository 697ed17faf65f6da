"""What is tried on the village's own past."""
