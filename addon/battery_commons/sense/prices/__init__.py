"""Day-ahead prices: from a file, from the market, or made up and said so. All per quarter hour in UTC."""
