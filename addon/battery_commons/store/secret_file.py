"""Files that hold a secret."""

import os
import tempfile
from pathlib import Path


def write_secret(path: Path, content: bytes, *, over: bool) -> None:
    """Put a file there whole or not at all, on disk when this returns, which its owner alone may read.

    One that is there already is replaced if `over`, and else left: FileExistsError is raised then. Raises
    OSError where it cannot be written.
    """
    descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")  # made with mode 0600
    draft = Path(name)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        if over:
            draft.replace(path)
        else:
            path.hardlink_to(draft)
    finally:
        draft.unlink(missing_ok=True)
