"""Whatever stands in a form or an address, the pages answer with a page and never break."""

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine
from http import HTTPStatus

import pytest
from aiohttp.test_utils import TestClient, TestServer
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from battery_commons.web.pages.app import pages_app
from battery_commons.web.server import VillageServer
from tests.village.web.conftest import Client, Member
from tests.village.web.page_reader import opened

_STRANGE = st.text(max_size=30) | st.sampled_from(
    [
        *("nan", "inf", "-1", "0", "1e308", "9" * 400, "١٢", "1.234,5", "\0", "../../etc", "<b>", "t1", "M5"),
        *(
            "2026-02-30T25:00",
            "2026-10-25T02:30",
            "0001-01-01T00:00",
            "9999-12-31T23:59",
            "+2026-01-01T00:00Z",
        ),
    ]
)
_FORMS = [
    ("/settings", "settings"),
    ("/setup/village", "setup/village"),
    ("/setup/place", "setup/place"),
    ("/setup/transformer", "setup/transformer"),
    ("/transformers/change", "transformers/change"),
    ("/transformers/feeder", "transformers/feeder"),
    ("/transformers/meter?id=t1&kind=modbus", "transformers/meter"),
    ("/transformers/meter?id=t1&kind=mqtt", "transformers/meter"),
    ("/transformers/meter?id=t1&kind=home_assistant", "transformers/meter"),
    ("/invitations", "invitations"),
    ("/codes", "codes"),
    ("/votes/new/minimum_reserve", "votes/new/minimum_reserve"),
    ("/votes/new/control_model", "votes/new/control_model"),
    ("/votes/new/fund_use", "votes/new/fund_use"),
    ("/bylaws", "bylaws"),
    ("/experiment", "experiment"),
    ("/codes", "codes/rules"),
    ("/operator/line", "operator/line"),
    ("/operator/contracts/new?kind=cbc", "operator/contracts/new"),
    ("/below/add", "below/add"),
    ("/below/event", "below/event"),
    ("/account/payments", "payments/own"),
]
_ASKED = {
    "/": ("lang", "told"),
    "/plans": ("at", "lang"),
    "/tables/loads.csv": ("from", "to", "day"),
    "/transformers/change": ("id",),
    "/transformers/meter": ("id", "kind", "preset", "name"),
    "/transformers/token": ("id", "then"),
    "/codes/nothing": ("lang",),
    "/homes/nobody": ("day",),
    "/quality/nobody": ("day",),
    "/operator/line": ("id", "trial"),
    "/operator/line/remove": ("id",),
    "/operator/contracts/new": ("kind",),
    "/operator/contracts/remove": ("id",),
    "/below/village": ("id",),
    "/below/remove": ("id",),
    "/below/secret": ("shown",),
    "/below/withdraw": ("id",),
    "/account": ("lang", "told"),
    "/account/month": ("period",),
    "/account/fairness": ("period",),
    "/account/payments": ("on",),
    "/account/payments/list.xml": ("on",),
    "/account/statement/csv": ("period", "account"),
    "/community": ("period", "part"),
    "/homes/nobody/money": ("lang",),
}


class Searched:
    """Calls the pages from another thread, in which hypothesis can look for what breaks them."""

    def __init__(self) -> None:
        self._loop = asyncio.get_running_loop()

    async def never_breaks(
        self,
        call: Callable[[dict[str, str]], Coroutine[None, None, int]],
        some: st.SearchStrategy[dict[str, str]],
    ) -> None:
        """Have `call` return no status of an error of ours, whatever it is given of `some`."""

        @settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
        @given(given_fields=some)
        def check(given_fields: dict[str, str]) -> None:
            asked = asyncio.run_coroutine_threadsafe(call(given_fields), self._loop)
            assert asked.result(timeout=10) < HTTPStatus.INTERNAL_SERVER_ERROR

        await asyncio.to_thread(check)


@pytest.fixture
async def pages(village: VillageServer, member: Member) -> AsyncIterator[Client]:
    """Open the pages of a village with one home."""
    async with TestClient(TestServer(pages_app(village))) as client:
        yield client


@pytest.mark.parametrize(("page", "form"), _FORMS, ids=[page for page, _ in _FORMS])
async def test_no_field_breaks_a_form(pages: Client, page: str, form: str) -> None:
    shown = await opened(pages, page)
    names = sorted(shown.fields(form).keys() - {"token"})
    assert names

    async def status_of(filled_in: dict[str, str]) -> int:
        # A form that was taken ends on a page of its own, which must not break either.
        return (await shown.send(form, **filled_in)).status

    some = st.dictionaries(st.sampled_from(names), _STRANGE, min_size=1, max_size=3)
    await Searched().never_breaks(status_of, some)


@pytest.mark.parametrize("path", _ASKED)
async def test_no_address_breaks_a_page(pages: Client, path: str) -> None:
    async def status_of(query: dict[str, str]) -> int:
        async with pages.get(path, params=query) as answer:
            await answer.read()
            return answer.status

    await Searched().never_breaks(
        status_of, st.dictionaries(st.sampled_from(_ASKED[path]), _STRANGE, max_size=3)
    )
