"""The weather from outside, as it is fetched, kept and put together."""
