"""What the resident is told: one sentence, with the plan's own figures, in both languages."""
