"""The weather outside: fetched, kept, and put together for forecasts."""
