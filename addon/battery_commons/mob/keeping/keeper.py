"""Code red and green, beside the ticks: proposes them, fixes baselines, and measures what became of them."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import numpy as np
import structlog

from battery_commons.dispatch.lease import LEASE
from battery_commons.domain.bylaws import CodeRules
from battery_commons.domain.flash_mob import VILLAGE, Change, Proposal
from battery_commons.domain.grid import CongestionSignal
from battery_commons.domain.situation import Situation
from battery_commons.domain.time import SLOT, Clock, slot_start
from battery_commons.mob.baseline import REACH, Floats
from battery_commons.mob.fatigue import AskedBefore, Willingness, willingness
from battery_commons.mob.keeping.measuring import fixed_baselines, measured_responses
from battery_commons.mob.keeping.results import GIVE_UP_AFTER
from battery_commons.mob.keeping.told import LEARNED_FROM
from battery_commons.mob.learned import expected_change
from battery_commons.mob.proposals import (
    Extremes,
    allowed,
    announce_by,
    is_quiet,
    key_of,
    promised_w,
    worth_asking,
)
from battery_commons.mob.reason import in_both_languages
from battery_commons.sense.weather.outlook import WeatherLookout
from battery_commons.store import Store, StoreError
from battery_commons.store.audit import VILLAGE_ITSELF, Author
from battery_commons.store.flash_mob import MeasuredCode
from battery_commons.tick.planner import Decision

AFTER_SLOT = timedelta(minutes=2)
"""So long after a quarter hour its plan is made, and homes have told what they measured."""
_LOGGER = structlog.get_logger(__name__)


@dataclass(slots=True)
class MobKeeper:
    """Keeps codes going as long as the coordinator runs."""

    store: Store
    clock: Clock
    decided: Callable[[], tuple[Situation, Decision] | None]
    """What the last tick knew and decided."""
    _weather: WeatherLookout = field(init=False)

    def __post_init__(self) -> None:
        """Have nothing looked up yet."""
        self._weather = WeatherLookout(self.store, REACH + timedelta(days=7))

    async def run(self) -> None:
        """Look after codes, at once and then after each quarter hour, until cancelled.

        What fails is tried again a quarter hour later.
        """
        while True:
            try:
                await asyncio.to_thread(self.look)
            except StoreError as error:
                _LOGGER.warning("codes not looked after; tried again in a quarter hour", error=str(error))
            next_look = slot_start(self.clock.now()) + SLOT + AFTER_SLOT
            await asyncio.sleep(self.clock.wall_seconds(next_look - self.clock.now()))

    def look(self) -> None:
        """Fix the baselines of what was announced, measure what is over, and propose. Raises StoreError."""
        now = self.clock.now()
        codes = self.store.codes_since(now - LEARNED_FROM)
        for code in codes:
            if code.homes is None and now - code.end < GIVE_UP_AFTER:
                self._fix(code, codes, now)
            elif not code.closed and code.homes is not None and code.end + SLOT <= now:
                self._measure(code, now)
        self._propose(codes, now)

    def _fix(self, code: MeasuredCode, codes: Sequence[MeasuredCode], now: datetime) -> None:
        """Keep what would be drawn without a code, from what was known when it was announced."""
        weather = self._weather.weather_at(code.announced_at)
        fixed = fixed_baselines(self.store, code, codes, weather)
        self.store.fix_baselines(code.id, fixed, self.store.home_count(), now)
        _LOGGER.info("baselines of a code fixed", code=code.id, loads=len(fixed))

    def _measure(self, code: MeasuredCode, now: datetime) -> None:
        """Keep what was done in a code, as far as readings have come in."""
        if code.withdrawn:
            self.store.keep_responses(code.id, {}, now, closed=True)
            return
        responses, is_whole = measured_responses(self.store, code, now)
        closed = is_whole or now - code.end > GIVE_UP_AFTER
        if closed or responses != self.store.responses(code.id):
            self.store.keep_responses(code.id, responses, now, closed=closed)

    def _propose(self, codes: Sequence[MeasuredCode], now: datetime) -> None:
        """Propose what the forecast calls for, and announce it where the members chose that."""
        if (latest := self.decided()) is None:
            return
        situation, decision = latest
        if now - situation.now > LEASE:
            # What was expected then may be wrong by now; another plan comes.
            self.store.propose_codes([], now)
            return
        rules = self.store.settings().codes
        past = Extremes.of(list(situation.base_load.values()), situation.now)
        wanted = worth_asking(decision.problem, planned_w(decision, situation), rules, past)
        decided = self.store.decided_proposals(now) | {key_of(code.code, code.start) for code in codes}
        may_be = allowed(
            [each for each in wanted if each.key not in decided],
            rules,
            willingness_of(self.store, codes, now),
            [(code.start, code.end) for code in codes if not code.withdrawn],
            now,
        )
        effects = {code: expected_of(self.store, codes, code) for code in CongestionSignal}
        proposals = [
            Proposal(
                each.key, each.window.code, each.start, each.end, each.because, effects[each.window.code]
            )
            for each in may_be
        ]
        self.store.propose_codes(proposals, now)
        if rules.by_itself:
            self._announce(rules, now)

    def _announce(self, rules: CodeRules, now: datetime) -> None:
        """Announce the proposals whose last moment has come, while nobody sleeps."""
        if is_quiet(now, rules):
            return
        for each in self.store.proposals(now):
            # Half an hour: where one look fails, another is left.
            if announce_by(each.start, rules) - 2 * SLOT > now:
                continue
            try:
                self.store.announce_code(
                    each.code,
                    each.start,
                    each.end,
                    now,
                    reason=in_both_languages(each.because, each.code),
                    expected_effect_w=promised_w(each),
                    by=Author(VILLAGE_ITSELF, now),
                    proposal_id=each.id,
                )
            except ValueError:
                continue  # Somebody announced another for that time meanwhile.
            _LOGGER.info("code announced by the village itself", code=each.code, start=each.start.isoformat())


def planned_w(decision: Decision, situation: Situation) -> Floats:
    """Return (K, T) what each transformer is expected to carry with the plan followed."""
    loads_w = decision.problem.base_load_w.copy()
    place = {transformer.id: k for k, transformer in enumerate(decision.problem.transformers)}
    behind = {battery.id: place[battery.transformer_id] for battery in situation.batteries}
    for each in decision.plan.batteries:
        if not each.shadow:
            loads_w[behind[each.battery_id]] += np.array([power or 0.0 for power in each.power_w])
    return loads_w


def willingness_of(store: Store, codes: Sequence[MeasuredCode], now: datetime) -> Willingness:
    """Return how willing residents are, from the codes that are over. Raises StoreError."""
    return willingness(asked_before(store, codes, now))


def asked_before(store: Store, codes: Sequence[MeasuredCode], now: datetime) -> list[AskedBefore]:
    """Return the codes that are over as people took them, the oldest first. Raises StoreError."""
    over = [code for code in codes if code.end <= now and not code.withdrawn and code.homes]
    measured = store.responses_of(VILLAGE, [code.id for code in over])
    return [
        AskedBefore(
            code.code,
            code.start,
            code.homes or 0,
            code.joining,
            measured[code.id].window if code.id in measured else None,
        )
        for code in over
    ]


def expected_of(store: Store, codes: Sequence[MeasuredCode], code: CongestionSignal) -> Change | None:
    """Return what to expect of the village in one more code of a kind. Raises StoreError."""
    ids = [each.id for each in codes if each.code is code and not each.withdrawn]
    return expected_change([each.window for each in store.responses_of(VILLAGE, ids).values()])
