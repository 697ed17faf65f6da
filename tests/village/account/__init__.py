"""What grid operators are sold, call, and get."""
