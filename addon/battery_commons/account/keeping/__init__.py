"""The account's edges: homes' days as they come in, what a month rests on, the books, and their keeper."""
