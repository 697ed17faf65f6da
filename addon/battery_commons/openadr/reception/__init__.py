"""The ways in which an operator's events come."""
