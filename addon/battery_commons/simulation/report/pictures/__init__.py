"""The report's pictures, one a file. Each knows its name, whether it applies, how to draw and what to say."""
