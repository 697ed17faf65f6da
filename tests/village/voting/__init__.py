"""Votes: what may be proposed, ballots, and the count."""
