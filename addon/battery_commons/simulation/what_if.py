"""What if the village were another: more or fewer batteries, a larger or smaller transformer."""

from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from battery_commons.simulation.recorded import RecordedVillage

type Indices = NDArray[np.intp]

NO_LIMITS: Mapping[str, float] = MappingProxyType({})


def with_batteries(record: RecordedVillage, count: int) -> RecordedVillage:
    """Return the same village with `count` batteries: its own first, then more like its first one.

    The further ones go to sites without a battery, spread evenly over those with PV (which feed in at some
    time), then over the others. A site gets a second battery only when every site has one. The same count
    always gives the same places; other counts may give others.

    Raises:
        ValueError: A count below one, or a village that has no battery to go by.
    """
    if count < 1:
        raise ValueError(f"a village of {count} batteries has nothing to steer: ask for at least one")
    if not record.batteries:
        raise ValueError("the village has no battery, so nothing says what more of them would be like")
    own = record.site_of[:count]
    site_of = np.concatenate([own, _further_sites(record, count - own.size)])
    held = np.bincount(record.site_of, minlength=len(record.sites))
    batteries = list(record.batteries[:count])
    for index in site_of[own.size :]:
        site = record.sites[index]
        held[index] += 1
        number = "" if held[index] == 1 else f"-{held[index]}"
        batteries.append(
            replace(record.batteries[0], id=f"{site.id}/battery{number}", transformer_id=site.transformer_id)
        )
    return replace(record, batteries=tuple(batteries), site_of=site_of)


def with_limit(
    record: RecordedVillage, limit_w: Mapping[str, float] = NO_LIMITS, *, share: float = 1.0
) -> RecordedVillage:
    """Return the same village with other limits of its transformers.

    Args:
        record: The village.
        limit_w: By transformer, what it may carry instead.
        share: What the others may carry, as a share of what they may now: 0.8 is a fifth less.

    Raises:
        ValueError: A transformer that is not there, or a limit that is not positive.
    """
    known = [transformer.id for transformer in record.transformers]
    if strangers := set(limit_w) - set(known):
        raise ValueError(f"there is no transformer {sorted(strangers)}; the village has {known}")
    return replace(
        record,
        transformers=tuple(
            replace(transformer, limit_w=limit_w.get(transformer.id, share * transformer.limit_w))
            for transformer in record.transformers
        ),
    )


def _further_sites(record: RecordedVillage, count: int) -> Indices:
    """Return the sites (count,) of batteries that are added to the village's own."""
    has_pv = record.site_net_w.min(axis=1) < 0
    held = np.bincount(record.site_of, minlength=len(record.sites))
    chosen: list[Indices] = [np.empty(0, dtype=np.intp)]
    while (left := count - sum(part.size for part in chosen)) > 0:
        free = held == held.min()
        group = np.flatnonzero(free & has_pv) if (free & has_pv).any() else np.flatnonzero(free)
        take = min(left, group.size)
        chosen.append(group[(2 * np.arange(take) + 1) * group.size // (2 * take)])
        held[chosen[-1]] += 1
    return np.concatenate(chosen)
