"""Meters that are read, and files of their readings."""
