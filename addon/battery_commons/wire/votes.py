"""The messages of votes. Times on the wire are wall time in UTC; bytes are base64url without padding."""

from typing import Annotated, Literal

from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, Field

from battery_commons.voting.motion import LONGEST_EXPLANATION, LONGEST_TEXT, LONGEST_TITLE, Subject
from battery_commons.voting.tally import Outcome
from battery_commons.voting.vote import EffectSource, State
from battery_commons.wire.messages import Message, Share

type Modulus = Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{342}$")]
"""256 bytes."""
type Choice = Annotated[str, Field(pattern=r"^[a-e]$")]
type BallotNumber = Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{43}$")]
"""32 random bytes."""
type Figure = Annotated[float, Field(strict=True, ge=-1000, le=1000, allow_inf_nan=False)]
type Text = Annotated[str, Field(max_length=LONGEST_TEXT)]


def _stripped(text: str) -> str:
    return " ".join(text.split())


class _Part(BaseModel):
    """A part of a message."""

    model_config = ConfigDict(extra="ignore", frozen=True)


class TransformerEffect(_Part):
    """What a transformer would have gone through."""

    name: str
    highest_import_w: float
    highest_feed_in_w: float
    hours_over: float


class Effect(_Part):
    """What would have been under an option."""

    transformers: list[TransformerEffect]
    cost_eur_per_month: float | None
    """Of the community as one customer; below zero it earns."""
    self_consumption: float | None
    to_fund_eur: float | None = None
    """Of a vote on sharing: what the fund would have got of the last settled month."""
    own_share_eur: float | None = None
    """Of a vote on sharing: what the home that asks would have got of that month, beside being made whole."""
    moved_kwh_per_week: float | None = None
    """Of a vote on codes: what residents would draw less in codes red and more in codes green, at most..."""
    moved_within_kwh: float | None = None
    """...and so much more or less, in 95 of 100 cases."""
    own_bill_eur_per_month: float | None
    """Of the home that asks, and shown to nobody else; None where it changes nothing or is not reckoned."""
    own_bill_is_estimated: bool
    """Whether the home's house is not measured, and counts as a usual one."""


class Labels(_Part):
    """What an option says, in each language."""

    en: str
    nl: str


class VoteOption(_Part):
    """One of the answers."""

    choice: Choice
    value: str | float
    labels: Labels
    effect: Effect | None = None
    ballots: int | None = None
    """How often it was chosen; None before the close."""


class PublicKey(_Part):
    """What ballots are signed with: RSA, for RSABSSA-SHA384-PSS-Deterministic (RFC 9474)."""

    n: Modulus
    e: Literal[65537] = 65537


class EffectsBasis(_Part):
    """What the effects rest on."""

    state: EffectSource | Literal["reckoning"]
    share_done: Share | None = None
    """While they are reckoned."""
    start: AwareDatetime | None = None
    days: int = 0
    codes: int = 0
    """On how many measured codes they rest, where the vote is on codes."""
    fund_eur: float | None = None
    """What the community fund held, where the vote is on its use."""


class VoteResult(_Part):
    """What was decided."""

    outcome: Outcome
    choice: Choice | None
    ballots: int
    signatures: int
    could_vote: int


class HomesVote(_Part):
    """A vote as one home sees it."""

    vote_id: str
    state: State
    subject: Subject
    title: str
    explanation: str
    proposed_by: Literal["member", "volunteer", "own"]
    opens_at: AwareDatetime
    closes_at: AwareDatetime
    takes_effect_at: AwareDatetime
    quorum: Share
    options: list[VoteOption]
    key: PublicKey | None
    papers: int
    """How many votes the home has in it; 0 where it is not on the roll."""
    signed: list[int]
    """Its papers that were signed, counted from 0."""
    effects: EffectsBasis
    result: VoteResult | None


class Votes(Message):
    """All votes that are not over long ago, the last to close first."""

    votes: list[HomesVote]


class Proposal(Message):
    """A home puts a question to all homes."""

    subject: Subject
    title: Annotated[str, AfterValidator(_stripped), Field(max_length=LONGEST_TITLE)]
    explanation: Annotated[str, Field(max_length=LONGEST_EXPLANATION)] = ""
    values: Annotated[list[Figure | Text], Field(max_length=8)]
    opens_at: AwareDatetime | None = None
    """None opens it as soon as its effects are reckoned."""
    closes_at: AwareDatetime
    takes_effect_at: AwareDatetime


class Proposed(Message):
    """A vote was made of it."""

    vote_id: str


class BlindedBallot(Message):
    """A home asks to have a ballot signed, unseen."""

    paper: Annotated[int, Field(ge=0, le=1)] = 0
    blinded: Modulus


class BlindSignature(Message):
    """The village's signature, blinded still."""

    blind_signature: Modulus


class CastBallot(Message):
    """Somebody casts a ballot; nothing says who."""

    choice: Annotated[str, Field(max_length=16)]
    number: BallotNumber
    signature: Modulus


class PublishedBallot(_Part):
    """A ballot as it was counted."""

    choice: Choice
    number: BallotNumber
    signature: Modulus


class PublishedBallots(Message):
    """All ballots of a vote that is over, by their numbers: anybody can count them again."""

    vote_id: str
    key: PublicKey
    options: list[Choice]
    ballots: list[PublishedBallot]
    signatures: int
    """How many were signed: where there are fewer than ballots, the box was stuffed."""


class PageLink(Message):
    """A way to the home's own page, once."""

    path: str
    """Behind the village's address."""
    expires_at: AwareDatetime
