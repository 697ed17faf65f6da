"""Code red and code green: which to propose, and what they came to. Pure."""
