"""Telling why a battery was asked what it was asked, from what the village keeps of its decisions."""

import argparse
from datetime import datetime

from battery_commons.cli.clock import clock_of
from battery_commons.cli.moment import moment
from battery_commons.cli.say import say
from battery_commons.cli.village import open_store
from battery_commons.domain.time import SLOT, slot_start
from battery_commons.store import Store
from battery_commons.tick.decision_record import RecordedDecision, read_record, replayed
from battery_commons.tick.why import last_moment_of_slot, was_released, why
from battery_commons.web.pages.words.why_sentences import because, expected_load
from battery_commons.web.pages.words.words import Words


def tell_why(options: argparse.Namespace) -> None:
    """Say it. Raises ValueError where nothing is kept of it, and where a plan made again is another."""
    words = Words(options.language)
    now = clock_of(options).now()
    at = moment(options.at) if options.at else now
    with open_store(options) as store:
        kept = store.decision_at(min(last_moment_of_slot(at), now))
        if kept is None:
            raise ValueError(words("why_never", time=words.day_and_clock(at)))
        record = read_record(kept)
        if was_released(record, min(slot_start(at), now)):
            raise ValueError(words("plans_not_reached"))
        _tell(store, record, options.battery, at, words)
    if options.replay:
        _replay(record, words)


def _tell(store: Store, record: RecordedDecision, battery_id: str, at: datetime, words: Words) -> None:
    start = slot_start(at)
    names = {each.battery.id: each.name for each in store.batteries()}
    corrections = store.corrections(start, start + SLOT)
    try:
        found = why(record, battery_id, start, corrections)
    except LookupError as error:
        told = words("why_stranger", battery=battery_id, time=words.day_and_clock(record.at))
        raise ValueError(told) from error
    measured_w = store.battery_slot_means(start, start + SLOT).get(battery_id, {}).get(start)
    say(
        words(
            "why_head",
            battery=names.get(battery_id, battery_id),
            start=words.day_and_clock(start),
            end=words.clock(start + SLOT),
            action=words.action(found.power_w),
            reason=words.word(found.reason, "reason_"),
        )
    )
    say(because(words, found))
    say(expected_load(words, found.expected))
    say(
        words("why_not_measured")
        if measured_w is None
        else words("why_measured", action=words.action(measured_w))
    )
    say(words("why_decided", time=words.day_and_clock(found.decided_at), model=words(found.model.value)))


def _replay(record: RecordedDecision, words: Words) -> None:
    if record.erased:
        raise ValueError(words("why_erased"))
    if not replayed(record):
        raise ValueError(words("why_other", program=record.program))
    say(words("why_same"))
