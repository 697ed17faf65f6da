"""Prices, wherever they come from."""
