"""One year of a village's future, of which no more is lived through than it takes to see an overload."""

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from battery_commons.control.possible import NEEDS_FEEDER
from battery_commons.domain.grid import Feeder
from battery_commons.domain.plan import ControlModel
from battery_commons.domain.tariff import Tariff
from battery_commons.domain.time import SLOTS_PER_DAY
from battery_commons.simulation.backtest import BacktestRequest, run_model
from battery_commons.simulation.measures.peaks import NOTICEABLE_W
from battery_commons.simulation.outcome import Mode, Outcome
from battery_commons.simulation.recorded import Floats, RecordedVillage
from battery_commons.simulation.study.village import StudyVillage, grown

LEAD_SLOTS = {Mode.PERFECT: 3 * SLOTS_PER_DAY, Mode.ROLLING: 28 * SLOTS_PER_DAY}
"""What is lived before an overload can begin: for batteries to find their rhythm, and forecasts to learn."""
TRAIL_SLOTS = 2 * SLOTS_PER_DAY
"""What a plan looks at beyond it."""


class FutureYear:
    """A grown village of E = K + 1 limited loads: K transformers, and the feeder where there is one.

    Quarter hours that cannot be overloaded are passed over. Without foresight, batteries may add all their
    power to any load. With foresight they do not where the model pays for every kWh above that limit, as all
    planned models do for transformers and those that watch the feeder do for it. M1 is a rule and quick: it
    always lives the whole year.
    """

    def __init__(
        self, village: StudyVillage, tariff: Tariff, model: ControlModel, mode: Mode, *, use: float, pv: float
    ) -> None:
        """Take today's village with the fleet of that year, and by what factors use and PV have grown."""
        self._village, self._tariff, self._model, self._mode = village, tariff, model, mode
        self._use, self._pv = use, pv
        base_w = loads_w(grown(village, use=use, pv=pv))
        limit_w = np.array(list(limits_w(village.record).values()))
        self._limit_w = limit_w[:, np.newaxis]
        self._over_slots = np.zeros(limit_w.size, dtype=np.intp)
        self._excess_w = np.abs(base_w) - self._limit_w + self._may_be_added_w()[:, np.newaxis]
        """(E, T) by how much each load could be over, at the very most."""
        self._pending = _stretches((self._excess_w > 0).any(axis=0), LEAD_SLOTS[mode])
        if model == ControlModel.M1:
            self._excess_w.fill(np.inf)
            self._pending = [slice(0, base_w.shape[1])]

    def is_over(self, element: int, allowed_slots: int) -> bool:
        """Return whether a load is above its limit in more quarter hours than that, the worst days first."""
        while self._over_slots[element] <= allowed_slots:
            highest = [float(self._excess_w[element, stretch].max()) for stretch in self._pending]
            if max(highest, default=0.0) <= 0:
                return False
            self._live(self._pending.pop(int(np.argmax(highest))))
        return True

    def _live(self, stretch: slice) -> None:
        part = self._village.part(stretch.start, stretch.stop - stretch.start)
        request = BacktestRequest(
            grown(part, use=self._use, pv=self._pv), self._tariff, [self._model], self._mode
        )
        load_w = loads_of(run_model(request, self._model, lambda _: None))
        self._over_slots += (np.abs(load_w) > self._limit_w + NOTICEABLE_W).sum(axis=1)

    def _may_be_added_w(self) -> Floats:
        """Return (E,) how much the batteries may add to a load that is at its limit."""
        record = self._village.record
        power_w = np.array([max(b.max_charge_w, b.max_discharge_w) for b in record.batteries])
        behind_w = np.zeros(len(record.transformers))
        np.add.at(behind_w, record.transformer_of, power_w)
        if self._mode is Mode.PERFECT:
            behind_w[:] = 0.0
        if record.feeder is None:
            return behind_w
        watched = self._mode is Mode.PERFECT and self._model in NEEDS_FEEDER
        of_feeder_w = power_w[record.on_feeder[record.transformer_of]]
        return np.append(behind_w, 0.0 if watched else of_feeder_w.sum())


def limits_w(record: RecordedVillage) -> dict[str, float]:
    """Return by its id the limit of each transformer and then of the feeder, where there is one."""
    limits = {transformer.id: transformer.limit_w for transformer in record.transformers}
    if record.feeder:
        limits[record.feeder.id] = record.feeder.limit_w
    return limits


def loads_w(record: RecordedVillage) -> Floats:
    """Return (E, T) the loads that `limits_w` limits, without batteries."""
    loads = record.base_load_w
    if record.feeder is None or record.feeder_background_w is None:
        return loads
    return np.vstack([loads, record.feeder_background_w + loads[record.on_feeder].sum(axis=0)])


def loads_of(outcome: Outcome) -> Floats:
    """Return (E, T) the same loads with what batteries and residents did."""
    if outcome.feeder_load_w is None:
        return outcome.transformer_load_w
    return np.vstack([outcome.transformer_load_w, outcome.feeder_load_w])


def with_feeder_limit(village: StudyVillage, share: float) -> StudyVillage:
    """Return the village with a feeder that may carry `share` of its highest load of today.

    That is today's without batteries. A limit that is on record stays.
    """
    record = village.record
    if record.feeder is None or np.isfinite(record.feeder.limit_w):
        return village
    highest_w = float(np.abs(loads_w(record)[-1]).max())
    feeder: Feeder = replace(record.feeder, limit_w=share * highest_w)
    return replace(village, record=replace(record, feeder=feeder))


def _stretches(candidate: NDArray[np.bool_], lead: int) -> list[slice]:
    """Return the slots around candidates (T,), with a lead and a trail; those that would touch are one."""
    slots = np.flatnonzero(candidate)
    groups = np.split(slots, np.flatnonzero(np.diff(slots) > lead + TRAIL_SLOTS) + 1)
    return [
        slice(max(int(group[0]) - lead, 0), min(int(group[-1]) + 1 + TRAIL_SLOTS, candidate.size))
        for group in groups
        if group.size
    ]
