"""Which revisions of the database there are, and that nothing is loaded to bring along what is there."""

import subprocess
import sys
from pathlib import Path

import pytest
from alembic.config import Config
from alembic.script import ScriptDirectory

from battery_commons.store import Store, StoreError
from battery_commons.store.shape import known_revisions, newest_revisions
from battery_commons.store.shaping import shape_elsewhere

OPENED = """
import sys
from pathlib import Path
from battery_commons.store import Store
from battery_commons.store.shaping import shape_elsewhere
if __name__ == "__main__":
    database = Path(sys.argv[1])
    if sys.argv[2:] == ["elsewhere"]:
        shape_elsewhere(database)
    Store.open(database).close()
    print("alembic" in sys.modules)
"""


def test_the_revisions_are_those_that_the_migrations_lead_through() -> None:
    config = Config()
    config.set_main_option("script_location", "battery_commons.store:migrations")
    migrations = ScriptDirectory.from_config(config)

    assert known_revisions() == {each.revision for each in migrations.walk_revisions()}
    assert newest_revisions() == set(migrations.get_heads())


def loads_what_migrates(folder: Path, *how: str) -> bool:
    """Open the database of a folder in a process of its own, and return whether that took what migrates."""
    program = folder / "opening.py"
    program.write_text(OPENED)
    command = [sys.executable, str(program), str(folder / "village.db"), *how]
    ran = subprocess.run(command, check=True, capture_output=True, text=True)  # noqa: S603 - our own program
    assert not ran.stderr
    return ran.stdout.strip() == "True"


def test_what_migrates_is_only_loaded_where_something_is_to_be_migrated(tmp_path: Path) -> None:
    assert loads_what_migrates(tmp_path)
    assert not loads_what_migrates(tmp_path)


def test_a_database_that_was_shaped_elsewhere_is_opened_without(tmp_path: Path) -> None:
    assert not loads_what_migrates(tmp_path, "elsewhere")


def test_a_file_that_is_no_database_is_left_to_be_told_of_when_it_is_opened(tmp_path: Path) -> None:
    (tmp_path / "village.db").write_text("a letter")

    shape_elsewhere(tmp_path / "village.db")

    assert (tmp_path / "village.db").read_text() == "a letter"
    with pytest.raises(StoreError, match="no database"):
        Store.open(tmp_path / "village.db")
