"""What there is to tell, by subject: each sensor a description that finds its value."""
