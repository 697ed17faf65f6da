"""A village that lived through May is made once."""

import shutil
from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest

from battery_commons.account.period import month_grid
from battery_commons.store import Store
from tests.village.account_store import Kept, kept
from tests.village.community.lived import MAY, village_of_may, with_codes, with_vote

START, END = month_grid(MAY).start, month_grid(MAY).end


@pytest.fixture(scope="session")
def may(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the database of six homes that lived through May, with codes and a vote."""
    path = tmp_path_factory.mktemp("community") / "village.db"
    with closing(Store.open(path)) as store:
        village_of_may(store)
        with_codes(store, START + timedelta(days=4, hours=15))
        with_vote(store, START + timedelta(days=20))
    return path


@pytest.fixture
def lived(may: Path, tmp_path: Path) -> Iterator[Kept]:
    """Return that village on the eighth of June."""
    copied = shutil.copy(may, tmp_path / "may.db")
    with closing(Store.open(Path(copied))) as store:
        yield kept(store, END + timedelta(days=7))
