"""The page on which a volunteer says what the village is called, what members pay and where it lies."""

from collections.abc import AsyncIterator
from dataclasses import replace

import pytest
from aiohttp.test_utils import TestClient, TestServer

from battery_commons.domain.plan import ControlModel
from battery_commons.domain.settings import Place, TariffChoice, VillageSettings
from battery_commons.store import Store
from battery_commons.store.audit import Act
from battery_commons.web.pages.app import pages_app
from battery_commons.web.pages.settings import read_place
from battery_commons.web.server import VillageServer
from tests.village.web.conftest import Client
from tests.village.web.page_reader import opened

CHANGED: dict[str, str] = {
    "name": "Ansen-Oost",
    "tariff": "after-net-metering",
    "model": "M2",
    "latitude": "52,8",
    "longitude": "6.3",
}


@pytest.fixture
def told() -> list[str]:
    return []


@pytest.fixture
async def pages(village: VillageServer, told: list[str]) -> AsyncIterator[Client]:
    async def at_home() -> Place:
        return Place(52.1, 5.2)

    server = replace(village, settings_changed=lambda: told.append("changed"))
    async with TestClient(TestServer(pages_app(server, home_place=at_home))) as client:
        yield client


async def test_all_of_it_is_chosen_at_once_told_to_the_service_and_audited(
    pages: Client, store: Store, told: list[str]
) -> None:
    done = await (await opened(pages, "/settings")).send("settings", **CHANGED)

    assert "The settings have been changed." in done.text
    assert store.village().name == "Ansen-Oost"
    assert store.settings() == VillageSettings(
        ControlModel.M2, TariffChoice.AFTER_NET_METERING, Place(52.8, 6.3)
    )
    assert told == ["changed"]
    acts = [(entry.act, entry.about) for entry in store.audit()]
    assert (Act.SETTING_CHANGED, "control_model") in acts
    assert Act.VILLAGE_RENAMED in [act for act, _ in acts]


async def test_the_last_change_can_be_undone_once(pages: Client, store: Store) -> None:
    done = await (await opened(pages, "/settings")).send("settings", **CHANGED)

    undone = await done.send("settings/undo")

    assert "as they were before" in undone.text
    assert (store.village().name, store.settings()) == ("Ansen", VillageSettings())
    assert "settings/undo" not in undone.text


async def test_what_somebody_else_chose_since_is_not_undone(pages: Client, store: Store) -> None:
    done = await (await opened(pages, "/settings")).send("settings", **CHANGED)
    store.change_settings(lambda former: replace(former, control_model=ControlModel.M3))

    assert "Nothing was undone" in (await done.send("settings/undo")).text
    assert store.settings().control_model is ControlModel.M3


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("name", ""),
        ("tariff", "free"),
        ("model", "M5"),
        ("latitude", "91"),
        ("latitude", "nan"),
        ("latitude", ""),
        ("longitude", "east"),
        ("longitude", "inf"),
    ],
)
async def test_what_is_wrong_is_said_beside_it_and_nothing_is_chosen(
    pages: Client, store: Store, name: str, value: str
) -> None:
    again = await (await opened(pages, "/settings")).send("settings", **(CHANGED | {name: value}))

    assert again.status == 422
    assert f'id="{name}-wrong"' in again.text
    assert store.settings() == VillageSettings()
    assert store.village().name == "Ansen"


async def test_home_assistants_place_is_filled_in_and_not_yet_chosen(pages: Client, store: Store) -> None:
    filled_in = await (await opened(pages, "/settings")).send("settings", fill="home_place")

    assert 'value="52.1"' in filled_in.text
    assert store.settings().place is None


async def test_a_model_that_cannot_be_chosen_is_shown_with_its_reason(pages: Client) -> None:
    page = await opened(pages, "/settings")
    assert "needs a feeder" in page.text


def test_a_place_that_is_left_open_is_none() -> None:
    assert read_place("", "") == (None, {})
