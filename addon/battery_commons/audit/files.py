"""Reading an export: a folder, or a ZIP archive of one."""

import csv
import io
import zipfile
import zlib
from pathlib import Path

csv.field_size_limit(100_000_000)
"""A closing entry names the tables of every home."""
MOST_BYTES = 2_000_000_000
_ENDINGS = (".csv", ".json")
"""What else a computer puts into folders is nobody's account."""
_UNREADABLE = (OSError, EOFError, RuntimeError, zipfile.BadZipFile, zlib.error, UnicodeDecodeError)
"""What reading a damaged or encrypted archive raises."""


class NotAnExportError(ValueError):
    """What is to be audited is no export of an account; the message says what to do."""


def read_files(path: Path) -> dict[str, str]:
    """Return the files of an export by name. Raises NotAnExportError where there is none."""
    try:
        if path.is_dir():
            found = [file for ending in _ENDINGS for file in path.rglob(f"*{ending}")]
            texts = {file.relative_to(path).as_posix(): file.read_bytes().decode() for file in found}
        else:
            with zipfile.ZipFile(path) as archive:
                named = _named(path, archive)
                texts = {name: archive.read(name).decode() for name in named}
    except _UNREADABLE as error:
        raise NotAnExportError(f"{path} cannot be read as an export of an account: {error}") from error
    if "account.json" not in texts or "ledger.csv" not in texts:
        raise NotAnExportError(f"{path} has no account.json and ledger.csv: is it an export of an account?")
    return texts


def _named(path: Path, archive: zipfile.ZipFile) -> list[str]:
    """Return the names of the files that count. Raises NotAnExportError for an archive as none is written."""
    files = archive.infolist()
    if sum(info.file_size for info in files) > MOST_BYTES:
        raise NotAnExportError(f"{path} is too large for an account")
    if any(info.compress_type not in {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED} for info in files):
        raise NotAnExportError(f"{path} is not compressed as an export is")
    names = [info.filename for info in files if info.filename.endswith(_ENDINGS)]
    if len(set(names)) != len(names):
        # Which of two is unpacked, and which is looked at here, would depend on the program.
        raise NotAnExportError(f"{path} has two files of one name")
    return names


def rows_of(text: str) -> list[list[str]]:
    """Return the lines of a CSV text; none where it is no such text."""
    try:
        return list(csv.reader(io.StringIO(text, newline="")))
    except csv.Error:
        return []


def whole(cell: str) -> int:
    """Return the whole number in a cell. Raises ValueError for one that is written in another way."""
    if str(number := int(cell)) != cell:
        raise ValueError(f"{cell!r} is not how {number} is written")
    return number
