"""The village over HTTP."""
