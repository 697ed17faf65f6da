"""What goes on as long as a coordinator runs."""
