"""A backtest for people to read: a table in the terminal, files for a spreadsheet, an illustrated page."""
