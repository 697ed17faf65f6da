"""The conversations in which a resident adds what belongs to the home: its batteries and its meters."""
