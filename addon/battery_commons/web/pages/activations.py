"""The pages of activations: what grid operators asked, and what became of each from receipt on."""

import asyncio
from collections.abc import Callable
from datetime import datetime
from functools import partial
from importlib import import_module

from aiohttp import hdrs, web

from battery_commons.domain.activation import Activation
from battery_commons.flexibility.keeping.delivery_proof import proof_of
from battery_commons.flexibility.proof.delivered import Proof
from battery_commons.flexibility.proof.statement import (
    PUBLIC_KEY_FILE,
    Statement,
    file_name,
    public_key_pem,
    signed,
)
from battery_commons.store import Store
from battery_commons.web.pages.activation_view import LONGEST_SHOWN, ActivationView, name_of, view_of
from battery_commons.web.pages.paper_desk import Paper, PaperDesk
from battery_commons.web.pages.rendering import Renderer, go_to, words_for
from battery_commons.web.pages.words.activation_sentences import asked, power, to_the_second, took
from battery_commons.web.pages.words.proof_sentences import energy, rests_on
from battery_commons.web.pages.words.words import Words
from battery_commons.web.server import VillageServer

_MEDIA_TYPES = {
    "csv": "text/csv",
    "csv.sig": "application/octet-stream",
    "pdf": "application/pdf",
    "pem": "application/x-pem-file",
}


class ActivationPages:
    """A list, and one."""

    def __init__(self, village: VillageServer, renderer: Renderer) -> None:
        """Show the activations of `village`."""
        self._store = village.store
        self._clock = village.clock
        self._key = village.key
        self._renderer = renderer
        self._desk = PaperDesk()

    def routes(self) -> list[web.RouteDef]:
        """Return what is served."""
        return [
            web.get("/activations", self.activations),
            web.get("/activations/one", self.activation),
            web.get("/activations/proof/paper", self.paper),
            web.get("/activations/proof/{part:csv|csv.sig|pdf|pem}", self.proof),
        ]

    async def activations(self, request: web.Request) -> web.Response:
        """Show what was asked, the latest first."""
        found, names = await asyncio.to_thread(_listed, self._store)
        return self._renderer.page(
            request,
            "activations.html",
            activations=found,
            names=names,
            took=partial(took, words_for(request)),
        )

    async def activation(self, request: web.Request) -> web.Response:
        """Show one, by the event's id and the part of the grid."""
        key = request.query.get("event", ""), request.query.get("subject", "")
        now = self._clock.now()
        found = await asyncio.to_thread(_looked_up, self._store, key, now)
        if found is None:
            return go_to(request, "activations", told="activation_gone")
        view, proof = found
        words = words_for(request)
        return self._renderer.page(
            request,
            "activation.html",
            view=view,
            proof=proof,
            energy=partial(energy, words),
            rests_on=partial(rests_on, words),
            now=now,
            asked=partial(asked, words),
            power=partial(power, words, of_batteries=view.of_batteries),
            took=partial(took, words),
            to_the_second=partial(to_the_second, words),
        )

    async def proof(self, request: web.Request) -> web.Response:
        """Give a statement of one, its signature, or the key that checks it.

        As long as it is not drawn on paper, leads to where that is shown.
        """
        activation = await self._asked(request)
        if activation is None:
            return go_to(request, "activations", told="activation_gone")
        part = request.match_info["part"]
        if part == "pdf":
            drawn = (await self._paper(activation, words_for(request))).content
            if drawn is None:
                return go_to(request, "activations/proof/paper", **_query(activation))
            body = drawn
        else:
            body = await asyncio.to_thread(self._part, part, activation)
        name = PUBLIC_KEY_FILE if part == "pem" else f"{file_name(activation)}.{part}"
        return web.Response(
            body=body,
            content_type=_MEDIA_TYPES[part],
            charset="utf-8" if part == "csv" else None,
            headers={
                hdrs.CONTENT_DISPOSITION: f'attachment; filename="{name}"',
                hdrs.CACHE_CONTROL: "no-store",
            },
        )

    async def paper(self, request: web.Request) -> web.Response:
        """Have a statement of one drawn on paper, and show how far that is."""
        activation, words = await self._asked(request), words_for(request)
        if activation is None:
            return go_to(request, "activations", told="activation_gone")
        return self._renderer.page(
            request,
            "paper.html",
            paper=await self._paper(activation, words),
            part="activations",
            name=words("proof"),
            again="activations/proof/paper",
            file="activations/proof/pdf",
            label=words("proof_pdf"),
            back="activations/one",
            query=_query(activation),
        )

    async def _asked(self, request: web.Request) -> Activation | None:
        key = request.query.get("event", ""), request.query.get("subject", "")
        return await asyncio.to_thread(self._store.activation, *key)

    async def _paper(self, activation: Activation, words: Words) -> Paper:
        proof = await asyncio.to_thread(proof_of, self._store, activation, self._clock.now())
        name = await asyncio.to_thread(name_of, self._store, activation.ask.subject)
        work = partial(_on_paper, proof, name, words, signed(proof, self._key))
        return await asyncio.to_thread(self._desk.ask, (proof, name, words.language), work)

    def _part(self, part: str, activation: Activation) -> bytes:
        if part == "pem":
            return public_key_pem(self._key.public_key())
        made = signed(proof_of(self._store, activation, self._clock.now()), self._key)
        return made.content if part == "csv" else made.signature


def _query(activation: Activation) -> dict[str, str]:
    """Return what an address asks for one by."""
    return {"event": activation.ask.event_id, "subject": activation.ask.subject}


def _on_paper(
    proof: Proof, name: str | None, words: Words, made: Statement, _tell: Callable[[float], None]
) -> bytes:
    """Return a statement on paper: some sheets, which are drawn at once."""
    drawing = import_module("battery_commons.web.pages.proof_pdf")
    pdf: bytes = drawing.proof_pdf(proof, name, words, made)
    return pdf


def _listed(store: Store) -> tuple[list[Activation], dict[str, str | None]]:
    found = store.activations()
    return found, {subject: name_of(store, subject) for subject in {each.ask.subject for each in found}}


def _looked_up(
    store: Store, key: tuple[str, str], now: datetime
) -> tuple[ActivationView, Proof | None] | None:
    """Return one, with its proof; None for that where it is too long for a page."""
    activation = store.activation(*key)
    if activation is None:
        return None
    end = min(activation.withdrawn_at or now, activation.ask.end or now, now)
    is_long = end - activation.ask.start > LONGEST_SHOWN
    proof = None if is_long else proof_of(store, activation, now)
    return view_of(store, activation, proof, now), proof
