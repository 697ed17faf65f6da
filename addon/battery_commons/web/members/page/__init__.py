"""A home's own page, for residents without much Home Assistant: what is voted on, and voting."""
