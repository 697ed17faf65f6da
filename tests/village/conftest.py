"""The servers that tests of the village run on."""

from collections.abc import Iterator

import pytest

from tests.village.postgresql import Cluster, server_programs


@pytest.fixture(scope="session")
def postgresql() -> Iterator[Cluster]:
    """A PostgreSQL server that does not wait for the disk; databases on it are cheap."""
    cluster = _cluster(fsync=False)
    yield cluster
    cluster.remove()


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
