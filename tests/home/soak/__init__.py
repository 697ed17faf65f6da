"""A day in the life of a home, with everything that can go wrong, judged by what really happened."""
