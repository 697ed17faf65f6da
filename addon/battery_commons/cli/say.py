"""A command's own voice."""


def say(text: str) -> None:
    """Print a line to standard output."""
    print(text)  # noqa: T201 - this is where commands speak
