"""Which calls the members' API has: who may make each, with what, and what is answered.

The one list that routes, the reading of messages and the OpenAPI document come from.
"""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from http import HTTPMethod, HTTPStatus

from aiohttp import web
from pydantic import BaseModel

from battery_commons.wire import account, community, messages, own_data, votes

type Answering = Callable[[web.Request], Awaitable[web.StreamResponse]]


class Caller(StrEnum):
    """Who may make a call."""

    ANYONE = "anyone"
    HOME = "home"
    METER = "meter"


@dataclass(frozen=True, eq=False, kw_only=True)
class Call:
    """One call of the API."""

    name: str
    method: HTTPMethod
    path: str
    caller: Caller = Caller.ANYONE
    status: HTTPStatus = HTTPStatus.OK
    """Of the answer that is hoped for."""
    answers: tuple[type[BaseModel], ...] = ()
    """What the answer is: one of these; nothing where there are none."""
    is_sealed: bool = False
    """Whether the answer comes in a signed envelope."""
    query: Mapping[str, str] = field(default_factory=dict)
    """What may stand in the address, and what it means: dates."""
    refusals: tuple[HTTPStatus, ...] = ()
    """Of this call, beyond what every call may be refused with."""

    def route(self, answering: Answering) -> web.RouteDef:
        """Return the route that leads to `answering`."""
        options = {"allow_head": False} if self.method is HTTPMethod.GET else {}
        return web.route(self.method, self.path, answering, name=self.name, **options)


@dataclass(frozen=True, eq=False, kw_only=True)
class Asking[M: BaseModel](Call):
    """A call that comes with a message."""

    asks: type[M]
    longest: int = 256 * 1024
    """In bytes."""


HEALTH = Call(name="health", method=HTTPMethod.GET, path="/health", answers=(messages.Health,))
READ_INVITATION = Asking(
    name="read_invitation",
    method=HTTPMethod.POST,
    path="/api/v1/invitations/read",
    asks=messages.InvitationQuery,
    answers=(messages.InvitationDetails,),
    is_sealed=True,
    refusals=(HTTPStatus.NOT_FOUND, HTTPStatus.CONFLICT, HTTPStatus.GONE),
)
READ_VILLAGE = Asking(
    name="read_village",
    method=HTTPMethod.POST,
    path="/api/v1/village/read",
    asks=messages.VillageQuery,
    answers=(messages.VillageIdentity,),
    is_sealed=True,
)
JOIN = Asking(
    name="join",
    method=HTTPMethod.POST,
    path="/api/v1/join",
    asks=messages.JoinRequest,
    status=HTTPStatus.CREATED,
    answers=(messages.Membership,),
    is_sealed=True,
    refusals=(HTTPStatus.NOT_FOUND, HTTPStatus.CONFLICT, HTTPStatus.GONE),
)
DESCRIBE_HOME = Asking(
    name="describe_home",
    method=HTTPMethod.PUT,
    path="/api/v1/home",
    caller=Caller.HOME,
    asks=messages.HomeDescription,
    status=HTTPStatus.NO_CONTENT,
)
LEAVE = Call(
    name="leave",
    method=HTTPMethod.DELETE,
    path="/api/v1/home",
    caller=Caller.HOME,
    status=HTTPStatus.NO_CONTENT,
)
OWN_DATA = Call(
    name="own_data",
    method=HTTPMethod.GET,
    path="/api/v1/home/data",
    caller=Caller.HOME,
    answers=(own_data.OwnData, own_data.OwnDay),
    query={"day": "One day (UTC) in full, instead of everything."},
    refusals=(HTTPStatus.BAD_REQUEST,),
)
TELEMETRY = Asking(
    name="telemetry",
    method=HTTPMethod.POST,
    path="/api/v1/telemetry",
    caller=Caller.HOME,
    asks=messages.Telemetry,
    answers=(messages.TelemetryReceipt,),
)
STREAM = Call(
    name="stream",
    method=HTTPMethod.GET,
    path="/api/v1/stream",
    caller=Caller.HOME,
    status=HTTPStatus.SWITCHING_PROTOCOLS,
    refusals=(HTTPStatus.UPGRADE_REQUIRED,),
)
ANSWER_CODE = Asking(
    name="answer_code",
    method=HTTPMethod.POST,
    path="/api/v1/codes/{code_id}/answer",
    caller=Caller.HOME,
    asks=messages.CodeAnswer,
    status=HTTPStatus.NO_CONTENT,
    refusals=(HTTPStatus.NOT_FOUND,),
)
SAY_DEEDS = Asking(
    name="say_deeds",
    method=HTTPMethod.POST,
    path="/api/v1/codes/{code_id}/did",
    caller=Caller.HOME,
    asks=messages.CodeDeeds,
    status=HTTPStatus.NO_CONTENT,
    refusals=(HTTPStatus.NOT_FOUND,),
)
LIST_VOTES = Call(
    name="list_votes",
    method=HTTPMethod.GET,
    path="/api/v1/votes",
    caller=Caller.HOME,
    answers=(votes.Votes,),
)
PROPOSE = Asking(
    name="propose",
    method=HTTPMethod.POST,
    path="/api/v1/votes",
    caller=Caller.HOME,
    asks=votes.Proposal,
    longest=16 * 1024,
    status=HTTPStatus.CREATED,
    answers=(votes.Proposed,),
    refusals=(HTTPStatus.FORBIDDEN, HTTPStatus.CONFLICT),
)
SIGN_BALLOT = Asking(
    name="sign_ballot",
    method=HTTPMethod.POST,
    path="/api/v1/votes/{vote_id}/sign",
    caller=Caller.HOME,
    asks=votes.BlindedBallot,
    longest=4 * 1024,
    answers=(votes.BlindSignature,),
    refusals=(HTTPStatus.FORBIDDEN, HTTPStatus.NOT_FOUND, HTTPStatus.CONFLICT, HTTPStatus.GONE),
)
CAST_BALLOT = Asking(
    name="cast_ballot",
    method=HTTPMethod.POST,
    path="/api/v1/votes/{vote_id}/ballots",
    asks=votes.CastBallot,
    longest=4 * 1024,
    status=HTTPStatus.NO_CONTENT,
    refusals=(HTTPStatus.NOT_FOUND, HTTPStatus.CONFLICT, HTTPStatus.GONE),
)
READ_BALLOTS = Call(
    name="read_ballots",
    method=HTTPMethod.GET,
    path="/api/v1/votes/{vote_id}/ballots",
    caller=Caller.HOME,
    answers=(votes.PublishedBallots,),
    refusals=(HTTPStatus.NOT_FOUND, HTTPStatus.CONFLICT),
)
PAGE_LINK = Call(
    name="page_link",
    method=HTTPMethod.POST,
    path="/api/v1/home/page-link",
    caller=Caller.HOME,
    status=HTTPStatus.CREATED,
    answers=(votes.PageLink,),
)
OWN_ACCOUNT = Call(
    name="own_account",
    method=HTTPMethod.GET,
    path="/api/v1/home/account",
    caller=Caller.HOME,
    answers=(account.OwnAccount,),
)
OWN_STATEMENT = Call(
    name="own_statement",
    method=HTTPMethod.GET,
    path="/api/v1/home/statements/{period}/{language}",
    caller=Caller.HOME,
    answers=(account.OwnStatement,),
    refusals=(HTTPStatus.NOT_FOUND,),
)
TELL_TARIFF = Asking(
    name="tell_tariff",
    method=HTTPMethod.PUT,
    path="/api/v1/home/tariff",
    caller=Caller.HOME,
    asks=account.TariffTold,
    status=HTTPStatus.NO_CONTENT,
)
SHOW_HOME = Asking(
    name="show_home",
    method=HTTPMethod.PUT,
    path="/api/v1/home/shown",
    caller=Caller.HOME,
    asks=community.Shown,
    longest=4 * 1024,
    status=HTTPStatus.NO_CONTENT,
)
METER = Asking(
    name="meter",
    method=HTTPMethod.POST,
    path="/api/v1/meters/{transformer_id}/readings",
    caller=Caller.METER,
    asks=messages.MeterReadings,
    longest=1024 * 1024,
    answers=(messages.MeterReceipt,),
)
OPENAPI = Call(name="openapi", method=HTTPMethod.GET, path="/api/v1/openapi.json")
