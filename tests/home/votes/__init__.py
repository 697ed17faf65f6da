"""A home votes: in secret, once, over restarts and lost answers, and sees that it was counted."""
