"""The servers that tests of the village run on."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from battery_commons.store.place import Place
from tests.properties import try_untimed
from tests.village.postgresql import Cluster, place_of, server_programs

try_untimed()


@pytest.fixture(scope="session")
def postgresql() -> Iterator[Cluster]:
    """A PostgreSQL server that does not wait for the disk; databases on it are cheap."""
    cluster = _cluster(fsync=False)
    yield cluster
    cluster.remove()


@pytest.fixture
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Place]:
    """Where a new village is kept: in a file, unless the test is to hold `on_both`."""
    with place_of(request, tmp_path) as place:
        yield place


@pytest.fixture
def own_postgresql() -> Iterator[Cluster]:
    """A PostgreSQL server for one test alone, which may kill it: it waits for the disk."""
    cluster = _cluster(fsync=True)
    yield cluster
    cluster.remove()


def _cluster(*, fsync: bool) -> Cluster:
    programs = server_programs()
    if programs is None:
        pytest.skip("no PostgreSQL server is installed here (apt install postgresql)")
    cluster = Cluster(programs, fsync)
    try:
        cluster.start()
    except BaseException:
        cluster.remove()
        raise
    return cluster
