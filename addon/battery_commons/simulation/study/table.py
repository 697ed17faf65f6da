"""The file of a study: tidy rows that are safe on disk as soon as a case is done."""

from collections.abc import Iterable, Sequence
from pathlib import Path

import pyarrow as pa
from pyarrow import csv, parquet

from battery_commons.simulation.study.case import Row

PARQUET = "study.parquet"
CSV = "study.csv"
KEY = "case"
ERROR = "error"
_VILLAGE = b"village"


class StudyFile:
    """study.parquet in a folder: one or more rows per case."""

    def __init__(self, folder: Path, digest: str) -> None:
        """Open a study, or begin one.

        Args:
            folder: Where the study is, made where needed.
            digest: Of the village. A study is of one.

        Raises:
            ValueError: The folder has a study of another village.
        """
        folder.mkdir(parents=True, exist_ok=True)
        self.path = folder / PARQUET
        self._digest = digest
        self.rows: list[Row] = []
        if self.path.exists():
            table = parquet.read_table(self.path)
            if (table.schema.metadata or {}).get(_VILLAGE) != digest.encode():
                raise ValueError(f"{self.path} is of another village, period or prices: use another folder")
            self.rows = table.to_pylist()

    @property
    def done(self) -> set[str]:
        """The keys of all cases that need not be run again; those that failed are."""
        return {str(row[KEY]) for row in self.rows if row[ERROR] is None}

    def put(self, rows: Sequence[Row]) -> None:
        """Keep the rows of a case, in the place of earlier ones, and write the file."""
        keys = {row[KEY] for row in rows}
        self.rows = [row for row in self.rows if row[KEY] not in keys] + list(rows)
        self._write()

    def arrange(self, keys: Iterable[str]) -> None:
        """Bring rows into the order of their cases' keys, whichever was done first; others come first."""
        place = {key: n for n, key in enumerate(keys)}
        self.rows.sort(key=lambda row: place.get(str(row[KEY]), -1))
        self._write()

    def export(self) -> Path:
        """Write the rows as CSV too, and return its path."""
        path = self.path.with_name(CSV)
        csv.write_csv(self._table(), path)
        return path

    def _write(self) -> None:
        beside = self.path.with_suffix(".part")
        parquet.write_table(self._table(), beside)
        beside.replace(self.path)  # at once: whoever stops us leaves a whole file

    def _table(self) -> pa.Table:
        names = dict.fromkeys(name for row in self.rows for name in row)
        columns = {name: [row.get(name) for row in self.rows] for name in names}
        return pa.table(columns).replace_schema_metadata({_VILLAGE: self._digest.encode()})
