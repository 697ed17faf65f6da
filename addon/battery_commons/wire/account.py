"""What a home and its village say to each other about money. Amounts are whole cents."""

from datetime import date
from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from battery_commons.domain.home_tariff import HomeTariff, TariffKind
from battery_commons.domain.tariff import ENERGY_TAX
from battery_commons.wire.messages import Message

MAX_PRICE = 5.0
type EuroPerKwh = Annotated[float, Field(ge=-MAX_PRICE, le=MAX_PRICE, allow_inf_nan=False)]
type Costs = Annotated[float, Field(ge=0, le=MAX_PRICE, allow_inf_nan=False)]
type Period = Annotated[str, Field(pattern=r"^\d{4}-\d{2}$")]


class TariffTold(Message):
    """What a home pays for energy, from a day on (EUR per kWh; see domain/home_tariff.py)."""

    first_day: date
    kind: Literal["dynamic", "fixed", "two_tariff"]
    energy: EuroPerKwh
    """The supplier's price with VAT, without energy tax; of a dynamic one, what is added to the market's."""
    energy_low: EuroPerKwh | None = None
    energy_tax: Costs = ENERGY_TAX
    vat: Annotated[float, Field(ge=0, le=1, allow_inf_nan=False)] = 0.21
    feed_in: EuroPerKwh = 0.0
    feed_in_costs: Costs = 0.0
    net_metering: bool = False

    @model_validator(mode="after")
    def _makes_sense(self) -> Self:
        self.tariff()
        return self

    def tariff(self) -> HomeTariff:
        """Return the tariff. Raises ValueError for what no contract says."""
        return HomeTariff(
            kind=TariffKind(self.kind),
            energy=self.energy,
            energy_tax=self.energy_tax,
            energy_low=self.energy_low,
            vat=self.vat,
            feed_in=self.feed_in,
            feed_in_costs=self.feed_in_costs,
            net_metering=self.net_metering,
        )


class AccountMonth(BaseModel):
    """What was booked for a home in a month, corrections included; positive where the home receives."""

    model_config = ConfigDict(extra="ignore", frozen=True)
    period: Period
    made_whole_cents: int
    """Puts it where its battery would have left it by itself; below zero, what steering together gained."""
    claim_cents: int
    """Below zero: put off, and still owed. Above: paid after all."""
    shortage_cents: int
    share_cents: int
    total_cents: int
    paid_cents: int
    """What the treasurer said was paid to the home in this month."""
    is_closed: bool
    """Whether it was settled; else it only holds payments."""
    is_corrected: bool


class OwnAccount(Message):
    """A home's account."""

    account: str | None
    """Its number, by which it goes in the ledger; None until the village has opened one."""
    balance_cents: int
    """Positive: due to the home."""
    owed_cents: int
    """What the community owes it to make it whole, beyond the balance."""
    fund_cents: int
    """What the community fund holds."""
    months: list[AccountMonth]


class StatementLine(BaseModel):
    """One line of a statement."""

    model_config = ConfigDict(extra="ignore", frozen=True)
    name: str
    cents: int | None
    meaning: str


class OwnStatement(Message):
    """A home's statement of a closed month."""

    account: str
    period: Period
    lines: list[StatementLine]
    csv: str
    """The same as a table."""
    pdf: str | None = None
    """The same on paper, in base64; None while it is being drawn: whoever asks again gets it."""
