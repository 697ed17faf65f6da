"""What is said of a village's file that cannot be trusted."""


class VillageFileError(ValueError):
    """A file of a village that cannot be trusted: names the file, the line and the problem."""

    def __init__(self, file: str, line: int, problem: str) -> None:
        """Say what is wrong with a line, counted from 1, and what to do."""
        super().__init__(f"{file}, line {line}: {problem}")
        self.file = file
        self.line = line
        self.problem = problem
