"""Votes beside the ticks: what a motion would do, and opening, closing, counting and putting in force."""
