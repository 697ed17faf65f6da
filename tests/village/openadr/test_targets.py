"""Events that are targeted at parts of the village by names that the operator gave them."""

from http import HTTPStatus

import pytest
from hypothesis import given
from hypothesis import strategies as st

from battery_commons.domain.grid import FEEDER_ID
from battery_commons.domain.time import WallClock
from battery_commons.openadr.in_force import EventsInForce
from battery_commons.openadr.targets import ResourceTargets
from battery_commons.store import Store
from tests.village.openadr.village_line import line_to, running
from tests.village.openadr.vtn_peer import vtn

NAMES = st.sampled_from(["t1", "t2", "west", "east", "ansen"])


def asked_of(store: Store) -> set[str]:
    """Return which parts of the village something is asked of."""
    clock = WallClock()
    return {each.subject for each in EventsInForce(store, clock).signals(clock.now()).limits}


async def test_an_event_is_for_the_part_that_the_operator_calls_so(store: Store) -> None:
    store.put_feeder("Kabel", 4e6, ["t1"])
    async with vtn() as fake:
        async with running(store, line_to(fake)) as village:
            await village.until_heard()
        for resource in fake.resources.values():
            resource["targets"] = ["ansen", *(["west"] if resource["resourceName"] == "t1" else [])]
        event = fake.add_event(100, targets=["west"])
        async with running(store) as village:
            await village.until_asked({event["id"]: 100})
            assert asked_of(store) == {"t1"}
            fake.events[event["id"]] = fake.change(event["id"], 90) | {"targets": ["ansen"]}
            await village.until_asked({event["id"]: 90})
            assert asked_of(store) == {FEEDER_ID}


@pytest.mark.parametrize("part", ["vens", "resources"])
async def test_after_a_restart_a_part_is_called_as_before_while_nobody_tells(store: Store, part: str) -> None:
    store.put_feeder("Kabel", 4e6, ["t1"])
    async with vtn() as fake:
        async with running(store, line_to(fake)) as village:
            await village.until_heard()
        for resource in fake.resources.values():
            resource["targets"] = ["west"] if resource["resourceName"] == "t1" else []
        async with running(store) as village:
            await village.until(lambda: store.operator_lines()[0].resource_names.get("t1") == ["west"])
        fake.quirks.fails = {part: HTTPStatus.INTERNAL_SERVER_ERROR}
        event = fake.add_event(100, targets=["west"])
        async with running(store) as village:
            await village.until_asked({event["id"]: 100})
            assert asked_of(store) == {"t1"}


def test_what_a_part_is_called_by_the_village_itself_stays_its_own() -> None:
    targets = ResourceTargets()
    targets.listed({"t1": ["t2"], "t2": [], "feeder": []})

    assert targets.fill_in({"targets": ["t2"]}) == {"targets": ["t2"]}


@given(
    st.dictionaries(st.sampled_from(["t1", "t2", "feeder"]), st.lists(NAMES, max_size=3)),
    st.none() | st.lists(NAMES | st.integers() | st.none(), max_size=4) | st.text(max_size=5),
)
def test_whatever_is_said_stays_and_is_filled_in_once(named: dict[str, list[str]], said: object) -> None:
    targets = ResourceTargets()
    targets.listed(named)
    filled = targets.fill_in({"targets": said})

    assert targets.fill_in(filled) == filled
    assert isinstance(filled, dict)
    kept = filled["targets"]
    assert (kept[: len(said)] if isinstance(said, list) else kept) == said
