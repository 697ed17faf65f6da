"""Codes beside the ticks: loads from the store, what is measured, learned and told."""
