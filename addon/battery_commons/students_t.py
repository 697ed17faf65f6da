"""Student's t distribution, which says how far a mean of few measurements may be off.

SciPy's, loaded when it is first asked: with all that it brings it fills 8 MB, which a village that measures
nothing yet can do without.
"""

from importlib import import_module


def quantile(share: float, freedom: float) -> float:
    """Return below what a share, from 0 to 1, of Student's t with these degrees of freedom lies."""
    return float(import_module("scipy.special").stdtrit(freedom, share))


def share_below(value: float, freedom: float) -> float:
    """Return what share of Student's t with these degrees of freedom lies below `value`."""
    return float(import_module("scipy.special").stdtr(freedom, value))
