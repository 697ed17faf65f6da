"""Every test of the profile has the judge at hand."""

from collections.abc import Iterator

import pytest

from tests.village.openadr.dutch_profile.judge import judging


@pytest.fixture(autouse=True, scope="package")
def _judge() -> Iterator[None]:
    with judging():
        yield
