"""Reading an export: a folder, or a ZIP archive of one."""

import csv
import io
import zipfile
from pathlib import Path

csv.field_size_limit(100_000_000)
"""A closing entry names the tables of every home."""
MOST_BYTES = 2_000_000_000
_ENDINGS = (".csv", ".json")
"""What else a computer puts into folders is nobody's account."""


class NotAnExportError(ValueError):
    """What is to be audited is no export of an account; the message says what to do."""


def read_files(path: Path) -> dict[str, str]:
    """Return the files of an export by name. Raises NotAnExportError where there is none."""
    try:
        if path.is_dir():
            found = [file for ending in _ENDINGS for file in path.rglob(f"*{ending}")]
            files = {file.relative_to(path).as_posix(): file.read_bytes() for file in found}
        else:
            with zipfile.ZipFile(path) as archive:
                if sum(info.file_size for info in archive.infolist()) > MOST_BYTES:
                    raise NotAnExportError(f"{path} is too large for an account")
                named = [name for name in archive.namelist() if name.endswith(_ENDINGS)]
                files = {name: archive.read(name) for name in named}
        texts = {name: content.decode("utf-8") for name, content in files.items()}
    except (OSError, zipfile.BadZipFile, UnicodeDecodeError) as error:
        raise NotAnExportError(f"{path} cannot be read as an export of an account: {error}") from error
    if "account.json" not in texts or "ledger.csv" not in texts:
        raise NotAnExportError(f"{path} has no account.json and ledger.csv: is it an export of an account?")
    return texts


def rows_of(text: str) -> list[list[str]]:
    """Return the lines of a CSV text; none where it is no such text."""
    try:
        return list(csv.reader(io.StringIO(text, newline="")))
    except csv.Error:
        return []
