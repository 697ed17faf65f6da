"""Who may open the volunteer's pages: the Supervisor's ingress, or administrators who sign in."""
