"""Splitting cents so that the parts always sum."""

import hashlib
from collections.abc import Mapping


def split(cents: int, weights: Mapping[str, int], draw: str) -> dict[str, int]:
    """Return `cents` split by `weights`, to whole cents whose sum is `cents`.

    Everybody gets what is due, rounded down; the cents that are left go to the largest remainders (Hamilton's
    method). Where remainders are equal the SHA-256 of `draw` and the name decides, so that it is not always
    the same member who is a cent ahead. The order of `weights` does not matter.

    Raises:
        ValueError: Less than nothing is split, a weight is negative, or all of them are zero.
    """
    total = sum(weights.values())
    if cents < 0 or total <= 0 or any(weight < 0 for weight in weights.values()):
        raise ValueError(f"{cents} cents cannot be split by {dict(weights)}")
    parts = {name: cents * weight // total for name, weight in weights.items()}
    left = cents - sum(parts.values())
    first = sorted(weights, key=lambda name: (-(cents * weights[name] % total), _lot(draw, name)))
    for name in first[:left]:
        parts[name] += 1
    return parts


def _lot(draw: str, name: str) -> str:
    return hashlib.sha256(f"{draw} {name}".encode()).hexdigest()
