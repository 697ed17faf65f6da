"""A running coordinator: what it is made of, from start to a clean stop."""
