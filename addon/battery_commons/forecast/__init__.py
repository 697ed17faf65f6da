"""What the coming slots will bring: figures in, figures out, each with the age of what it rests on."""
