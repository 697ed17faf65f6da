"""In what an event's figures are where it does not say so itself: in what its program says."""

import asyncio
import json
from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from structlog.testing import capture_logs

from battery_commons.domain.time import WallClock
from battery_commons.openadr.in_force import EventsInForce
from battery_commons.openadr.units import Descriptors, ProgramUnits, descriptors_of
from battery_commons.store import Store
from tests.village.openadr.village_line import RARELY, Village, line_to, running
from tests.village.openadr.vtn_peer import FakeVtn, Quirks, vtn

LIMIT = "IMPORT_CAPACITY_LIMIT"
IN_WATTS = [{"payloadType": LIMIT, "units": "W"}]
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.sampled_from([LIMIT, "W"]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["payloadDescriptors", "payloadType", "units"]), inner)
    ),
    max_leaves=12,
)


def event(type_: str = LIMIT, **more: Any) -> dict[str, Any]:
    return {"programID": "p", "intervals": [{"id": 0, "payloads": [{"type": type_, "values": [5]}]}], **more}


def said_of(event: dict[str, Any], program: Descriptors) -> Any:
    units = ProgramUnits()
    units.listed({"p": program}, ())
    filled = units.fill_in(event)
    assert isinstance(filled, dict)
    return filled.get("payloadDescriptors")


def limits_w(village: Village) -> list[float | None]:
    """Return what is asked as the planner knows it."""
    clock = WallClock()
    return [each.import_w for each in EventsInForce(village.store, clock).signals(clock.now()).limits]


def in_watts(fake: FakeVtn, name: str = "Watts") -> str:
    program = fake.add_program(name)
    fake.programs[program]["payloadDescriptors"] = IN_WATTS
    return program


def test_what_an_event_says_itself_counts() -> None:
    own = [{"payloadType": LIMIT, "units": "KW"}]
    assert said_of(event(payloadDescriptors=own), IN_WATTS) == own


def test_what_an_event_does_not_say_its_program_does() -> None:
    own = [{"payloadType": "PRICE", "currency": "EUR"}]
    program = [{"payloadType": "PRICE", "units": "MWH", "currency": "USD"}, *IN_WATTS]
    filled = {"payloadType": "PRICE", "units": "MWH"}
    assert said_of(event("PRICE", payloadDescriptors=own), program) == [*own, filled]
    assert said_of(event(), program) == IN_WATTS


def test_of_what_an_event_does_not_carry_nothing_is_said() -> None:
    assert said_of(event("SIMPLE"), IN_WATTS) is None
    assert said_of(event(), [{"payloadType": LIMIT}]) is None


@given(JSON, JSON)
def test_whatever_a_program_and_an_event_say_breaks_nothing(program: object, said: object) -> None:
    descriptors = descriptors_of({"payloadDescriptors": program})
    said_of(event(payloadDescriptors=said), descriptors)
    units = ProgramUnits()
    units.fill_in(said)
    units.fill_in({"intervals": said})


async def test_a_program_in_watts_is_read_in_watts(store: Store) -> None:
    async with vtn() as fake:
        fake.add_event(20_000, in_watts(fake), payloadDescriptors=[])
        async with running(store, line_to(fake)) as village:
            await village.until_heard()
            await village.until(lambda: limits_w(village) == [20_000])


async def test_a_unit_that_nobody_knows_is_refused_with_the_event(store: Store) -> None:
    async with vtn() as fake:
        program = in_watts(fake)
        fake.programs[program]["payloadDescriptors"] = [{"payloadType": LIMIT, "units": "AMPERE"}]
        made = fake.add_event(20_000, program, payloadDescriptors=[])["id"]
        with capture_logs() as logs:
            async with running(store, line_to(fake)) as village:
                await village.until_heard()
        told = [(each["event_id"], each["reason"]) for each in logs if each["event"] == "operator_event"]
        assert told == [(made, "unknown_unit")]


async def test_an_event_of_a_program_that_is_new_is_not_obeyed_before_its_unit_is_known(store: Store) -> None:
    async with vtn() as fake, running(store, line_to(fake), RARELY, is_callable=True) as village:
        await village.until_heard()
        await village.until(lambda: bool(fake.subscriptions))
        asked = fake.asked["GET /programs"]
        made = fake.add_event(20_000, in_watts(fake), payloadDescriptors=[])
        assert await fake.tell("CREATE", made) == [200]
        assert limits_w(village) in ([], [20_000])
        await village.until(lambda: limits_w(village) == [20_000])
        assert fake.asked["GET /programs"] > asked


async def test_a_program_that_is_shown_to_nobody_is_looked_for_once(store: Store) -> None:
    async with vtn() as fake:
        made = fake.add_event(20, "hidden", payloadDescriptors=[])["id"]
        async with running(store, line_to(fake)) as village:
            await village.until_asked({made: 20})
            asked = fake.asked["GET /programs"]
            listed = fake.asked["GET /events"]
            await village.until(lambda: fake.asked["GET /events"] > listed + 4)
            assert fake.asked["GET /programs"] == asked
            assert limits_w(village) == [20_000]


async def test_units_hold_after_a_restart_without_the_operator(store: Store) -> None:
    async with vtn() as fake:
        fake.add_event(20_000, in_watts(fake), payloadDescriptors=[])
        async with running(store, line_to(fake)) as village:
            await village.until(lambda: limits_w(village) == [20_000])
    async with running(store) as village:
        await asyncio.sleep(0.1)
        assert limits_w(village) == [20_000]
    [kept] = store.operator_events()
    assert json.loads(kept.raw)["payloadDescriptors"] == IN_WATTS


async def test_events_of_other_programs_are_not_taken_where_a_server_knows_no_filter(store: Store) -> None:
    async with vtn(Quirks(knows_filters=False)) as fake:
        chosen = fake.add_event(100)["id"]
        fake.add_event(1, in_watts(fake))
        async with running(store, line_to(fake, programs=("Limits",))) as village:
            await village.until_asked({chosen: 100})
