"""Joining, staying, adding batteries and meters: the forms, as a resident goes through them."""
