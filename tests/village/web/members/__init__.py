"""The members' API over HTTP."""
