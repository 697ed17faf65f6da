"""The village over HTTP, on two listeners: the members' API for homes, the pages for the volunteer."""
