"""What the village remembers."""
