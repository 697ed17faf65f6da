"""What the community is told."""
