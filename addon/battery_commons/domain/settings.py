"""What a village chose: how it is steered, what its members pay, and where it lies."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from battery_commons.domain.bylaws import Bylaws, CodeRules, SharingRule
from battery_commons.domain.plan import ControlModel
from battery_commons.domain.tariff import AFTER_NET_METERING, NET_METERING, Tariff, tariff_at

_POLE, _HALF_WAY_ROUND = 90, 180


class TariffChoice(StrEnum):
    """What members pay and get for energy."""

    BY_DATE = "by-date"
    """As Dutch law has it at the moment."""
    NET_METERING = "net-metering"
    AFTER_NET_METERING = "after-net-metering"

    def at(self, moment: datetime) -> Tariff:
        """Return the tariff that counts at `moment`."""
        match self:
            case TariffChoice.BY_DATE:
                return tariff_at(moment)
            case TariffChoice.NET_METERING:
                return NET_METERING
            case TariffChoice.AFTER_NET_METERING:
                return AFTER_NET_METERING


@dataclass(frozen=True, slots=True)
class Place:
    """Where the village lies, in degrees, for the weather."""

    latitude: float
    longitude: float

    def __post_init__(self) -> None:
        """Refuse what lies nowhere on earth."""
        if not abs(self.latitude) <= _POLE:
            raise ValueError(f"a latitude is -90 to 90 degrees, not {self.latitude}")
        if not abs(self.longitude) <= _HALF_WAY_ROUND:
            raise ValueError(f"a longitude is -180 to 180 degrees, not {self.longitude}")


@dataclass(frozen=True, slots=True)
class VillageSettings:
    """What a village chose; each has a default that a new village can run on."""

    control_model: ControlModel = ControlModel.M4
    tariff: TariffChoice = TariffChoice.BY_DATE
    place: Place | None = None
    """None where nobody has said: plans are then made without a weather forecast."""
    congestion_weight: float = 1.0
    """How much heavier than usual congestion weighs against the community's energy bill."""
    minimum_reserve: float = 0.0
    """The share of each battery that is left alone; a home's own reserve counts where it is more."""
    sharing: SharingRule = SharingRule.EQUAL
    fund_share: float = 0.0
    """The share of what there is to share that goes to the community fund first."""
    codes: CodeRules = field(default=CodeRules())
    bylaws: Bylaws = field(default=Bylaws())
