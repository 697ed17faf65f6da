"""Calls that no library would make, as clients that say whatever a test wants said."""
