"""Votes: what may be proposed, ballots that are secret and can be counted by anybody, and the count. Pure."""
