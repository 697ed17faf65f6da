"""Baselines and responses of one code, from what the store holds."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from time import monotonic, sleep

import numpy as np

from battery_commons.control.flash_mob import AFTER_SLOTS
from battery_commons.domain.flash_mob import VILLAGE, CodeBaseline, MeasuredResponse, home_of
from battery_commons.domain.series import Weather
from battery_commons.domain.time import SLOT, TimeGrid
from battery_commons.mob.baseline import Floats, Span, around, baseline, earlier_days, whole_slots
from battery_commons.mob.keeping.loads import MobLoads
from battery_commons.mob.response import aftermath, response, usual
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
    hours = around(TimeGrid(window.start, window.slots + AFTER_SLOTS))
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
        is_home = home_of(subject) is not None
        if (found := _fixed(window, code.announced_at, days, weather, is_home=is_home)) is not None:
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
    inside = loads.over(window)
    later = loads.over(after) if after.end + SLOT <= now else {}
    homes = baselines[VILLAGE].homes if VILLAGE in baselines else ()
    waited_for = baselines.keys() - ({VILLAGE} if homes else set())
    responses = {
        subject: response(baselines[subject], inside[subject], later.get(subject))
        for subject in waited_for
        if subject in inside
    }
    if (together := _of_homes(homes, baselines, inside, later)) is not None:
        responses[VILLAGE] = together
    is_whole = all(subject in inside and subject in later for subject in waited_for)
    return responses, is_whole and not loads.is_silent(TimeGrid(window.start, window.slots + after.slots))


def _fixed(
    window: TimeGrid, announced_at: datetime, days: Days, weather: Weather | None, *, is_home: bool = False
) -> CodeBaseline | None:
    inside = {start: loads_w[: around(window).slots] for start, loads_w in days.items()}
    later = {start + window.slots * SLOT: loads_w[window.slots :] for start, loads_w in days.items()}
    found = baseline(window, announced_at, inside, weather, chosen_by_it=not is_home)
    if found is None:
        return None
    after = baseline(aftermath(window), announced_at, later, weather, chosen_by_it=not is_home)
    return CodeBaseline(found, after)


def _together(seen: Mapping[str, Days]) -> tuple[tuple[str, ...], Days]:
    """Return the homes that are measured nearly always, and their sum on days on which nearly all were.

    A home that was not counts with its own mean of the other days. Nothing where they are too few for their
    sum to be told.
    """
    by_home = {subject: days for subject, days in seen.items() if home_of(subject) is not None}
    most = max(map(len, by_home.values()), default=0)
    homes = tuple(sorted(subject for subject, days in by_home.items() if len(days) >= _NEARLY_ALL * most))
    if len(homes) < LEAST_TOLD:
        return (), {}
    usual_w = {home: np.mean(list(by_home[home].values()), axis=0) for home in homes}
    found = {}
    for start in sorted(set.union(*(set(by_home[home]) for home in homes))):
        known = {home: by_home[home][start] for home in homes if start in by_home[home]}
        if _may_stand_for(known, homes):
            found[start] = np.sum([known.get(home, usual_w[home]) for home in homes], axis=0)
    return homes, found


def _of_homes(
    homes: Sequence[str],
    baselines: Mapping[str, CodeBaseline],
    inside: Mapping[str, Floats],
    later: Mapping[str, Floats],
) -> MeasuredResponse | None:
    """Return what homes did together: one that is not known as usual, and not counted.

    None where too few are known, or one has left: nothing tells what it would have drawn.
    """
    if not homes or not baselines.keys() >= set(homes) or not _may_stand_for(inside, homes):
        return None
    window_w = [inside.get(home, usual(baselines[home].window)) for home in homes]
    usual_w = {home: usual(part) for home in homes if (part := baselines[home].after) is not None}
    after_w = [later.get(home, usual_w.get(home)) for home in homes]
    known_w = [each for each in after_w if each is not None]
    is_known = _may_stand_for(later, homes) and len(known_w) == len(homes)
    return response(
        baselines[VILLAGE],
        np.sum(window_w, axis=0),
        np.sum(known_w, axis=0) if is_known else None,
        homes=sum(home in inside for home in homes),
    )


def _may_stand_for(known: Collection[str], homes: Sequence[str]) -> bool:
    """Return whether those that are known are enough, of their meters and for their sum to be told."""
    count = sum(home in known for home in homes)
    return count >= LEAST_TOLD and count >= _NEARLY_ALL * len(homes)
