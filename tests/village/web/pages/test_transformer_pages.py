"""The volunteer's pages about transformers."""

import re
from collections.abc import AsyncIterator

import pytest
from aiohttp.test_utils import TestClient, TestServer

from battery_commons.domain.grid import Transformer
from battery_commons.store import Store
from battery_commons.store.audit import Act
from battery_commons.web.pages.app import pages_app
from battery_commons.web.server import VillageServer
from tests.village.web.conftest import Client
from tests.village.web.page_reader import opened


@pytest.fixture
async def pages(village: VillageServer) -> AsyncIterator[Client]:
    async with TestClient(TestServer(pages_app(village))) as client:
        yield client


def token_on(page: str) -> str:
    found = re.search(r'name="meter-token" value="([^"]+)"', page)
    assert found is not None
    return found[1]


async def test_a_transformer_is_added_and_its_meters_token_told(pages: Client, store: Store) -> None:
    form = await opened(pages, "/transformers/change")
    told = await form.send("/change", id="t2", name="Kerkweg", limit_kw="160,5")

    assert Transformer("t2", "Kerkweg", 160_500) in store.transformers()
    token = token_on(told.text)
    assert store.meter_of_token(token) == "t2"
    for path in ("/transformers", "/audit"):
        assert token not in (await opened(pages, path)).text
    assert [entry.act for entry in store.audit()] == [Act.METER_TOKEN_RENEWED, Act.TRANSFORMER_ADDED]


async def test_a_transformer_is_changed_and_its_meter_left_alone(pages: Client, store: Store) -> None:
    token = store.new_meter_token("t1")
    form = await opened(pages, "/transformers/change?id=t1")
    assert 'value="250"' in form.text

    done = await form.send("/change", limit_kw="400")

    assert "The transformer has been changed." in done.text
    assert store.transformers() == [Transformer("t1", "Dorpsstraat", 400_000)]
    assert store.meter_of_token(token) == "t1"


@pytest.mark.parametrize(
    ("field", "value", "wrong"),
    [
        ("id", "t1", "There is a transformer with this id already."),
        ("id", "t 2", "Use 1 to 64 letters"),
        ("id", "feeder", "Use 1 to 64 letters"),
        ("connections", "0", "Give a whole number from 1"),
        ("connections", "many", "Give a whole number from 1"),
        ("name", "", "Give a name"),
        ("name", "x" * 81, "Give a name"),
        ("limit_kw", "0", "Give a number of kW"),
        ("limit_kw", "250000", "Give a number of kW"),
        ("limit_kw", "nan", "Give a number of kW"),
        ("limit_kw", "much", "Give a number of kW"),
    ],
)
async def test_what_is_wrong_is_said_beside_it_and_the_rest_stays_filled_in(
    pages: Client, store: Store, field: str, value: str, wrong: str
) -> None:
    filled_in = {"id": "t2", "name": "Kerkweg", "limit_kw": "160"} | {field: value}
    again = await (await opened(pages, "/transformers/change")).send("/change", **filled_in)

    assert again.status == 422
    assert wrong in again.text.partition(f'id="{field}-wrong"')[2]
    for typed in filled_in.values():
        assert f'value="{typed}"' in again.text
    assert [each.id for each in store.transformers()] == ["t1"]


async def test_a_new_token_takes_the_place_of_the_old_one_when_that_is_confirmed(
    pages: Client, store: Store
) -> None:
    old = store.new_meter_token("t1")
    question = await opened(pages, "/transformers/token?id=t1")
    assert store.meter_of_token(old) == "t1"

    told = await question.send("/token")

    assert store.meter_of_token(token_on(told.text)) == "t1"
    assert store.meter_of_token(old) is None


@pytest.mark.parametrize("path", ["/transformers/change?id=t9", "/transformers/token?id=t9"])
async def test_a_transformer_that_is_not_there_is_said_to_be(pages: Client, path: str) -> None:
    assert (await opened(pages, path)).status == 404


async def test_how_many_are_connected_may_be_told_and_taken_back(pages: Client, store: Store) -> None:
    form = await opened(pages, "/transformers/change?id=t1")
    await form.send("/change", connections="99")
    assert store.transformers()[0].connections == 99

    form = await opened(pages, "/transformers/change?id=t1")
    assert 'value="99"' in form.text
    await form.send("/change", connections="")
    assert store.transformers()[0].connections is None
