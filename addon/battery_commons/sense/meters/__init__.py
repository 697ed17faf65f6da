"""Meters that are read: each source is one function that hands out readings until it fails."""
