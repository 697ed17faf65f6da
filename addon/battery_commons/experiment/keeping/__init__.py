"""What the days of an experiment came to, from the store, and its keeper."""
