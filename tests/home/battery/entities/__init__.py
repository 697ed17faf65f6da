"""Batteries through entities that exist already."""
