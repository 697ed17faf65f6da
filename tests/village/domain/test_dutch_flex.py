"""Who takes part behind which congestion point."""

import pytest

from battery_commons.domain.battery import Battery
from battery_commons.domain.dutch_flex import CongestionPoint, DutchParticipation, MaxDuration, takers
from battery_commons.domain.grid import FEEDER_ID, Transformer, on_feeder

POINT = CongestionPoint("MSR-1234", MaxDuration.TWO_HOURS)
EAN = "871687120052345672"
GRID = [
    Transformer("t1", "Dorpsstraat", 250_000),
    Transformer("t2", "Kerkweg", 250_000),
    Transformer("t3", "Elders", 250_000, on_feeder=False),
]
ON_FEEDER = on_feeder(GRID, has_feeder=True)
BATTERIES = [Battery(f"h{n}/b", f"t{n}", 10_000, 5000, 5000) for n in (1, 2, 3)]


def participation(*subjects: str, homes: tuple[str, ...] = ()) -> DutchParticipation:
    """Return how a village takes part with these parts of it, and these homes."""
    points = dict.fromkeys(subjects, POINT)
    return DutchParticipation("8712345678906", "8712423014022", points, dict.fromkeys(homes, EAN))


def test_behind_a_transformers_point_are_its_batteries() -> None:
    (found,) = takers(participation("t1", homes=("h1",)), ON_FEEDER, BATTERIES)
    assert (found.batteries, found.missing, found.is_complete) == (BATTERIES[:1], [], True)


def test_behind_the_feeders_are_those_of_all_transformers_on_it() -> None:
    (found,) = takers(participation(FEEDER_ID, homes=("h1",)), ON_FEEDER, BATTERIES)
    assert (found.batteries, found.missing, found.is_complete) == (BATTERIES[:2], ["h2"], False)


def test_a_point_without_batteries_has_nothing_to_register() -> None:
    (found,) = takers(participation("t1"), ON_FEEDER, [])
    assert not found.is_complete


def test_a_battery_cannot_be_behind_two_points() -> None:
    with pytest.raises(ValueError, match="not both"):
        participation(FEEDER_ID, "t1")
