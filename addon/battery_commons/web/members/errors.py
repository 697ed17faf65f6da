"""Errors of the members' API: a code, what to do, and nothing of the inside."""

import math
from collections.abc import Mapping
from http import HTTPStatus

import structlog
from aiohttp import web
from aiohttp.typedefs import Handler
from pydantic import ValidationError

from battery_commons.openadr.vtn.problems import problem
from battery_commons.openadr.vtn.routes import PREFIX as VTN_PREFIX
from battery_commons.store import (
    InvitationExpiredError,
    InvitationUnknownError,
    InvitationUsedError,
    NotFoundError,
    NotOfferedError,
    StoreError,
)
from battery_commons.voting.vote import Refusal, VoteRefusedError

_LOGGER = structlog.get_logger(__name__)


class ApiError(Exception):
    """An answer that is not the one the caller hoped for."""

    def __init__(
        self, status: HTTPStatus, code: str, message: str, *, retry_after_s: float | None = None
    ) -> None:
        """Say `code` of docs/protocol.md, in `message` what the caller can do, and when to call again."""
        super().__init__(message)
        self.status = status
        self.code = code
        self.message = message
        self.retry_after_s = retry_after_s

    def response(self) -> web.Response:
        """Return the error as JSON."""
        body = {"version": 1, "error": self.code, "message": self.message}
        headers = {} if self.retry_after_s is None else {"Retry-After": str(math.ceil(self.retry_after_s))}
        answer = web.json_response(body, status=self.status, headers=headers)
        if self.status == HTTPStatus.REQUEST_TIMEOUT:
            answer.force_close()  # What is still to come of the body is not waited for.
        return answer


def unauthorized() -> ApiError:
    """Return the answer to a token that opens nothing here."""
    return ApiError(
        HTTPStatus.UNAUTHORIZED, "unauthorized", "This token is unknown or no longer counts. Join again."
    )


def too_large(limit: int) -> ApiError:
    """Return the answer to a body of more than `limit` bytes."""
    return ApiError(
        HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "too_large", f"Send at most {limit} bytes at a time."
    )


def too_slow(within_s: float) -> ApiError:
    """Return the answer to a body that was not there in time."""
    return ApiError(
        HTTPStatus.REQUEST_TIMEOUT, "too_slow", f"Send the whole message within {within_s:g} seconds."
    )


def too_many_calls(wait_s: float) -> ApiError:
    """Return the answer to somebody who calls too often."""
    return ApiError(
        HTTPStatus.TOO_MANY_REQUESTS,
        "too_many_calls",
        "Wait as long as Retry-After says, then call again.",
        retry_after_s=wait_s,
    )


def malformed(error: ValidationError) -> ApiError:
    """Return the answer to a body that is not the message it should be.

    Names the fields only: what they held is the caller's own, and may be long.
    """
    found = [
        f"{'.'.join(map(str, problem['loc'])) or 'message'}: {problem['msg']}"
        for problem in error.errors(include_url=False, include_context=False, include_input=False)
    ]
    return ApiError(HTTPStatus.BAD_REQUEST, "malformed", "; ".join(found[:5])[:500])


_OF_REFUSAL: Mapping[Refusal, HTTPStatus] = {
    Refusal.VOTE_UNKNOWN: HTTPStatus.NOT_FOUND,
    Refusal.VOTE_NOT_OPEN: HTTPStatus.CONFLICT,
    Refusal.VOTE_CLOSED: HTTPStatus.GONE,
    Refusal.VOTE_NOT_CLOSED: HTTPStatus.CONFLICT,
    Refusal.NOT_ON_ROLL: HTTPStatus.FORBIDDEN,
    Refusal.SUSPENDED: HTTPStatus.FORBIDDEN,
    Refusal.ALREADY_VOTED: HTTPStatus.CONFLICT,
    Refusal.ALREADY_CAST: HTTPStatus.CONFLICT,
    Refusal.UNKNOWN_CHOICE: HTTPStatus.BAD_REQUEST,
    Refusal.BALLOT_INVALID: HTTPStatus.BAD_REQUEST,
    Refusal.OUTSIDE_BYLAWS: HTTPStatus.BAD_REQUEST,
    Refusal.SUBJECT_TAKEN: HTTPStatus.CONFLICT,
}
_INVITATION_ERRORS: dict[type[Exception], tuple[HTTPStatus, str, str]] = {
    InvitationUnknownError: (
        HTTPStatus.NOT_FOUND,
        "invitation_unknown",
        "This invitation is unknown. Copy the whole link, or ask for a new one.",
    ),
    InvitationUsedError: (
        HTTPStatus.CONFLICT,
        "invitation_used",
        "This invitation has been used. Ask for a new one.",
    ),
    InvitationExpiredError: (
        HTTPStatus.GONE,
        "invitation_expired",
        "This invitation has expired. Ask for a new one.",
    ),
}


@web.middleware
async def errors_as_json(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Answer every failure in the API's own form, and those of the VTN beside it in OpenADR's."""
    try:
        return await handler(request)
    except Exception as error:  # noqa: BLE001 - nothing of the inside may reach a caller
        answer = _explained(error, request)
        if request.path.startswith(f"{VTN_PREFIX}/"):
            return problem(answer.status, answer.message, answer.retry_after_s)
        return answer.response()


def _explained(error: Exception, request: web.Request) -> ApiError:
    match error:
        case ApiError():
            answer = error
        case InvitationUnknownError() | InvitationUsedError() | InvitationExpiredError():
            answer = ApiError(*_INVITATION_ERRORS[type(error)])
        case VoteRefusedError():
            answer = ApiError(_OF_REFUSAL[error.refusal], error.refusal, str(error))
        case NotOfferedError():
            answer = ApiError(
                HTTPStatus.NOT_FOUND, "not_offered", "The village does not offer this, or no longer."
            )
        case NotFoundError():
            answer = unauthorized()  # The home left while it was calling.
        case StoreError():
            _LOGGER.error("store_unusable", problem=str(error))
            answer = ApiError(
                HTTPStatus.SERVICE_UNAVAILABLE,
                "unavailable",
                "The village cannot answer now. Try again later.",
            )
        case web.RequestPayloadError():
            answer = ApiError(HTTPStatus.BAD_REQUEST, "malformed", "The body could not be read.")
        case web.HTTPException():
            code = (error.reason or "error").lower().replace(" ", "_")
            answer = ApiError(HTTPStatus(error.status), code, "See docs/protocol.md for the calls.")
        case _:
            _LOGGER.error("call_failed", route=request.match_info.route.name, exc_info=error)
            answer = ApiError(
                HTTPStatus.INTERNAL_SERVER_ERROR,
                "internal",
                "The village made a mistake and has noted it.",
            )
    return answer
