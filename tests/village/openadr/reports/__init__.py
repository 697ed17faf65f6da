"""What the village reports to grid operators."""
