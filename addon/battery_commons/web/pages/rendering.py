"""Turns templates into pages: in the reader's language, with links that work wherever pages are served."""

from collections.abc import Callable
from functools import partial
from http import HTTPStatus
from pathlib import Path
from urllib.parse import urlencode

from aiohttp import hdrs, web
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from battery_commons.web.pages.chart import load_chart, plan_bars
from battery_commons.web.pages.forms import FormGuard
from battery_commons.web.pages.navigation import menu
from battery_commons.web.pages.words.words import TEXTS, Words, choose_language

_TEMPLATES = Path(__file__).parent / "templates"


class Renderer:
    """Makes every page of the volunteer's."""

    def __init__(
        self, guard: FormGuard, *, own_login: bool = False, has_below: Callable[[], bool] = lambda: False
    ) -> None:
        """Give forms what `guard` asks of them; `own_login` is where no Home Assistant asks who is there.

        `has_below` tells whether somebody is below this village, which then has a page.
        """
        self._guard = guard
        self._has_below = has_below
        self._own_login = own_login
        self._environment = Environment(
            loader=FileSystemLoader(_TEMPLATES),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self._environment.globals.update(load_chart=load_chart, plan_bars=plan_bars)

    def page(
        self, request: web.Request, template: str, *, status: HTTPStatus = HTTPStatus.OK, **values: object
    ) -> web.Response:
        """Return a template as an answer, which nobody may keep."""
        told = "told_" + request.query.get("told", "")
        text = self._environment.get_template(template).render(
            words=words_for(request),
            root=root(request),
            to=lambda path, **query: link(request, path, **query),
            translations=_translations(request),
            token=self._guard.token(request),
            menu=partial(menu, without=self._of_no_use()),
            told=told if told in TEXTS["en"] else None,
            **values,
        )
        return web.Response(
            text=text, content_type="text/html", status=status, headers={"Cache-Control": "no-store"}
        )

    def _of_no_use(self) -> set[str]:
        """Return the parts that the menu leaves out."""
        of_use = {"administrators": self._own_login, "below": self._has_below()}
        return {part for part, is_of_use in of_use.items() if not is_of_use}


def words_for(request: web.Request) -> Words:
    """Return the language that the reader asks for or likes best."""
    return Words(choose_language(request.query.get("lang"), request.headers.get("Accept-Language", "")))


def root(request: web.Request) -> str:
    """Return the way from the page that is asked for to the first one.

    Home Assistant serves the pages under an address that changes, and hides it from us: no link may start
    at the root.
    """
    return "../" * (request.path.count("/") - 1) or "./"


def link(request: web.Request, path: str, **query: str) -> str:
    """Return the way from the page that is asked for to `path`, in the language that was chosen."""
    chosen = {"lang": request.query["lang"]} if request.query.get("lang") in TEXTS else {}
    parameters = urlencode(chosen | query)
    return f"{root(request)}{path}" + (f"?{parameters}" if parameters else "")


def _translations(request: web.Request) -> dict[str, str]:
    """Return the way to this page in each language; none where it answers a form: that is not sent twice."""
    if request.method != hdrs.METH_GET:
        return {}
    kept = {key: value for key, value in request.query.items() if key not in {"lang", "told"}}
    return {language: f"?{urlencode(kept | {'lang': language})}" for language in TEXTS}


def download(body: bytes, name: str, media_type: str) -> web.Response:
    """Return a file to keep under a name, which nobody on the way may keep."""
    is_text = media_type.startswith("text/") or media_type.endswith("/xml")
    headers = {hdrs.CONTENT_DISPOSITION: f'attachment; filename="{name}"', hdrs.CACHE_CONTROL: "no-store"}
    return web.Response(
        body=body, content_type=media_type, charset="utf-8" if is_text else None, headers=headers
    )


def go_to(request: web.Request, path: str, **query: str) -> web.Response:
    """Return the answer to a form that did what it asks: where to look next."""
    return web.Response(status=HTTPStatus.SEE_OTHER, headers={"Location": link(request, path, **query)})
