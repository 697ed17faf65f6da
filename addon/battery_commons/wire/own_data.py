"""What a home is told that is kept of it: the shapes only, since the data are sent while they are read."""

from typing import Annotated

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from battery_commons.wire.messages import Message


class Kept(BaseModel):
    """Something that is kept; what more is told of it than stands here is in the home's own words."""

    model_config = ConfigDict(extra="allow")


class KeptHome(Kept):
    """The home itself."""

    id: str
    name: str
    transformer_id: str
    webhook_urls: list[str]
    consented_at: AwareDatetime | None
    """None for homes that joined before it was kept."""
    suspended_at: AwareDatetime | None
    """None unless the volunteer has it take no part."""
    first_plan_at: AwareDatetime | None
    shown_by_name_since: AwareDatetime | None
    """None unless it asked to be shown by name."""
    ean: str | None = None
    """Of its connection, where the resident gave it for calls of a Dutch grid operator."""


class KeptBattery(Kept):
    """A battery as its home described it."""

    battery_id: str
    name: str
    capacity_wh: float


class KeptAnswer(Kept):
    """An answer to a code red or green."""

    code_id: str
    code: str
    joins: bool | None
    at: AwareDatetime


class KeptDeeds(Kept):
    """What the home said it did in a code red or green."""

    code_id: str
    did: list[str]


class KeptResponse(Kept):
    """What would have been drawn in a code red or green, and what was measured of it."""

    code_id: str
    baseline: dict[str, object]
    response: dict[str, object] | None


class KeptVote(Kept):
    """What the village knows of a home in a vote: whether it voted, and never what."""

    vote_id: str
    papers: int
    signed: list[int]


class KeptReading(Kept):
    """A reading as it came in."""

    battery_id: str
    at: AwareDatetime
    power_w: float
    state_of_charge: Annotated[float, Field(ge=0, le=1)]


class KeptMean(Kept):
    """The means of a quarter hour."""

    battery_id: str
    start: AwareDatetime
    power_w: float
    state_of_charge: float


class KeptGridReading(Kept):
    """What the meter of the home's connection said, as it came in."""

    at: AwareDatetime
    power_w: float


class KeptGridMean(Kept):
    """The mean of a quarter hour of that meter."""

    start: AwareDatetime
    power_w: float


class KeptAccount(Kept):
    """What is kept of the home's money, but for the ledger, which a call of its own tells."""

    number: str | None
    tariffs: list[dict[str, object]]
    bank_account: dict[str, str] | None


class KeptFinding(Kept):
    """Something that was found wrong with what the home reported."""

    kind: str
    quality: str
    since: AwareDatetime
    until: AwareDatetime | None


class KeptPlan(Kept):
    """A plan that was sent, and what became of it."""

    sequence: int
    issued_at: AwareDatetime
    lease_until: AwareDatetime
    accepted: bool | None
    message: dict[str, object]


class OwnData(Message):
    """Everything: the last day in full, what is older by the quarter hour."""

    model_config = ConfigDict(extra="allow")
    at: AwareDatetime
    home: KeptHome
    batteries: list[KeptBattery]
    code_answers: list[KeptAnswer]
    votes: list[KeptVote]
    code_deeds: list[KeptDeeds]
    code_responses: list[KeptResponse]
    account: KeptAccount
    findings: list[KeptFinding]
    grid_quarter_hours: list[KeptGridMean]
    grid_readings: list[KeptGridReading]
    quarter_hours: list[KeptMean]
    readings: list[KeptReading]
    plans: list[KeptPlan]


class OwnDay(Message):
    """One day in full, as far as it is kept in full."""

    model_config = ConfigDict(extra="allow")
    home_id: str
    readings: list[KeptReading]
    plans: list[KeptPlan]
    grid_readings: list[KeptGridReading]
