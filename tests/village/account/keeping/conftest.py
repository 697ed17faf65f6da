"""A village whose account is kept."""

import shutil
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from battery_commons.store import Store
from battery_commons.store.place import Place
from tests.village.account.keeping.may import DAY, END, MAY
from tests.village.account_store import Kept, kept, with_month


@pytest.fixture
def store(place: Place) -> Iterator[Store]:
    with closing(Store.open(place)) as store:
        yield store


@pytest.fixture(scope="session")
def lived(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A village of two homes that lived through May."""
    path = tmp_path_factory.mktemp("lived") / "village.db"
    with closing(Store.open(path)) as store:
        with_month(store, MAY, "De Eik", "De Linde")
    return path


@pytest.fixture
def village(lived: Path, tmp_path: Path) -> Iterator[Kept]:
    """May was lived through by two homes; it is the eighth of June."""
    copied = shutil.copy(lived, tmp_path / "lived.db")
    with closing(Store.open(Path(copied))) as store:
        yield kept(store, END + 7 * DAY)
