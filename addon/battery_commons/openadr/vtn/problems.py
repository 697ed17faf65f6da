"""What a VTN answers when something is wrong: problem details (RFC 9457), as OpenADR 3.1 asks."""

import math
from http import HTTPStatus

import structlog
from aiohttp import hdrs, web
from aiohttp.typedefs import Handler

from battery_commons.openadr.errors import UnacceptableError
from battery_commons.openadr.objects import Problem, to_wire
from battery_commons.store.errors import NotFoundError, StoreError

_LOGGER = structlog.get_logger(__name__)


class RefusedError(Exception):
    """A call that cannot be answered as the caller hoped."""

    def __init__(self, status: HTTPStatus, detail: str) -> None:
        """Say why, in words for whoever reads the caller's log."""
        super().__init__(detail)
        self.status = status
        self.detail = detail


def unknown(what: str) -> RefusedError:
    """Return the answer to a question about what is not there, or not for the caller to see."""
    return RefusedError(HTTPStatus.NOT_FOUND, f"there is no such {what}")


def answered(handler: Handler) -> Handler:
    """Return a handler that answers with a problem where the given one raises."""

    async def with_problems(request: web.Request) -> web.StreamResponse:
        try:
            return await handler(request)
        except RefusedError as error:
            status, detail = error.status, error.detail
        except UnacceptableError as error:
            status, detail = HTTPStatus.BAD_REQUEST, str(error)
        except NotFoundError as error:
            status, detail = HTTPStatus.NOT_FOUND, str(error)
        except web.HTTPRequestEntityTooLarge:
            status, detail = HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "the body is too large"
        except TimeoutError:
            status, detail = HTTPStatus.REQUEST_TIMEOUT, "the body came too slowly"
        except StoreError as error:
            _LOGGER.exception("vtn_call_failed", kind=type(error).__name__)
            status, detail = HTTPStatus.SERVICE_UNAVAILABLE, "try again later"
        return problem(status, detail)

    return with_problems


def problem(status: HTTPStatus, detail: str, retry_after_s: float | None = None) -> web.Response:
    """Return an answer that says what went wrong, and when to call again."""
    headers = {hdrs.WWW_AUTHENTICATE: "Bearer"} if status is HTTPStatus.UNAUTHORIZED else {}
    if retry_after_s is not None:
        headers[hdrs.RETRY_AFTER] = str(math.ceil(retry_after_s))
    return web.json_response(
        to_wire(Problem.of(status, status.phrase, detail)),
        status=status,
        content_type="application/problem+json",
        headers=headers,
    )
