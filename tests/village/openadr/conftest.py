"""A village of one transformer, with a real database."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from battery_commons.domain.grid import Transformer
from battery_commons.store import Store


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    store = Store.open(tmp_path / "village.db")
    store.put_transformer(Transformer(id="t1", name="Dorpsstraat", limit_w=250_000))
    yield store
    store.close()
