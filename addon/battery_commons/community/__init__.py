"""What the community came to that is not money: peaks, hours, own sun, CO2, codes and votes. Pure."""
