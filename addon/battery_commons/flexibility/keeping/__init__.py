"""What became of operators' calls, and the proof of what was delivered: kept in and made from the store."""
