"""The community's days, worked out of the store and the account's books, and periods as they are told."""
