"""A village that holds a vote."""

import pytest

from tests.home.ballot_box import BallotBox
from tests.home.coordinator import FakeCoordinator


@pytest.fixture
def box(coordinator: FakeCoordinator) -> BallotBox:
    """Let the village hold a vote, before the home is set up."""
    coordinator.box = BallotBox()
    return coordinator.box
