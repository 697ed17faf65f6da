"""Baselines and responses of one code, from what the store holds."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from time import monotonic, sleep

import numpy as np

from battery_commons.control.flash_mob import AFTER_SLOTS
from battery_commons.domain.flash_mob import VILLAGE, CodeBaseline, MeasuredResponse, home_of
from battery_commons.domain.series import Weather
from battery_commons.domain.time import SLOT, TimeGrid
from battery_commons.mob.baseline import Floats, Span, baseline, earlier_days, whole_slots
from battery_commons.mob.response import aftermath, response
from battery_commons.mob_loads import MobLoads
from battery_commons.store import Store
from battery_commons.store.flash_mob import MeasuredCode

LEAST_TOLD = 5
"""Nothing that members are told is of the meters of fewer homes."""
_NEARLY_ALL = 0.8
"""A home that was measured on fewer days than this share of the others' is left out of their sum."""

type Days = dict[datetime, Floats]
"""By start, the loads (W) of the same hours of a day."""


def code_time(code: MeasuredCode) -> Span:
    """Return the time in which a code may change what people do: none of it tells what is usual."""
    return code.announced_at, code.end + AFTER_SLOTS * SLOT


def fixed_baselines(
    store: Store, code: MeasuredCode, codes: Sequence[MeasuredCode], weather: Weather | None
) -> dict[str, CodeBaseline]:
    """Return what would be drawn without a code, from what was measured when it was announced.

    Where the transformers are not measured, the village is the sum of the homes that are. `codes` are all of
    the last months; `weather` is as it was expected at the announcement. Raises StoreError.
    """
    window = whole_slots(code.start, code.end)
    hours = TimeGrid(window.start, window.slots + AFTER_SLOTS)
    busy = [code_time(each) for each in codes]
    loads = MobLoads(store)
    seen: dict[str, Days] = {}
    for day in earlier_days(hours, code.announced_at, busy):
        began = monotonic()
        for subject, loads_w in loads.over(day).items():
            seen.setdefault(subject, {})[day.start] = loads_w
        # Of many homes this takes minutes: half of that is left to those who plan and answer.
        sleep(monotonic() - began)
    fixed = {}
    for subject, days in seen.items():
        if (found := _fixed(window, code.announced_at, days, weather)) is not None:
            fixed[subject] = found
    if VILLAGE not in fixed:
        homes, days = _together(seen)
        if homes and (found := _fixed(window, code.announced_at, days, weather)) is not None:
            fixed[VILLAGE] = replace(found, homes=homes)
    return fixed


def measured_responses(
    store: Store, code: MeasuredCode, now: datetime
) -> tuple[dict[str, MeasuredResponse], bool]:
    """Return what was done in a code as far as readings have come in, and whether that is all.

    Raises StoreError.
    """
    window = whole_slots(code.start, code.end)
    after = aftermath(window)
    loads = MobLoads(store)
    baselines = store.baselines(code.id)
    inside = _with_homes(loads.over(window), baselines)
    later = _with_homes(loads.over(after), baselines) if after.end + SLOT <= now else {}
    responses = {
        subject: response(each, inside[subject], later.get(subject))
        for subject, each in baselines.items()
        if subject in inside
    }
    return responses, all(subject in inside and subject in later for subject in baselines)


def _fixed(
    window: TimeGrid, announced_at: datetime, days: Days, weather: Weather | None
) -> CodeBaseline | None:
    inside = {start: loads_w[: window.slots] for start, loads_w in days.items()}
    later = {start + window.slots * SLOT: loads_w[window.slots :] for start, loads_w in days.items()}
    found = baseline(window, announced_at, inside, weather)
    if found is None:
        return None
    return CodeBaseline(found, baseline(aftermath(window), announced_at, later, weather))


def _together(seen: Mapping[str, Days]) -> tuple[tuple[str, ...], Days]:
    """Return the homes that are measured nearly always, and their sum on days on which all of them were.

    Nothing where they are too few for their sum to be told.
    """
    by_home = {subject: days for subject, days in seen.items() if home_of(subject) is not None}
    most = max(map(len, by_home.values()), default=0)
    homes = tuple(sorted(subject for subject, days in by_home.items() if len(days) >= _NEARLY_ALL * most))
    if len(homes) < LEAST_TOLD:
        return (), {}
    starts = set.intersection(*(set(by_home[home]) for home in homes))
    return homes, {start: np.sum([by_home[home][start] for home in homes], axis=0) for start in starts}


def _with_homes(loads_w: dict[str, Floats], baselines: Mapping[str, CodeBaseline]) -> dict[str, Floats]:
    """Return loads with the village's as the sum of homes, where its baseline is that."""
    homes = baselines[VILLAGE].homes if VILLAGE in baselines else ()
    if not homes:
        return loads_w
    others = {subject: load for subject, load in loads_w.items() if subject != VILLAGE}
    if all(home in loads_w for home in homes):
        others[VILLAGE] = np.sum([loads_w[home] for home in homes], axis=0)
    return others
