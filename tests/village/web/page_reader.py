"""Uses the pages as a browser does: follows links, fills forms in with what stands in them, sends them."""

import asyncio
from dataclasses import dataclass
from html.parser import HTMLParser
from typing import override
from urllib.parse import urljoin

from aiohttp import ClientResponse

from tests.village.web.conftest import Client


class _Forms(HTMLParser):
    """Finds the forms that send something, with their fields."""

    def __init__(self) -> None:
        super().__init__()
        self.forms: list[tuple[str, dict[str, str]]] = []
        self._select = ""
        self._text = ""

    @override
    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "form" and given.get("method") == "post":
            self.forms.append((given["action"], {}))
        elif tag == "input" and self.forms:
            self.forms[-1][1][given.get("name", "")] = given.get("value", "")
        elif tag == "textarea" and self.forms:
            self._text = given["name"]
            self.forms[-1][1][self._text] = ""
        elif tag == "select":
            self._select = given["name"]
        elif (
            tag == "option" and self.forms and ("selected" in given or self._select not in self.forms[-1][1])
        ):
            self.forms[-1][1][self._select] = given["value"]

    @override
    def handle_data(self, data: str) -> None:
        if self._text:
            self.forms[-1][1][self._text] += data

    @override
    def handle_endtag(self, tag: str) -> None:
        if tag == "textarea":
            self._text = ""


@dataclass(frozen=True)
class Shown:
    """A page that is open."""

    client: Client
    path: str
    status: int
    text: str

    async def send(self, action: str, **filled_in: str) -> Shown:
        """Send the form whose address ends with `action`, and return the page on which that ends."""
        answer = await self.post(action, filled_in, {"Origin": str(self.client.make_url("")).rstrip("/")})
        return await _shown(self.client, answer)

    async def post(self, action: str, filled_in: dict[str, str], headers: dict[str, str]) -> ClientResponse:
        """Send a form with other headers than a browser of our own pages has."""
        where, fields = self._form(action)
        url = urljoin(self.path, where)
        return await self.client.post(url, data=fields | filled_in, headers=headers)

    def fields(self, action: str) -> dict[str, str]:
        """Return the fields of the form whose address ends with `action`, with what stands in them."""
        return self._form(action)[1]

    def _form(self, action: str) -> tuple[str, dict[str, str]]:
        parser = _Forms()
        parser.feed(self.text)
        [form] = [form for form in parser.forms if form[0].partition("?")[0].endswith(action)]
        return form


async def opened(client: Client, path: str) -> Shown:
    """Open a page in English."""
    return await _shown(client, await client.get(path, headers={"Accept-Language": "en"}))


async def _shown(client: Client, answer: ClientResponse) -> Shown:
    return Shown(client, str(answer.url.relative()), answer.status, await answer.text())


async def drawn(client: Client, path: str) -> ClientResponse:
    """Return a file; one on paper once it is drawn, until when a page shows how far that is."""
    async with asyncio.timeout(120):
        while (answer := await client.get(path)).content_type == "text/html":
            assert "<progress" in (page := await answer.text()) or "ready" in page or "klaar" in page
            await asyncio.sleep(0.2)
    return answer
