"""What crosses the line between village and home; docs/protocol.md describes it in words."""
