"""Calls of an operator's VTN (OpenADR 3.1, HTTP and JSON). Answers are in the one form; see forms.py."""

import asyncio
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from http import HTTPStatus
from urllib.parse import quote

from aiohttp import ClientSession, hdrs

from battery_commons.domain.operator_line import OperatorLine
from battery_commons.openadr.forms import readable
from battery_commons.openadr.http import Answer, Caller
from battery_commons.openadr.oauth import Tokens
from battery_commons.openadr.trouble import LineError, LineTrouble

PAGE = 50
"""As many objects as a VTN gives at once (OpenADR 3.1)."""
MOST_LISTED = 50_000
LARGEST_LIST = 64 * 1024 * 1024
"""In bytes, of all pages together: what is read takes several times as much memory."""
_MOST_BARREN = 20
"""Pages in a row that hold one thing many times over, and nothing new."""
_LATER = {
    HTTPStatus.TOO_MANY_REQUESTS,
    HTTPStatus.SERVICE_UNAVAILABLE,
    HTTPStatus.REQUEST_TIMEOUT,
    HTTPStatus.TOO_EARLY,
}
"""Nothing is wrong with the call itself."""
_PAGINGS: Sequence[Sequence[str]] = (("skip", "limit"), ("skip",), ())
"""How a page is asked for, the standard's way first."""


class VtnClient:
    """Calls one VTN as the village's client, with a token that is renewed by itself."""

    def __init__(self, session: ClientSession, line: OperatorLine, hidden: Sequence[str] = ()) -> None:
        """Call over `session` as `line` says; no error tells its secret, or what else is `hidden`."""
        self._caller = Caller(session, line.certificates, (line.secret, *hidden))
        self._tokens = Tokens(self._caller, line)
        self._line = line
        self.reports: Counter[str] = Counter()
        """Since the start, of reports and their corrections: `sent`, and `failed` calls."""

    @property
    def caller(self) -> Caller:
        """How the VTN is reached, without a token."""
        return self._caller

    async def token(self, refused: str | None = None) -> str:
        """Return a token that is in force, and is not the `refused` one. Raises LineError."""
        return await self._tokens.token(refused)

    async def get(self, path: str, params: Mapping[str, str] | None = None) -> object:
        """Return an object. Raises LineError."""
        return await self._call(hdrs.METH_GET, path, params=params)

    async def post(self, path: str, message: Mapping[str, object]) -> object:
        """Make an object, and return it as the VTN has it. Raises LineError."""
        return await self._written(hdrs.METH_POST, path, message)

    async def put(self, path: str, message: Mapping[str, object]) -> object:
        """Change an object, and return it as the VTN has it. Raises LineError."""
        return await self._written(hdrs.METH_PUT, path, message)

    async def delete(self, path: str) -> object:
        """Take an object away. Raises LineError."""
        return await self._call(hdrs.METH_DELETE, path)

    async def listed(self, path: str, params: Mapping[str, str] | None = None) -> list[object]:
        """Return every object that the VTN shows, page after page. Raises LineError.

        A page may be shorter than was asked for, so the last is the one that brings nothing new: that also
        ends it where a VTN knows no pages. Some refuse to be asked for as many, or for pages at all.
        """
        for paging in _PAGINGS[:-1]:
            try:
                return await self._pages(path, params or {}, paging)
            except LineError as error:
                if error.trouble is not LineTrouble.REFUSED:
                    raise
        return await self._pages(path, params or {}, _PAGINGS[-1])

    async def _pages(self, path: str, params: Mapping[str, str], paging: Collection[str]) -> list[object]:
        found: dict[str, object] = {}
        passed = barren = size = 0
        while len(found) < MOST_LISTED and size <= LARGEST_LIST:
            asked = {"skip": str(passed), "limit": str(PAGE)}
            wanted = {**params, **{name: asked[name] for name in paging}}
            page, page_size = await self._page(path, wanted, passed)
            new = {key: each for each in page if (key := _key(each)) not in found}
            is_repeating = len(page) == PAGE and len({_key(each) for each in page}) < PAGE
            barren = 0 if new else barren + 1
            if not new and (not is_repeating or barren > _MOST_BARREN):
                return list(found.values())
            found |= new
            passed += len(page)
            size += page_size
        raise LineError(LineTrouble.TOO_LARGE, f"{path}: {len(found)} objects, {size} bytes")

    async def _page(self, path: str, params: Mapping[str, str], passed: int) -> tuple[list[object], int]:
        """Return what a VTN shows behind what was `passed`, and its bytes.

        Some answer 204 or 404 where there is nothing.
        """
        try:
            answer = await self._answer(hdrs.METH_GET, path, params=params)
        except LineError as error:
            if passed and error.trouble is LineTrouble.NOT_THERE:
                return [], 0
            raise
        if answer.status == HTTPStatus.NO_CONTENT:
            return [], 0
        if not isinstance(answer.body, list):
            raise LineError(LineTrouble.NO_SENSE, f"{path} is no list")
        return answer.body, answer.size

    async def _written(self, method: str, path: str, message: Mapping[str, object]) -> object:
        """Send an object, and count what becomes of reports."""
        is_report = path.partition("/")[0] == "reports"
        try:
            answer = await self._call(method, path, message=message)
        except LineError:
            self.reports["failed"] += is_report
            raise
        self.reports["sent"] += is_report
        return answer

    async def _call(
        self,
        method: str,
        path: str,
        *,
        params: Mapping[str, str] | None = None,
        message: Mapping[str, object] | None = None,
    ) -> object:
        return (await self._answer(method, path, params=params, message=message)).body

    async def _answer(
        self,
        method: str,
        path: str,
        *,
        params: Mapping[str, str] | None = None,
        message: Mapping[str, object] | None = None,
    ) -> Answer:
        token = await self._tokens.token()
        answer = await self._with(token, method, path, params, message)
        if answer.status == HTTPStatus.UNAUTHORIZED:
            # It may have ended early: one fresh one, and no more.
            token = await self._tokens.token(refused=token)
            answer = await self._with(token, method, path, params, message)
        _require_taken(answer)
        return replace(answer, body=await asyncio.to_thread(readable, answer.body))

    async def _with(
        self,
        token: str,
        method: str,
        path: str,
        params: Mapping[str, str] | None,
        message: Mapping[str, object] | None,
    ) -> Answer:
        headers = {str(hdrs.AUTHORIZATION): f"Bearer {token}"}
        url = f"{self._line.url}/{path}"
        answer = await self._caller.call(method, url, params=params, headers=headers, message=message)
        return replace(answer, hidden=(*answer.hidden, token))


def segment(object_id: str) -> str:
    """Return an id as a part of a path: it need not be a UUID, and may hold anything."""
    return quote(object_id, safe="")


def _key(listed: object) -> str:
    """Return what tells an object from the others of its list."""
    said = listed.get("id") if isinstance(listed, dict) else None
    return said if isinstance(said, str) else repr(listed)


def _require_taken(answer: Answer) -> None:
    """Raise LineError where a call was refused."""
    match answer.status:
        case status if HTTPStatus.OK <= status < HTTPStatus.MULTIPLE_CHOICES:
            return
        case HTTPStatus.UNAUTHORIZED:
            trouble = LineTrouble.CREDENTIALS
        case HTTPStatus.FORBIDDEN:
            trouble = LineTrouble.FORBIDDEN
        case HTTPStatus.NOT_FOUND | HTTPStatus.NOT_IMPLEMENTED:
            trouble = LineTrouble.NOT_THERE
        case status if status in _LATER:
            raise LineError(LineTrouble.BUSY, answer.problem(), wait_s=answer.wait_s)
        case status if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
            trouble = LineTrouble.BROKEN
        case _:
            trouble = LineTrouble.REFUSED
    raise LineError(trouble, answer.problem())
