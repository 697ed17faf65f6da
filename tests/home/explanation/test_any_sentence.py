"""Whatever the plan, the battery and the resident say, the sentence is a readable one."""

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from custom_components.battery_commons.battery.driver import BatteryReading
from custom_components.battery_commons.battery.follower import Decision, Mode, Reason
from custom_components.battery_commons.battery.settings import Preference, Settings
from custom_components.battery_commons.community.plan import BatteryPlan, Slot, VillageReason
from custom_components.battery_commons.explanation import explain_slot
from tests.home.explanation.telling import AMSTERDAM, told

finite = st.floats(-1e6, 1e6)
maybe = st.none() | finite
moments = st.datetimes(datetime(2026, 1, 1), datetime(2027, 12, 31), timezones=st.just(UTC))  # noqa: DTZ001
some_slots = st.builds(
    lambda start, minutes, **rest: Slot(start, start + timedelta(minutes=minutes), **rest),
    start=moments,
    minutes=st.integers(1, 1440),
    power_w=maybe,
    reason=st.sampled_from(VillageReason),
    transformer_load_w=maybe,
    transformer_limit_w=st.none() | st.floats(0, 1e6),
    price_per_kwh=st.none() | st.floats(-20, 20),
)
readings = st.builds(
    BatteryReading, at=moments, state_of_charge=st.floats(0, 1), power_w=finite, setpoint_w=maybe
)


@given(
    mode=st.sampled_from(Mode),
    reason=st.sampled_from(Reason),
    setpoint_w=maybe,
    reading=st.none() | readings,
    slot=some_slots,
    settings=st.builds(
        Settings,
        paused_until=st.none() | moments,
        reserve=st.floats(0, 1),
        preference=st.sampled_from(Preference),
    ),
    transformer=st.text(max_size=300),
    language=st.sampled_from(["en", "nl"]),
    has_plan=st.booleans(),
)
def test_whatever_happens_one_readable_sentence_is_told(
    *,
    mode: Mode,
    reason: Reason,
    setpoint_w: float | None,
    reading: BatteryReading | None,
    slot: Slot,
    settings: Settings,
    transformer: str,
    language: str,
    has_plan: bool,
) -> None:
    in_force = replace(slot, reason=VillageReason(reason)) if reason.value in list(VillageReason) else slot

    def tell(name: str) -> list[str]:
        sentence = told(
            Decision(mode, reason, setpoint_w),
            BatteryPlan(7, slot.end, (in_force,)) if has_plan else None,
            language=language,
            reading=reading,
            settings=settings,
            transformer=name,
            now=slot.start,
        )
        return [sentence, explain_slot(slot, language, AMSTERDAM, transformer=name)]

    for sentence in tell(transformer):
        assert 10 < len(sentence) <= 255
        assert sentence.isprintable()
        assert sentence[0].isupper()
    for sentence in tell("Brink"):
        assert re.fullmatch(r"[A-Z]([^.]|\.(?=\d))+: ([^.]|\.(?=\d))+\.", sentence)
        assert not re.search(r"\b(nan|inf|None)\b|[{}_]|-\d|  ", sentence)
