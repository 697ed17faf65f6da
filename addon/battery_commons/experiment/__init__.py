"""Experiments: control models in alternating periods, and what they did at the same weather. Pure."""
