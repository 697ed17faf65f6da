"""Grids of backtests: what changes with the fleet, the grid, the data or the years. See docs/studies.md."""
