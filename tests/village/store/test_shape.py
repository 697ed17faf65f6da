"""Which revisions of the database there are, and that nothing is loaded to bring along what is there."""

import subprocess
import sys
from pathlib import Path

from alembic.config import Config
from alembic.script import ScriptDirectory

from battery_commons.store import Store
from battery_commons.store.shape import known_revisions, newest_revisions

OPENED = """
import sys
from pathlib import Path
from battery_commons.store import Store
Store.open(Path(sys.argv[1])).close()
print("alembic" in sys.modules)
"""


def test_the_revisions_are_those_that_the_migrations_lead_through() -> None:
    config = Config()
    config.set_main_option("script_location", "battery_commons.store:migrations")
    migrations = ScriptDirectory.from_config(config)

    assert known_revisions() == {each.revision for each in migrations.walk_revisions()}
    assert newest_revisions() == set(migrations.get_heads())


def test_what_migrates_is_only_loaded_where_something_is_to_be_migrated(tmp_path: Path) -> None:
    database = tmp_path / "village.db"

    def loads_it() -> str:
        return subprocess.run(  # noqa: S603 - our own program
            [sys.executable, "-c", OPENED, str(database)], check=True, capture_output=True, text=True
        ).stdout.strip()

    assert loads_it() == "True"
    assert loads_it() == "False"
    Store.open(database).close()
