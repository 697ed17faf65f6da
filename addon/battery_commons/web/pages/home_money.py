"""The page of a home's own energy contract, and of where its money would go."""

import asyncio
from collections.abc import Callable
from datetime import date
from http import HTTPStatus

from aiohttp import web

from battery_commons.account.keeping.gathering import day_of
from battery_commons.domain.home_tariff import HomeTariff
from battery_commons.store import NotFoundError
from battery_commons.web.pages.account_forms import BankForm, TariffForm, read_day
from battery_commons.web.pages.households import one_home
from battery_commons.web.pages.money_pages import MoneyPages
from battery_commons.web.pages.rendering import go_to
from battery_commons.web.pages.words.words import Words

PATH = "/homes/{home_id}/money"


class HomeMoneyPages(MoneyPages):
    """One method per page or form."""

    def routes(self) -> list[web.RouteDef]:
        """Return what is served."""
        return [
            web.get(PATH, self.page),
            web.get(f"{PATH}/{{part:tariff|bank}}", self._back),
            web.post(f"{PATH}/tariff", self.keep_tariff),
            web.post(f"{PATH}/tariff/remove", self.remove_tariff),
            web.post(f"{PATH}/bank", self.keep_bank),
            web.post(f"{PATH}/bank/erase", self.erase_bank),
        ]

    async def page(self, request: web.Request) -> web.Response:
        """Show what is known of a home's money."""
        return await self._page(request)

    async def keep_tariff(self, request: web.Request) -> web.Response:
        """Keep what a home pays from a day on."""
        form = await TariffForm.filled_in(request)
        if form.tariff is None or form.first_day is None:
            return await self._page(request, tariff=form)
        home_id = request.match_info["home_id"]
        return await self._done(
            request, "tariff_kept", self._store.put_home_tariff, home_id, form.first_day, form.tariff
        )

    async def remove_tariff(self, request: web.Request) -> web.Response:
        """Forget a tariff."""
        try:
            first_day = read_day(request.query.get("first_day", ""))
        except ValueError:
            return await self._back(request)
        home_id = request.match_info["home_id"]
        return await self._done(request, "tariff_removed", self._store.remove_home_tariff, home_id, first_day)

    async def keep_bank(self, request: web.Request) -> web.Response:
        """Keep where a home's money would go."""
        form = await BankForm.filled_in(request)
        if form.given is None:
            return await self._page(request, bank=form)
        home_id = request.match_info["home_id"]
        return await self._done(
            request, "bank_account_kept", self._store.put_bank_account, home_id, form.given
        )

    async def erase_bank(self, request: web.Request) -> web.Response:
        """Forget where a home's money would go."""
        home_id = request.match_info["home_id"]
        return await self._done(request, "bank_account_erased", self._store.remove_bank_account, home_id)

    async def _done(
        self, request: web.Request, told: str, act: Callable[..., None], *what: object
    ) -> web.Response:
        """Do something in the administrator's name, and go back to the page."""
        try:
            await asyncio.to_thread(act, *what, by=self._author(request))
        except NotFoundError:
            return self._gone(request)
        return go_to(request, f"homes/{request.match_info['home_id']}/money", told=told)

    async def _page(
        self, request: web.Request, tariff: TariffForm | None = None, bank: BankForm | None = None
    ) -> web.Response:
        home_id = request.match_info["home_id"]
        try:
            home = await asyncio.to_thread(one_home, self._store, home_id)
        except NotFoundError:
            return self._gone(request)
        tariffs = (await asyncio.to_thread(self._store.home_tariffs)).get(home_id, [])
        known = (await asyncio.to_thread(self._store.bank_accounts)).get(home_id)
        return self._shown(
            request,
            "home_money.html",
            is_wrong=tariff is not None or bank is not None,
            home=home,
            tariffs=tariffs,
            has_bank=known is not None,
            tariff=tariff or TariffForm.usual(day_of(self._clock.now())),
            bank=bank or BankForm.of(known),
            summary=summary,
        )

    def _gone(self, request: web.Request) -> web.Response:
        return self._renderer.page(request, "gone.html", status=HTTPStatus.NOT_FOUND, about="home")

    async def _back(self, request: web.Request) -> web.Response:
        """Answer a browser that asks for a form's address as if it were a page, as after going back."""
        return go_to(request, f"homes/{request.match_info['home_id']}/money")


def summary(words: Words, first_day: date, tariff: HomeTariff) -> str:
    """Return a tariff in a sentence."""
    low = words.euros(tariff.energy_low) if tariff.energy_low is not None else ""
    what = words(f"money_summary_{tariff.kind.value}", energy=words.euros(tariff.energy), low=low)
    return words("money_summary", day=words.date(first_day), what=what)
