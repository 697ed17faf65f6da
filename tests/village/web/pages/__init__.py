"""The volunteer's pages over HTTP."""
