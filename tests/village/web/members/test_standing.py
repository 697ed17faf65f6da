"""How the village stands is looked up for many homes at once, and as honest as if it were for each."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from battery_commons.domain.grid import CongestionSignal, Transformer
from battery_commons.domain.reading import MeterReading
from battery_commons.domain.time import SLOT
from battery_commons.store import NotFoundError, Store
from battery_commons.store.records import Home
from battery_commons.web.members.status import FRESH_FOR, Standing
from battery_commons.web.server import VillageServer
from tests.village.web.conftest import VILLAGE_NOW, WALL_NOW, Current
from tests.village.web.members.test_status import plan

SECOND = timedelta(seconds=1)


@pytest.fixture
def home() -> Home:
    return Home("h1", "De Eik", "t1", ())


@pytest.fixture
def standing(village: VillageServer, current: Current) -> Standing:
    return Standing(village, lambda: current.seconds)


async def test_a_new_reading_of_the_meter_is_told_within_a_second(
    standing: Standing, home: Home, store: Store, current: Current
) -> None:
    async def load_w() -> float | None:
        return (await standing.for_home(home, VILLAGE_NOW)).transformer.load_w

    assert await load_w() is None
    store.add_meter_readings("t1", [MeterReading(VILLAGE_NOW, 80_000)])
    assert await load_w() is None

    current.seconds += 1.1
    assert await load_w() == 80_000


async def test_a_kept_reading_ages(
    standing: Standing, home: Home, store: Store, village: VillageServer
) -> None:
    store.add_meter_readings("t1", [MeterReading(VILLAGE_NOW, 240_000)])

    async def told(now: datetime) -> tuple[datetime, CongestionSignal | None]:
        status = await standing.for_home(home, now)
        assert status.transformer.load_at == village.clock.to_wall(VILLAGE_NOW)
        return status.at, status.transformer.signal

    assert await told(VILLAGE_NOW) == (WALL_NOW, CongestionSignal.RED)
    late = VILLAGE_NOW + FRESH_FOR + SECOND
    assert await told(late) == (village.clock.to_wall(late), None)


async def test_a_kept_plan_ages(standing: Standing, home: Home, current: Current) -> None:
    current.plan = replace(plan([10_000.0] * 96), feeder_base_w=[3_000_000.0] * 96)
    current.peaks_shaved_w = {"t1": 5_000.0}

    async def told(now: datetime) -> tuple[float | None, bool, float | None]:
        status = await standing.for_home(home, now)
        return status.transformer.forecast_peak_w, status.feeder is not None, status.peak_shaved_w

    assert await told(VILLAGE_NOW) == (10_000, True, 5_000)
    assert await told(VILLAGE_NOW + FRESH_FOR + SECOND) == (None, False, None)


async def test_what_a_home_answered_to_a_code_is_told_at_once(standing: Standing, store: Store) -> None:
    store.add_invitation("t1", "welcome", VILLAGE_NOW + SLOT)
    joined = store.join("welcome", "De Eik", [], VILLAGE_NOW)
    home = Home(joined.home_id, "De Eik", "t1", ())
    code_id = store.announce_code(
        CongestionSignal.RED, VILLAGE_NOW + SLOT, VILLAGE_NOW + 2 * SLOT, VILLAGE_NOW
    )

    async def joins() -> list[bool | None]:
        return [code.joins for code in (await standing.for_home(home, VILLAGE_NOW)).codes]

    assert await joins() == [None]
    store.answer_code(code_id, home.id, VILLAGE_NOW, joins=True)
    assert await joins() == [True]
    store.withdraw_code(code_id, VILLAGE_NOW)
    assert await joins() == []


async def test_a_home_that_is_moved_hears_of_its_new_transformer_at_once(
    standing: Standing, home: Home, store: Store
) -> None:
    await standing.for_home(home, VILLAGE_NOW)
    store.put_transformer(Transformer("t2", "Brink", 100_000))

    status = await standing.for_home(replace(home, transformer_id="t2"), VILLAGE_NOW)

    assert (status.transformer.id, status.transformer.name) == ("t2", "Brink")


async def test_a_transformer_that_is_none_is_an_error(standing: Standing, home: Home) -> None:
    with pytest.raises(NotFoundError, match="t9"):
        await standing.for_home(replace(home, transformer_id="t9"), VILLAGE_NOW)
