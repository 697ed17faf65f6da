"""Setting an empty village up, step by step."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from aiohttp.test_utils import TestClient, TestServer

from battery_commons.domain.grid import Transformer
from battery_commons.domain.settings import Place, TariffChoice
from battery_commons.store import Store
from battery_commons.web.pages.app import pages_app
from battery_commons.web.pages.wizard import limit_typed
from battery_commons.web.server import VillageServer
from tests.village.web.conftest import VILLAGE_NOW, Client
from tests.village.web.page_reader import opened


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """Open a village of which nothing is known."""
    store = Store.open(tmp_path / "village.db")
    yield store
    store.close()


@pytest.fixture
async def pages(village: VillageServer) -> AsyncIterator[Client]:
    async with TestClient(TestServer(pages_app(village, members_url="http://127.0.0.1:8477"))) as client:
        yield client


async def test_the_overview_of_an_empty_village_leads_there(pages: Client) -> None:
    assert 'href="./setup"' in (await opened(pages, "/")).text


async def test_each_step_leads_to_the_next_until_a_home_is_awaited(pages: Client, store: Store) -> None:
    place = await (await opened(pages, "/setup")).send("setup/village", name="Ansen")
    assert place.path == "/setup/place"
    transformer = await place.send("setup/place", tariff="net-metering", latitude="52.8", longitude="6.3")
    assert transformer.path == "/setup/transformer"
    meter = await transformer.send("setup/transformer", name="Kerkweg", rated_kva="250")
    assert meter.path == "/setup/meter"
    question = await opened(pages, "/transformers/token?id=t1&then=setup")
    token = await question.send("/token")
    assert "setup/meter" in token.text
    made = await (await opened(pages, "/setup/invitation")).send("/invitations")
    assert "Invitation for one home" in made.text
    assert "setup/home" in made.text
    waiting = await opened(pages, "/setup/home")
    assert 'http-equiv="refresh"' in waiting.text

    assert store.village().name == "Ansen"
    assert (store.settings().tariff, store.settings().place) == (TariffChoice.NET_METERING, Place(52.8, 6.3))
    assert store.transformers() == [Transformer("t1", "Kerkweg", 237_500)]
    assert len(store.invitations(VILLAGE_NOW)) == 1


async def test_it_is_taken_up_where_it_was_left(pages: Client, store: Store) -> None:
    await (await opened(pages, "/setup")).send("setup/village", name="Ansen")
    assert "<h2>Tariff and place</h2>" in (await opened(pages, "/setup")).text


async def test_every_step_can_be_skipped(pages: Client) -> None:
    for step, following in (("village", "place"), ("place", "transformer"), ("home", "plan")):
        assert f'href="../setup/{following}"' in (await opened(pages, f"/setup/{step}")).text


@pytest.mark.parametrize(
    ("step", "typed", "field"),
    [
        ("village", {"name": ""}, "name"),
        ("place", {"latitude": "x"}, "latitude"),
        ("transformer", {"name": "Kerkweg"}, "limit_kw"),
        ("transformer", {"name": "", "limit_kw": "100"}, "name"),
        ("transformer", {"name": "Kerkweg", "limit_kw": "nan"}, "limit_kw"),
    ],
)
async def test_what_is_wrong_is_said_beside_it(
    pages: Client, step: str, typed: dict[str, str], field: str
) -> None:
    again = await (await opened(pages, f"/setup/{step}")).send(f"setup/{step}", **typed)
    assert again.status == 422
    assert f'id="{field}-wrong"' in again.text


@pytest.mark.parametrize(
    ("limit_kw", "rated_kva", "limit_w"),
    [("", "400", 380_000), ("160,5", "400", 160_500), ("", "", None), ("-1", "", None), ("inf", "", None)],
)
def test_a_limit_in_kw_goes_before_the_rated_power(
    limit_kw: str, rated_kva: str, limit_w: float | None
) -> None:
    assert limit_typed(limit_kw, rated_kva) == limit_w
