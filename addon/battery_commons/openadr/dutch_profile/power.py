"""Powers as the profile writes them: in kW, with two decimals at most."""

from decimal import ROUND_FLOOR, ROUND_HALF_EVEN, Decimal

MOST_KW = 1e6
"""No group of homes draws or delivers more."""
_CENT = Decimal("0.01")


def watts(value: object) -> float | None:
    """Return a power that was sent, in W; None for what is none: not a number, or with more decimals."""
    if isinstance(value, bool) or not isinstance(value, int | float) or not abs(value) <= MOST_KW:
        return None
    exponent = Decimal(str(value)).as_tuple().exponent
    return float(value) * 1000 if isinstance(exponent, int) and exponent >= -2 else None  # noqa: PLR2004


def kilowatts(power_w: float) -> float:
    """Return a power in kW, to the nearest 10 W."""
    return _rounded(power_w, ROUND_HALF_EVEN)


def kilowatts_at_most(power_w: float) -> float:
    """Return a power in kW, rounded down to 10 W: what is offered or claimed is really there."""
    return _rounded(power_w, ROUND_FLOOR)


def _rounded(power_w: float, rounding: str) -> float:
    # Without float's own noise, by which 10 kW may be 9.999999999999998.
    exact = Decimal(repr(round(power_w, 6))) / 1000
    return float(exact.quantize(_CENT, rounding)) + 0.0  # which makes a zero of minus zero
