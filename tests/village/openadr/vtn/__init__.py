"""The VTN: what is served to those below."""
