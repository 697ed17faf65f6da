"""The village, as a home sees it: who invites, what is asked, and what is told."""
