"""The volunteer's pages about contracts with grid operators: looked at before they are signed, kept after."""

import asyncio
from collections.abc import Callable, Mapping
from http import HTTPStatus
from math import inf

from aiohttp import web

from battery_commons.domain.contract import ContractKind, KeptContract, UnreadableContract
from battery_commons.domain.grid import FEEDER_ID, on_feeder
from battery_commons.domain.time import MARKET_ZONE
from battery_commons.flexibility.contracts import Found, snags
from battery_commons.store import NotFoundError
from battery_commons.store.audit import Author
from battery_commons.web.pages.contract_form import ContractForm
from battery_commons.web.pages.forms import field
from battery_commons.web.pages.rendering import Renderer, go_to, words_for
from battery_commons.web.pages.words.contract_summary import summary
from battery_commons.web.server import VillageServer

PATH = "/operator/contracts"


class ContractPages:
    """One method per page or form."""

    def __init__(
        self, village: VillageServer, renderer: Renderer, author: Callable[[web.Request], Author]
    ) -> None:
        """Keep the contracts of `village`, by whom `author` says it is."""
        self._store = village.store
        self._clock = village.clock
        self._changed = village.settings_changed
        self._renderer = renderer
        self._author = author

    def routes(self) -> list[web.RouteDef]:
        """Return what is served."""
        return [
            web.get(PATH, self.page),
            web.get(f"{PATH}/new", self.new),
            web.post(f"{PATH}/new", self.look),
            web.get(f"{PATH}/remove", self.confirm),
            web.post(f"{PATH}/remove", self.remove),
        ]

    async def page(self, request: web.Request) -> web.Response:
        """Show what was signed, and the forms of contract there are."""
        contracts = await asyncio.to_thread(self._store.contracts)
        unreadable = await asyncio.to_thread(self._store.unreadable_contracts)
        places = await self._places()
        return self._renderer.page(
            request,
            "contracts.html",
            contracts=contracts,
            unreadable=unreadable,
            kinds=list(ContractKind),
            places=places,
            summary=summary,
        )

    async def new(self, request: web.Request) -> web.Response:
        """Show the form of a contract, begun from what its kind usually says."""
        try:
            kind = ContractKind(request.query.get("kind", ""))
        except ValueError:
            return go_to(request, PATH.removeprefix("/"))
        places = await self._places()
        today = self._clock.now().astimezone(MARKET_ZONE).date()
        return await self._form(request, ContractForm.of(kind, next(iter(places), ""), today))

    async def look(self, request: web.Request) -> web.Response:
        """Show what a contract comes to and what stands in its way; or keep it, where that was asked."""
        places = await self._places()
        try:
            form = await ContractForm.filled_in(request, list(places))
        except ValueError:
            return go_to(request, PATH.removeprefix("/"))
        if form.contract is None or await field(request, "do") != "sign":
            return await self._form(request, form)
        await asyncio.to_thread(self._store.sign, form.contract, self._clock.now(), self._author(request))
        self._changed()
        return go_to(request, PATH.removeprefix("/"), told="contract_signed")

    async def confirm(self, request: web.Request) -> web.Response:
        """Ask whether a contract should count no longer."""
        contract_id = request.query.get("id", "")
        contracts = await asyncio.to_thread(self._store.contracts)
        unreadable = await asyncio.to_thread(self._store.unreadable_contracts)
        known: list[KeptContract | UnreadableContract] = [*contracts, *unreadable]
        for each in known:
            if each.id == contract_id:
                return self._renderer.page(
                    request, "contract_remove.html", kept=each, places=await self._places(), summary=summary
                )
        return go_to(request, PATH.removeprefix("/"))

    async def remove(self, request: web.Request) -> web.Response:
        """Have a contract count no longer."""
        contract_id = request.query.get("id", "")
        try:
            await asyncio.to_thread(
                self._store.remove_contract, contract_id, self._clock.now(), self._author(request)
            )
        except NotFoundError:
            return go_to(request, PATH.removeprefix("/"))
        self._changed()
        return go_to(request, PATH.removeprefix("/"), told="contract_removed")

    async def _form(self, request: web.Request, form: ContractForm) -> web.Response:
        places = await self._places()
        whole_village = words_for(request)("contract_whole_village")
        return self._renderer.page(
            request,
            "contract.html",
            status=HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK,
            form=form,
            places=places,
            subjects=[(id_, name or whole_village) for id_, name in places.items()],
            found=await self._snags(form),
            summary=summary,
        )

    async def _snags(self, form: ContractForm) -> list[Found]:
        if form.contract is None:
            return []
        feeder = await asyncio.to_thread(self._store.feeder)
        transformers = await asyncio.to_thread(self._store.transformers)
        limits_w = {each.id: each.limit_w for each in transformers}
        limits_w[FEEDER_ID] = sum(limits_w.values()) if feeder is None else feeder.limit_w or inf
        batteries = await asyncio.to_thread(self._store.batteries)
        return snags(
            form.contract,
            others=await asyncio.to_thread(self._store.contracts),
            limits_w=limits_w,
            of_feeder=on_feeder(transformers, has_feeder=feeder is not None),
            batteries=[each.battery for each in batteries],
            brps=form.brps,
        )

    async def _places(self) -> Mapping[str, str]:
        """Return what each part of the grid that a contract may be about is called, by its id."""
        feeder = await asyncio.to_thread(self._store.feeder)
        transformers = await asyncio.to_thread(self._store.transformers)
        named = {each.id: each.name for each in transformers}
        return named | {FEEDER_ID: "" if feeder is None else feeder.name}
