"""The month that is kept in these tests, and what is looked up of it."""

from datetime import timedelta
from pathlib import Path

from battery_commons.account.export import write_export
from battery_commons.account.period import month_grid
from battery_commons.store import Store
from tests.village.account_store import Kept

MAY = "2026-05"
GRID_OF_MAY = month_grid(MAY)
START, END = GRID_OF_MAY.start, GRID_OF_MAY.end
DAY = timedelta(days=1)


def exported(village: Kept, tmp_path: Path) -> Path:
    path = tmp_path / "account.zip"
    path.unlink(missing_ok=True)
    write_export(path, village.books.export())
    return path


def account_of(store: Store, name: str) -> str:
    home = next(home.id for home in store.homes() if home.name == name)
    return next(each.account for each in store.memberships() if each.home_id == home)
