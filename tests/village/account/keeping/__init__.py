"""The account as it is kept: gathered by day, closed, corrected, paid, whoever leaves."""
