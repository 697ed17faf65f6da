"""An export is the same file whenever it is written."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from battery_commons.account.closing import close
from battery_commons.account.export import Export, table_file, write_export
from tests.village.account.made import FEBRUARY, made_month

CLOSED = close([made_month(1)], (), None, datetime(2027, 3, 4, tzinfo=UTC))
TABLES = {(FEBRUARY, name, table.digest): table.text for name, table in CLOSED.months[0].tables.items()}
EXPORT = Export("Ansen", "a key", CLOSED.entries, (), TABLES)


def test_an_archive_is_byte_for_byte_the_same(tmp_path: Path) -> None:
    for name in ("a.zip", "b.zip"):
        write_export(tmp_path / name, EXPORT)
    assert (tmp_path / "a.zip").read_bytes() == (tmp_path / "b.zip").read_bytes()


def test_a_folder_holds_each_table_as_it_was_settled(tmp_path: Path) -> None:
    write_export(tmp_path / "account", EXPORT)
    for (period, name, digest), text in TABLES.items():
        assert (tmp_path / "account" / table_file(period, name, digest)).read_text() == text


def test_a_folder_that_is_there_is_not_written_over(tmp_path: Path) -> None:
    with pytest.raises(FileExistsError):
        write_export(tmp_path, EXPORT)
