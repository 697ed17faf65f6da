"""The community's account: each home's months against M1, how the gain is shared, and the ledger. Pure."""
