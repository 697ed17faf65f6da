"""Day-ahead prices: from a file, from EnergyZero, or made up and said so. All per quarter hour in UTC."""
