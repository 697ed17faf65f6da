"""What the village tells a home about itself: to show, never to act upon."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from .fields import feeder_power_w, moment, number, optional, optional_moment, part, power_w, text

MAX_CODES = 100
_MAX_MEMBERS = 1_000_000
_MAX_DEEDS = 50
_LONGEST_WORD = 50


class CongestionSignal(StrEnum):
    """What the transformer asks of the people behind it."""

    GREEN = "green"
    NEUTRAL = "neutral"
    RED = "red"


@dataclass(frozen=True, slots=True)
class ForecastPeak:
    """The highest load, import or feed-in, that is expected in the hours to come."""

    power_w: float
    """Positive = import."""
    at: datetime


@dataclass(frozen=True, slots=True)
class Change:
    """By how much a load was another than it would have been: below zero is less. No battery is in it."""

    change_w: float
    low_w: float
    """The truth is between these in 95 of 100 cases."""
    high_w: float


@dataclass(frozen=True, slots=True)
class CodeResult:
    """What a code that is over came to."""

    is_measured: bool
    village: Change | None
    own: Change | None
    """None where this home shares no meter of its house, or too little is known of it."""
    sentences: Mapping[str, str]
    """The village's own words, by language."""

    def sentence(self, language: str) -> str:
        """Return it in words, in English where the village does not speak `language`."""
        return self.sentences.get(language.split("-", maxsplit=1)[0]) or self.sentences.get("en", "")


@dataclass(frozen=True, slots=True)
class CodeWindow:
    """A time in which residents are asked to use less (code red) or more (code green)."""

    code_id: str
    code: CongestionSignal
    """Red or green."""
    start: datetime
    end: datetime
    reason: str
    """The village's own words; empty where it gives none."""
    expected_effect_w: float | None
    """What the village hopes for: the change of its load, negative = less import."""
    joins: bool | None
    """What this home has answered; None while it has not."""
    did: tuple[str, ...] = ()
    """What this home said it did."""
    result: CodeResult | None = None
    """None until it is over."""


@dataclass(frozen=True, slots=True)
class Account:
    """What taking part has come to for this home, by the village's account."""

    saving_month_eur: float | None
    """Against steering for the own profit only."""
    shared_month_eur: float | None
    """This home's part of what the village earned together."""


@dataclass(frozen=True, slots=True)
class VillageStatus:
    """How the village and the home's transformer stand. None where the village does not say."""

    at: datetime
    control_model: str
    transformer_name: str
    limit_w: float
    load_w: float | None
    """The transformer's load as last measured, positive = import."""
    load_at: datetime | None
    signal: CongestionSignal | None
    load_estimated: bool | None = None
    """Whether that load is no meter's, but an estimate."""
    transformer_peak: ForecastPeak | None = None
    feeder_peak: ForecastPeak | None = None
    members: int | None = None
    members_online: int | None = None
    peak_shaved_w: float | None = None
    """By how much the batteries together lower today's peak of this transformer."""
    co2_saved_kg: float | None = None
    """What the batteries together have saved this month at least, an estimate; below zero they cost CO2."""
    co2_saved_at_most_kg: float | None = None
    own_sun_share: float | None = None
    """Of what homes had left over this month, how much was used among them, 0 to 1."""
    own_sun_share_without: float | None = None
    """The same without batteries."""
    hours_saved: float | None = None
    """How many hours less this transformer was beyond its limit this month; below zero, more."""
    shown_by_name: bool | None = None
    """Whether the village's page and yearly report name this home."""
    codes: tuple[CodeWindow, ...] = ()
    account: Account | None = None
    comparing_until: datetime | None = None
    """Until when the village compares control models in turn."""
    webhook_reached: bool | None = None
    """Whether the village's last try to reach this home by its webhook was answered."""

    def codes_to_come(self, now: datetime) -> list[CodeWindow]:
        """Return the codes that are not over at `now`, the one that begins first in front."""
        return sorted((code for code in self.codes if code.end > now), key=lambda code: code.start)

    @property
    def measured_code(self) -> CodeWindow | None:
        """Return the code of which it was measured last what it came to."""
        measured = (code for code in self.codes if code.result and code.result.is_measured)
        return max(measured, key=lambda code: code.end, default=None)


def parse_status(receipt: Mapping[str, Any]) -> VillageStatus:
    """Return the status in a telemetry receipt. Raises ValueError when it holds none."""
    village = part(receipt, "village")
    transformer = part(village, "transformer")
    feeder = village.get("feeder")
    account = village.get("account")
    return VillageStatus(
        at=moment(village, "at"),
        control_model=text(village, "control_model"),
        comparing_until=optional_moment(village, "comparing_until"),
        transformer_name=text(transformer, "name"),
        limit_w=power_w(transformer.get("limit_w")),
        load_w=optional(transformer, "load_w", power_w),
        load_at=optional_moment(transformer, "load_at"),
        signal=optional(transformer, "signal", _signal),
        load_estimated=optional(transformer, "load_estimated", _truth),
        transformer_peak=_peak(transformer, power_w),
        feeder_peak=None if feeder is None else _peak(part(village, "feeder"), feeder_power_w),
        members=optional(village, "members", _count),
        members_online=optional(village, "members_online", _count),
        peak_shaved_w=optional(village, "peak_shaved_w", power_w),
        co2_saved_kg=optional(village, "co2_saved_kg", number),
        co2_saved_at_most_kg=optional(village, "co2_saved_at_most_kg", number),
        own_sun_share=optional(village, "own_sun_share", _share),
        own_sun_share_without=optional(village, "own_sun_share_without", _share),
        hours_saved=optional(village, "hours_saved", number),
        shown_by_name=optional(village, "shown_by_name", _truth),
        codes=_codes(village),
        account=None if account is None else _account(part(village, "account")),
        webhook_reached=optional(village, "webhook_reached", _truth),
    )


def _peak(load: Mapping[str, Any], read: Callable[[object], float]) -> ForecastPeak | None:
    if load.get("forecast_peak_w") is None:
        return None
    return ForecastPeak(read(load["forecast_peak_w"]), moment(load, "forecast_peak_at"))


def _codes(village: Mapping[str, Any]) -> tuple[CodeWindow, ...]:
    if (listed := village.get("codes")) is None:
        return ()
    if not isinstance(listed, list) or len(listed) > MAX_CODES:
        raise ValueError("codes is no list, or longer than any village needs")
    return tuple(_code(part({"code": code}, "code")) for code in listed)


def _code(code: Mapping[str, Any]) -> CodeWindow:
    window = CodeWindow(
        code_id=text(code, "id"),
        code=_signal(code.get("code")),
        start=moment(code, "start"),
        end=moment(code, "end"),
        reason=text(code, "reason") if code.get("reason") else "",
        expected_effect_w=optional(code, "expected_effect_w", power_w),
        joins=optional(code, "joins", _truth),
        did=_did(code.get("did")),
        result=None if code.get("result") is None else _result(part(code, "result")),
    )
    if window.code is CongestionSignal.NEUTRAL or window.end <= window.start:
        raise ValueError("a code is red or green, and has a length")
    return window


def _did(listed: object) -> tuple[str, ...]:
    if listed is None:
        return ()
    if not isinstance(listed, list) or len(listed) > _MAX_DEEDS:
        raise ValueError("did is no list of deeds")
    return tuple(str(deed)[:_LONGEST_WORD] for deed in listed)


def _result(result: Mapping[str, Any]) -> CodeResult:
    return CodeResult(
        is_measured=text(result, "state") == "measured",
        village=None if result.get("village") is None else _change(part(result, "village")),
        own=None if result.get("own") is None else _change(part(result, "own")),
        sentences={language: text(result, language) for language in ("en", "nl") if result.get(language)},
    )


def _change(change: Mapping[str, Any]) -> Change:
    read = Change(*(power_w(change.get(name)) for name in ("change_w", "low_w", "high_w")))
    if not read.low_w <= read.change_w <= read.high_w:
        raise ValueError("a change lies within its interval")
    return read


def _account(account: Mapping[str, Any]) -> Account:
    return Account(
        saving_month_eur=optional(account, "saving_month_eur", number),
        shared_month_eur=optional(account, "shared_month_eur", number),
    )


def _signal(value: object) -> CongestionSignal:
    return CongestionSignal(str(value))


def _count(value: object) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value <= _MAX_MEMBERS:
        raise ValueError("no count of homes")
    return value


def _share(value: object) -> float:
    share = number(value)
    if not 0 <= share <= 1:
        raise ValueError(f"a share is from 0 to 1, not {share}")
    return share


def _truth(value: object) -> bool:
    if not isinstance(value, bool):
        raise ValueError("neither true nor false")  # noqa: TRY004 - a wrong message, not a wrong call
    return value
