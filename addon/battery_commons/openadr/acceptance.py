"""Whether an event can be obeyed at all: what its figures say, whatever village it is for."""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta

from battery_commons.openadr.errors import Reason, UnacceptableError
from battery_commons.openadr.intervals import Window, windows
from battery_commons.openadr.objects import Event

_SOON, _EVER = timedelta(days=2), timedelta(days=73_000)
"""No moment that an event may name is further off."""
MAX_KW = 1_000_000.0
"""No part of a grid that a village hangs on carries a gigawatt: a larger figure is a wrong unit."""
MAX_EUR_PER_KWH = 20.0
MAX_LEVEL = 3
"""SIMPLE levels go from 0, normal, to 3, emergency (OpenADR 3 definitions, "SIMPLE")."""

LIMITS = {"IMPORT_CAPACITY_LIMIT": "import", "EXPORT_CAPACITY_LIMIT": "export"}
LOAD_FORECAST = "GRID_LOAD_FORECAST"
"""Private: no event type of the standard says what a cable or transformer is expected to carry."""
SETPOINT = "DISPATCH_SETPOINT"
PRICE, EXPORT_PRICE = "PRICE", "EXPORT_PRICE"
LEVEL = "SIMPLE"
ALERTS = frozenset({"ALERT_GRID_EMERGENCY", "ALERT_FLEX_ALERT"})
MEASURED = frozenset({*LIMITS, LOAD_FORECAST, SETPOINT, PRICE, EXPORT_PRICE})
"""What has a unit."""

_KILOWATTS = {"W": 0.001, "KW": 1.0, "MW": 1000.0}
_EUR_PER_KWH = {"WH": 1000.0, "KWH": 1.0, "MWH": 0.001}


def check(event: Event, received_at: datetime) -> None:
    """Refuse an event that cannot be obeyed as it stands. Raises UnacceptableError.

    One without intervals, which only asks for reports, and one of types that are none of ours, pass.
    """
    if event.intervals == ():
        raise UnacceptableError(event.id, Reason.NO_INTERVAL)
    # What is repeated is looked at for days only: minutes that are repeated for years are a million windows.
    until = received_at + (_EVER if event.duration is None else _SOON)
    if event.intervals and not windows(event, received_at, until, received_at=received_at):
        begins = windows(
            event.model_copy(update={"duration": None}),
            received_at,
            received_at + _EVER,
            received_at=received_at,
        )
        if not begins:
            raise UnacceptableError(event.id, Reason.OVER)
    for interval in event.intervals or ():
        for payload in interval.payloads:
            if (checked := _CHECKS.get(payload.type)) is not None:
                checked(event, Window(payload.type, received_at, None, payload.values))


def figure(event: Event, window: Window) -> float:
    """Return the one figure of a window. Raises UnacceptableError where there is none, or more."""
    values = window.values
    if len(values) != 1 or isinstance(values[0], bool) or not isinstance(values[0], int | float):
        raise UnacceptableError(event.id, Reason.MALFORMED, f"{window.type} needs one figure")
    return float(values[0])


def kilowatts(event: Event, window: Window) -> float:
    """Return a power. Raises UnacceptableError for a unit or a size that no power has."""
    power_kw = figure(event, window) * _factor(event, window.type, _KILOWATTS, "KW")
    if abs(power_kw) > MAX_KW:
        raise UnacceptableError(event.id, Reason.IMPOSSIBLE, f"{window.type} of {power_kw:g} kW")
    return power_kw


def limit_kw(event: Event, window: Window) -> float:
    """Return a limit, which is never negative. Raises UnacceptableError."""
    power_kw = kilowatts(event, window)
    if power_kw < 0:
        raise UnacceptableError(event.id, Reason.NEGATIVE, f"{window.type} of {power_kw:g} kW")
    return power_kw


def eur_per_kwh(event: Event, window: Window) -> float:
    """Return a price. Raises UnacceptableError for another currency, or what no energy costs."""
    for each in event.payload_descriptors or ():
        if each.payload_type == window.type and each.currency not in {None, "EUR"}:
            raise UnacceptableError(event.id, Reason.UNKNOWN_UNIT, f"{window.type} in {each.currency}")
    price = figure(event, window) * _factor(event, window.type, _EUR_PER_KWH, "KWH")
    if abs(price) > MAX_EUR_PER_KWH:
        raise UnacceptableError(event.id, Reason.IMPOSSIBLE, f"{window.type} of {price:g} EUR per kWh")
    return price


def level(event: Event, window: Window) -> float:
    """Return a level of SIMPLE. Raises UnacceptableError for one that there is not."""
    said = figure(event, window)
    if not 0 <= said <= MAX_LEVEL:
        raise UnacceptableError(event.id, Reason.IMPOSSIBLE, f"{window.type} of {said:g}")
    return said


def _factor(event: Event, type_: str, factors: Mapping[str, float], usual: str) -> float:
    """Return by what to multiply figures of a type; `usual` is the unit where none is said."""
    said = {
        each.units.upper()
        for each in event.payload_descriptors or ()
        if each.payload_type == type_ and each.units is not None
    }
    if len(said) > 1:
        raise UnacceptableError(event.id, Reason.CONTRADICTORY, f"{type_} in {' and '.join(sorted(said))}")
    unit = next(iter(said), usual)
    if unit not in factors:
        raise UnacceptableError(event.id, Reason.UNKNOWN_UNIT, f"{type_} in {unit}")
    return factors[unit]


_CHECKS: Mapping[str, Callable[[Event, Window], float]] = {
    **dict.fromkeys(LIMITS, limit_kw),
    LOAD_FORECAST: kilowatts,
    SETPOINT: kilowatts,
    **dict.fromkeys((PRICE, EXPORT_PRICE), eur_per_kwh),
    LEVEL: level,
}
