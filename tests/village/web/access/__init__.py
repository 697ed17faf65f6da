"""Who may open the volunteer's pages."""
