"""What pages about the community's money have in common."""

from collections.abc import Callable
from functools import partial
from http import HTTPStatus

from aiohttp import web

from battery_commons.store.audit import Author
from battery_commons.web.pages.rendering import Renderer, words_for
from battery_commons.web.pages.words.account_sentences import money, month_name
from battery_commons.web.server import VillageServer


class MoneyPages:
    """Pages on the books of a village, whose templates can say amounts and months."""

    def __init__(
        self, village: VillageServer, renderer: Renderer, author: Callable[[web.Request], Author]
    ) -> None:
        """Show what `village` keeps; `author` says who is at work."""
        self._store = village.store
        self._books = village.books
        self._clock = village.clock
        self._renderer = renderer
        self._author = author

    def _shown(
        self, request: web.Request, template: str, *, is_wrong: bool = False, **values: object
    ) -> web.Response:
        """Return a page, which says what is wrong with the form that was sent where something is."""
        words = words_for(request)
        return self._renderer.page(
            request,
            template,
            status=HTTPStatus.UNPROCESSABLE_ENTITY if is_wrong else HTTPStatus.OK,
            money=partial(money, words),
            month_name=partial(month_name, words),
            **values,
        )
