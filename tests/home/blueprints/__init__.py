"""Every blueprint, in a running Home Assistant: what it does, and what it leaves alone."""
