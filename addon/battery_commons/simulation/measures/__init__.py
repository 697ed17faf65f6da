"""What a backtest amounts to: figures for grid, purse and batteries, from physical replays only."""
