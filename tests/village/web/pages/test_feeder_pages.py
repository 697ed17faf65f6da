"""The volunteer's page about the feeder."""

import re
from collections.abc import AsyncIterator
from datetime import timedelta
from math import inf

import pytest
from aiohttp.test_utils import TestClient, TestServer

from battery_commons.control.possible import Obstacle, obstacles, usable
from battery_commons.domain.grid import Feeder, Transformer
from battery_commons.domain.plan import ControlModel
from battery_commons.domain.reading import MeterReading
from battery_commons.store import NotFoundError, Store
from battery_commons.store.audit import Act
from battery_commons.web.pages.app import pages_app
from battery_commons.web.server import VillageServer
from tests.village.web.conftest import VILLAGE_NOW, Client
from tests.village.web.page_reader import opened


@pytest.fixture
async def pages(village: VillageServer) -> AsyncIterator[Client]:
    async with TestClient(TestServer(pages_app(village))) as client:
        yield client


async def test_a_feeder_is_named_with_the_transformers_on_it(pages: Client, store: Store) -> None:
    store.put_transformer(Transformer("t2", "Kerkweg", 160_000))
    form = await opened(pages, "/transformers/feeder")

    done = await form.send("/feeder", **{"name": "Zuid", "limit_kw": "5000", "on-t2": "yes"})

    assert "The feeder is kept." in done.text
    assert store.feeder() == Feeder("feeder", "Zuid", 5_000_000)
    assert [each.id for each in store.transformers()] == ["t1", "t2"]
    assert [entry.act for entry in store.audit()] == [Act.FEEDER_CHANGED]


async def test_a_limit_may_be_left_open(pages: Client, store: Store) -> None:
    form = await opened(pages, "/transformers/feeder")
    await form.send("/feeder", name="Zuid", limit_kw="")

    assert store.feeder() == Feeder("feeder", "Zuid", inf)


@pytest.mark.parametrize(("field", "value"), [("name", ""), ("limit_kw", "-1"), ("limit_kw", "nan")])
async def test_what_makes_no_sense_is_said_and_changes_nothing(
    pages: Client, store: Store, field: str, value: str
) -> None:
    form = await opened(pages, "/transformers/feeder")

    wrong = await form.send("/feeder", **{"name": "Zuid", "limit_kw": "5000", field: value})

    assert wrong.status == 422
    assert store.feeder() is None


async def test_its_meter_gets_a_token_and_reports_like_any_other(
    pages: Client, members: Client, store: Store
) -> None:
    store.put_feeder("Zuid", inf, ["t1"])
    told = await (await opened(pages, "/transformers/feeder")).send("/feeder/token")
    found = re.search(r'name="meter-token" value="([^"]+)"', told.text)
    assert found is not None

    sent = {"version": 1, "readings": [{"at": "2026-11-24T09:30:00+00:00", "power_w": 4_100_000}]}
    headers = {"Authorization": f"Bearer {found[1]}"}
    answer = await members.post("/api/v1/meters/feeder/readings", json=sent, headers=headers)

    assert answer.status == 200
    assert store.latest_meter_reading("feeder") == MeterReading(VILLAGE_NOW, 4_100_000)


async def test_no_transformer_carries_what_a_feeder_may(members: Client, store: Store) -> None:
    sent = {"version": 1, "readings": [{"at": "2026-11-24T09:30:00+00:00", "power_w": 4_100_000}]}
    headers = {"Authorization": f"Bearer {store.new_meter_token('t1')}"}

    answer = await members.post("/api/v1/meters/t1/readings", json=sent, headers=headers)

    assert answer.status == 400


async def test_a_feeder_that_is_removed_takes_its_readings_with_it(pages: Client, store: Store) -> None:
    store.put_feeder("Zuid", inf, ["t1"])
    store.add_meter_readings("feeder", [MeterReading(VILLAGE_NOW, 1)])

    await (await opened(pages, "/transformers/feeder/remove")).send("/remove")

    assert store.feeder() is None
    store.put_feeder("Zuid", inf, ["t1"])
    assert store.latest_meter_reading("feeder") is None


def test_no_home_can_be_behind_a_feeder(store: Store) -> None:
    store.put_feeder("Zuid", inf, ["t1"])

    with pytest.raises(NotFoundError):
        store.add_invitation("feeder", "code", VILLAGE_NOW + timedelta(days=1))


def test_a_transformer_does_not_take_the_feeders_id(store: Store) -> None:
    with pytest.raises(ValueError, match="feeder"):
        store.put_transformer(Transformer("feeder", "Zuid", 1000))


FEEDER = Feeder("feeder", "Zuid", inf)
ON_IT, ELSEWHERE = Transformer("t1", "Brink", 1000), Transformer("t2", "Es", 1000, on_feeder=False)


@pytest.mark.parametrize(
    ("feeder", "transformers", "measured", "obstacle"),
    [
        (None, [ON_IT], False, Obstacle.NO_FEEDER),
        (FEEDER, [ELSEWHERE], True, Obstacle.NONE_ON_FEEDER),
        (FEEDER, [ON_IT, ELSEWHERE], True, None),
        (FEEDER, [ON_IT], False, Obstacle.FEEDER_UNMEASURED),
        (FEEDER, [ON_IT], True, None),
    ],
)
def test_regional_models_need_a_measured_feeder_with_a_part_of_the_village_on_it(
    feeder: Feeder | None, transformers: list[Transformer], *, measured: bool, obstacle: Obstacle | None
) -> None:
    found = obstacles(feeder, transformers, feeder_known=measured)

    assert found[ControlModel.M5] == found[ControlModel.LAYERED] == obstacle
    assert [found[ControlModel(model)] for model in ("M1", "M2", "M3", "M4", "M6")] == [None] * 5


def test_while_nothing_is_known_of_a_feeder_another_model_steers() -> None:
    assert usable(ControlModel.M5, None) is ControlModel.M4
    assert usable(ControlModel.M5, FEEDER) is ControlModel.M5
    assert usable(ControlModel.M3, None) is ControlModel.M3
