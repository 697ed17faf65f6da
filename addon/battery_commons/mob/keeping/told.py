"""What M6 knows of residents in a live village: the codes that were announced, and what was measured."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from battery_commons.control.announcements import Announced
from battery_commons.control.flash_mob import AFTER_SLOTS, CodeWindow
from battery_commons.domain.flash_mob import MeasuredResponse, of_transformer
from battery_commons.domain.grid import CongestionSignal, Transformer
from battery_commons.domain.time import SLOT
from battery_commons.mob.baseline import whole_slots
from battery_commons.mob.learned import learned_response
from battery_commons.store import Store

LEARNED_FROM = timedelta(days=365)
"""So far back responses tell what people do."""


def announced_residents(store: Store, transformers: Sequence[Transformer], now: datetime) -> Announced:
    """Return what residents were asked and are expected to do about it. Raises StoreError."""
    codes = [code for code in store.codes_since(now - LEARNED_FROM) if not code.withdrawn]
    windows = []
    for code in codes:
        hours = whole_slots(code.start, code.end)
        if hours.end + AFTER_SLOTS * SLOT > now:
            windows.append(CodeWindow(code.code, hours.start, hours.slots))
    ids = [transformer.id for transformer in transformers]
    events: dict[str, dict[str, MeasuredResponse]] = {code.id: {} for code in codes}
    for subject in map(of_transformer, ids):
        for code_id, response in store.responses_of(subject, list(events)).items():
            events[code_id][subject] = response
    learned = {
        kind: learned_response([events[code.id] for code in codes if code.code is kind], ids)
        for kind in (CongestionSignal.RED, CongestionSignal.GREEN)
    }
    return Announced(windows, learned)
