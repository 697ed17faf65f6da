"""What grid operators are sold, what they call, and the proof of what they got. Pure."""
