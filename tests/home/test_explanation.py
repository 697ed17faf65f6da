"""What the resident is told: one sentence, with the plan's own figures, in both languages."""

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from homeassistant.core import HomeAssistant
from hypothesis import given
from hypothesis import strategies as st
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.battery_commons.battery.controller import Outcome
from custom_components.battery_commons.battery.driver import BatteryLimits, BatteryReading
from custom_components.battery_commons.battery.follower import UNREACHABLE, Decision, Mode, Reason
from custom_components.battery_commons.battery.settings import Preference, Settings
from custom_components.battery_commons.community.plan import BatteryPlan, Slot, VillageReason
from custom_components.battery_commons.explanation import explain, explain_next, explain_slot
from custom_components.battery_commons.explanation.home import (
    explain_battery,
    explain_next_action,
    explain_planned,
)
from custom_components.battery_commons.explanation.phrases import DUTCH, ENGLISH, Action, Why
from tests.home.conftest import SUBENTRY
from tests.home.doorstep import Doorstep
from tests.home.village import NOW as NOON

AMSTERDAM = ZoneInfo("Europe/Amsterdam")
NOW = datetime(2026, 11, 24, 18, 1, tzinfo=UTC)
"""19:01 on the wall."""
QUARTER = timedelta(minutes=15)
START = NOW - timedelta(minutes=1)
LIMITS = BatteryLimits(capacity_wh=10_000, max_charge_w=5_000, max_discharge_w=5_000)
READING = BatteryReading(at=NOW, state_of_charge=0.12, power_w=0, setpoint_w=None)
LIMIT_W = 250_000
BY_DEFAULT = Settings()


def slots(
    reason: VillageReason, power_w: float | None, count: int = 2, *, start: datetime = START, **figures: Any
) -> tuple[Slot, ...]:
    """Return quarters that ask the same; a figure that is a list has one value for each."""
    return tuple(
        Slot(
            start + index * QUARTER,
            start + (index + 1) * QUARTER,
            power_w,
            reason,
            **{name: value[index] if isinstance(value, list) else value for name, value in figures.items()},
        )
        for index in range(count)
    )


def plan_of(*runs: tuple[Slot, ...]) -> BatteryPlan:
    return BatteryPlan(7, NOW + timedelta(minutes=45), tuple(slot for run in runs for slot in run))


def told(
    decision: Decision,
    plan: BatteryPlan | None = None,
    *,
    language: str = "en",
    reading: BatteryReading | None = READING,
    settings: Settings = BY_DEFAULT,
    transformer: str = "Brink",
    now: datetime = NOW,
) -> str:
    return explain(
        Outcome(reading, decision),
        plan,
        LIMITS,
        now,
        language=language,
        time_zone=AMSTERDAM,
        settings=settings,
        transformer=transformer,
    )


def followed(
    reason: VillageReason, power_w: float | None, count: int = 2, *, language: str = "en", **figures: Any
) -> str:
    """Return what is told while a plan is followed, with something else to come after it."""
    plan = plan_of(
        slots(reason, power_w, count, **figures),
        slots(VillageReason.OWN_HOUSE, None, start=START + count * QUARTER),
    )
    mode = Mode.SELF_CONSUMPTION if power_w is None else Mode.VILLAGE
    return told(Decision(mode, Reason(reason), power_w), plan, language=language)


HIGH_LOAD: dict[str, Any] = {"transformer_limit_w": LIMIT_W, "transformer_load_w": 240_000}
FEED_IN: dict[str, Any] = {"transformer_limit_w": LIMIT_W, "transformer_load_w": -227_500}


@pytest.mark.parametrize(
    ("reason", "power_w", "figures", "english", "dutch"),
    [
        (
            VillageReason.HOLD,
            0,
            HIGH_LOAD,
            "Holding 1.2 kWh: transformer Brink is expected at 96 % of its limit, from demand, until 19:30.",
            (
                "Houdt 1,2 kWh vast: transformator Brink zit naar verwachting tot 19:30 op 96 % van"
                " zijn grens,"
                " door vraag naar stroom."
            ),
        ),
        (
            VillageReason.HOLD,
            0,
            FEED_IN,
            "Holding 1.2 kWh: transformer Brink is expected at 91 % of its limit, from feed-in, until 19:30.",
            (
                "Houdt 1,2 kWh vast: transformator Brink zit naar verwachting tot 19:30 op 91 % van"
                " zijn grens,"
                " door teruglevering."
            ),
        ),
        (
            VillageReason.HOLD,
            0,
            {"transformer_limit_w": LIMIT_W, "transformer_load_w": 90_000},
            "Holding 1.2 kWh: it is of more use after 19:30.",
            "Houdt 1,2 kWh vast: die is na 19:30 meer waard.",
        ),
        (
            VillageReason.RELIEVE_IMPORT,
            -2100,
            HIGH_LOAD,
            (
                "Discharges with 2.1 kW: transformer Brink is expected at 96 % of its limit, from demand,"
                " until 19:30."
            ),
            (
                "Ontlaadt met 2,1 kW: transformator Brink zit naar verwachting tot 19:30 op 96 % van"
                " zijn grens,"
                " door vraag naar stroom."
            ),
        ),
        (
            VillageReason.RELIEVE_IMPORT,
            -2100,
            {"transformer_limit_w": LIMIT_W, "transformer_load_w": [225_000, 240_000]},
            (
                "Discharges with 2.1 kW: transformer Brink is expected at up to 96 % of its limit, from"
                " demand,"
                " until 19:30."
            ),
            (
                "Ontlaadt met 2,1 kW: transformator Brink zit naar verwachting tot 19:30 op hoogstens"
                " 96 % van"
                " zijn grens, door vraag naar stroom."
            ),
        ),
        (
            VillageReason.RELIEVE_IMPORT,
            -2100,
            {},
            "Discharges with 2.1 kW: transformer Brink is busy with demand until 19:30.",
            "Ontlaadt met 2,1 kW: transformator Brink heeft het tot 19:30 druk met de vraag naar stroom.",
        ),
        (
            VillageReason.RELIEVE_EXPORT,
            450,
            FEED_IN,
            (
                "Charges with 450 W: transformer Brink is expected at 91 % of its limit, from feed-in,"
                " until 19:30."
            ),
            (
                "Laadt met 450 W: transformator Brink zit naar verwachting tot 19:30 op 91 % van zijn grens,"
                " door teruglevering."
            ),
        ),
        (
            VillageReason.RELIEVE_EXPORT,
            3000,
            {},
            "Charges with 3.0 kW: transformer Brink is busy with solar power until 19:30.",
            "Laadt met 3,0 kW: transformator Brink heeft het tot 19:30 druk met zonnestroom.",
        ),
        (
            VillageReason.RELIEVE_FEEDER,
            -2000,
            {},
            "Discharges with 2.0 kW: the region's medium-voltage grid is busy until 19:30.",
            "Ontlaadt met 2,0 kW: het middenspanningsnet van de regio heeft het tot 19:30 druk.",
        ),
        (
            VillageReason.LOW_PRICE,
            3000,
            {"price_per_kwh": 0.08},
            "Charges with 3.0 kW: electricity costs 0.08 EUR per kWh until 19:30.",
            "Laadt met 3,0 kW: stroom kost tot 19:30 0,08 euro per kWh.",
        ),
        (
            VillageReason.LOW_PRICE,
            3000,
            {"price_per_kwh": [0.05, 0.08]},
            "Charges with 3.0 kW: electricity costs at most 0.08 EUR per kWh until 19:30.",
            "Laadt met 3,0 kW: stroom kost tot 19:30 hoogstens 0,08 euro per kWh.",
        ),
        (
            VillageReason.LOW_PRICE,
            3000,
            {"price_per_kwh": [-0.05, -0.02]},
            "Charges with 3.0 kW: using electricity pays at least 0.02 EUR per kWh until 19:30.",
            "Laadt met 3,0 kW: stroom gebruiken levert tot 19:30 minstens 0,02 euro per kWh op.",
        ),
        (
            VillageReason.LOW_PRICE,
            3000,
            {},
            "Charges with 3.0 kW: electricity is cheap until 19:30.",
            "Laadt met 3,0 kW: stroom is tot 19:30 goedkoop.",
        ),
        (
            VillageReason.HIGH_PRICE,
            -3000,
            {"price_per_kwh": [0.41, None]},
            "Discharges with 3.0 kW: electricity costs 0.41 EUR per kWh until 19:30.",
            "Ontlaadt met 3,0 kW: stroom kost tot 19:30 0,41 euro per kWh.",
        ),
        (
            VillageReason.HIGH_PRICE,
            -3000,
            {"price_per_kwh": [0.41, 0.38]},
            "Discharges with 3.0 kW: electricity costs at least 0.38 EUR per kWh until 19:30.",
            "Ontlaadt met 3,0 kW: stroom kost tot 19:30 minstens 0,38 euro per kWh.",
        ),
        (
            VillageReason.HIGH_PRICE,
            -3000,
            {},
            "Discharges with 3.0 kW: electricity is expensive until 19:30.",
            "Ontlaadt met 3,0 kW: stroom is tot 19:30 duur.",
        ),
    ],
)
def test_what_the_village_asks_is_told_with_the_figures_that_the_plan_carries(
    reason: VillageReason, power_w: float, figures: dict[str, Any], english: str, dutch: str
) -> None:
    assert followed(reason, power_w, **figures) == english
    assert followed(reason, power_w, **figures, language="nl") == dutch


def test_a_battery_that_the_plan_leaves_to_its_house_is_told_to_be() -> None:
    plan = plan_of(
        slots(VillageReason.OWN_HOUSE, None), slots(VillageReason.HOLD, 0, start=START + 2 * QUARTER)
    )
    decision = Decision(Mode.SELF_CONSUMPTION, Reason.OWN_HOUSE)

    assert told(decision, plan) == "Left to your own house: the village does not need it until 19:30."
    assert told(decision, plan, language="nl") == (
        "Is voor je eigen huis: het dorp heeft hem tot 19:30 niet nodig."
    )


@pytest.mark.parametrize(
    ("decision", "english", "dutch"),
    [
        (
            Decision(Mode.SELF_CONSUMPTION, Reason.NO_PLAN),
            "Left to your own house: the village has sent no plan.",
            "Is voor je eigen huis: het dorp heeft geen plan gestuurd.",
        ),
        (
            Decision(Mode.SELF_CONSUMPTION, Reason.NO_PLAN, 300),
            "Works for your own house: the village has sent no plan.",
            "Werkt voor je eigen huis: het dorp heeft geen plan gestuurd.",
        ),
        (
            Decision(Mode.PAUSED, Reason.PAUSED),
            "Left to your own house: you have paused it, until you let it take part again.",
            "Is voor je eigen huis: jij hebt hem gepauzeerd, tot je hem weer laat meedoen.",
        ),
        (
            Decision(Mode.VILLAGE, Reason.RESERVE_REACHED, 0),
            "Stands still: the 10 % that stays for your own house is reached.",
            "Staat stil: de 10 % die voor je eigen huis blijft is bereikt.",
        ),
        (
            Decision(Mode.VILLAGE, Reason.BATTERY_FULL, 0),
            "Stands still: the battery is full.",
            "Staat stil: de batterij is vol.",
        ),
        (
            Decision(Mode.VILLAGE, Reason.LIMITED_BY_BATTERY, -5000),
            "Discharges with 5.0 kW: more than that the battery cannot do.",
            "Ontlaadt met 5,0 kW: meer kan de batterij niet.",
        ),
        (
            Decision(Mode.VILLAGE, Reason.LIMITED_BY_RESIDENT, 1500),
            "Charges with 1.5 kW: more than that you do not allow.",
            "Laadt met 1,5 kW: meer sta jij niet toe.",
        ),
        (
            Decision(Mode.VILLAGE, Reason.LIMITED_BY_CONNECTION, 900),
            "Charges with 900 W: your connection to the grid leaves room for no more.",
            "Laadt met 900 W: meer past er niet op je aansluiting.",
        ),
        (
            Decision(Mode.SELF_CONSUMPTION, Reason.METER_LOST),
            "Left to your own house: your meter does not answer, so your connection cannot be guarded.",
            "Is voor je eigen huis: je meter antwoordt niet, dus je aansluiting kan niet bewaakt worden.",
        ),
        (
            Decision(Mode.SELF_CONSUMPTION, Reason.SECOND_CONTROLLER),
            "Left alone: something else gives the battery orders.",
            "Wordt met rust gelaten: iets anders geeft de batterij opdrachten.",
        ),
        (
            Decision(Mode.SELF_CONSUMPTION, Reason.SIGN_REVERSED),
            "Left alone: it charges when it should discharge, and that has to be solved first.",
            "Wordt met rust gelaten: hij laadt als hij moet ontladen, en dat moet eerst opgelost worden.",
        ),
        (
            Decision(Mode.UNREACHABLE, Reason.STALE_READING),
            "Not steered: the battery's last reading is from 19:01.",
            "Wordt niet gestuurd: de laatste meetwaarde van de batterij is van 19:01.",
        ),
        (
            Decision(Mode.SELF_CONSUMPTION, Reason.STALE_READING),
            "Left to your own house: the battery's readings no longer change.",
            "Is voor je eigen huis: de meetwaarden van de batterij veranderen niet meer.",
        ),
        (
            UNREACHABLE,
            "Not steered: the battery does not answer.",
            "Wordt niet gestuurd: de batterij antwoordt niet.",
        ),
    ],
)
def test_what_the_home_decides_is_told_as_its_own_decision(
    decision: Decision, english: str, dutch: str
) -> None:
    assert told(decision) == english
    assert told(decision, language="nl") == dutch


def test_a_plan_that_ran_out_is_told_with_the_moment() -> None:
    decision = Decision(Mode.SELF_CONSUMPTION, Reason.LEASE_EXPIRED)
    plan = plan_of(slots(VillageReason.HOLD, 0))
    later = plan.lease_until + timedelta(minutes=5)

    assert told(decision, plan, now=later) == ("Left to your own house: the village's plan ran out at 19:46.")
    assert told(decision, plan, now=later, language="nl") == (
        "Is voor je eigen huis: het plan van het dorp is om 19:46 verlopen."
    )
    assert told(decision, plan, now=later + timedelta(days=3)).endswith("ran out at 24 November 19:46.")


def test_a_pause_with_an_end_is_told_with_its_end() -> None:
    decision = Decision(Mode.PAUSED, Reason.PAUSED)
    tonight = Settings(paused=True, paused_until=NOW + timedelta(hours=3))
    next_week = Settings(paused=True, paused_until=NOW + timedelta(days=7))

    assert told(decision, settings=tonight) == ("Left to your own house: you have paused it until 22:01.")
    assert told(decision, settings=next_week, language="nl") == (
        "Is voor je eigen huis: jij hebt hem tot 1 december 19:01 gepauzeerd."
    )


def test_a_gap_in_the_plan_is_not_told_as_a_village_without_a_plan() -> None:
    plan = plan_of(slots(VillageReason.HOLD, 0, start=NOW + timedelta(hours=1)))

    assert told(Decision(Mode.SELF_CONSUMPTION, Reason.NO_PLAN), plan) == (
        "Left to your own house: the village's plan says nothing about this moment."
    )


@pytest.mark.parametrize(
    ("power_w", "reason", "english", "dutch"),
    [
        (-2100, Reason.HIGH_PRICE, "Would discharge with 2.1 kW", "Zou met 2,1 kW ontladen"),
        (2100, Reason.LOW_PRICE, "Would charge with 2.1 kW", "Zou met 2,1 kW laden"),
        (0, Reason.HOLD, "Would hold 1.2 kWh", "Zou 1,2 kWh vasthouden"),
        (0, Reason.BATTERY_FULL, "Would stand still", "Zou stilstaan"),
        (None, Reason.OWN_HOUSE, "Would be left to your own house", "Zou voor je eigen huis zijn"),
    ],
)
def test_in_shadow_mode_is_told_what_would_be_and_that_nothing_is_ordered(
    power_w: float | None, reason: Reason, english: str, dutch: str
) -> None:
    decision = Decision(Mode.SHADOW, reason, power_w)

    assert re.fullmatch(rf"{english}: .+ \(shadow mode: nothing is ordered\)\.", told(decision))
    assert re.fullmatch(
        rf"{dutch}: .+ \(schaduwstand: er wordt niets opgedragen\)\.", told(decision, language="nl")
    )


def test_the_reserve_that_is_told_is_the_one_that_the_preference_makes_of_it() -> None:
    settings = Settings(reserve=0.2, preference=Preference.COMFORT)

    assert "the 60 % that stays" in told(Decision(Mode.VILLAGE, Reason.RESERVE_REACHED, 0), settings=settings)


def test_a_share_of_a_load_that_goes_the_other_way_is_not_given_as_the_reason() -> None:
    assert followed(VillageReason.RELIEVE_IMPORT, -2000, **FEED_IN) == (
        "Discharges with 2.0 kW: transformer Brink is busy with demand until 19:30."
    )


@pytest.mark.parametrize("limit_w", [None, 0.0, 1e-300])
def test_a_share_of_a_limit_that_is_none_is_not_told(limit_w: float | None) -> None:
    sentence = followed(
        VillageReason.RELIEVE_IMPORT, -2000, transformer_limit_w=limit_w, transformer_load_w=240_000
    )

    assert "%" not in sentence


def test_until_is_the_end_of_the_last_quarter_in_a_row_that_has_the_same_reason() -> None:
    assert "until 20:00." in followed(VillageReason.HIGH_PRICE, -2000, 4)


def test_quarters_that_do_not_follow_each_other_are_not_joined() -> None:
    plan = plan_of(
        slots(VillageReason.HIGH_PRICE, -2000, 1),
        slots(VillageReason.HIGH_PRICE, -2000, 1, start=START + 3 * QUARTER),
    )

    assert "until 19:15." in told(Decision(Mode.VILLAGE, Reason.HIGH_PRICE, -2000), plan)


def test_what_is_over_in_a_row_of_quarters_no_longer_counts_in_its_figures() -> None:
    plan = plan_of(slots(VillageReason.LOW_PRICE, 2000, 2, price_per_kwh=[0.30, 0.05], start=START - QUARTER))

    assert "costs 0.05 EUR" in told(Decision(Mode.VILLAGE, Reason.LOW_PRICE, 2000), plan)


def test_a_reason_that_the_plan_no_longer_gives_is_told_without_its_figures() -> None:
    """Between a new plan and the next look at the battery."""
    plan = plan_of(slots(VillageReason.HOLD, 0, **HIGH_LOAD))

    assert told(Decision(Mode.VILLAGE, Reason.HIGH_PRICE, -2000), plan) == (
        "Discharges with 2.0 kW: electricity is expensive."
    )


def test_energy_is_kept_for_later_where_the_plan_ends_with_it() -> None:
    plan = plan_of(slots(VillageReason.HOLD, 0))

    assert told(Decision(Mode.VILLAGE, Reason.HOLD, 0), plan) == "Holding 1.2 kWh: it is of more use later."


def test_an_energy_that_nobody_knows_is_not_told() -> None:
    assert told(Decision(Mode.VILLAGE, Reason.HOLD, 0), reading=None) == (
        "Holding its energy: it is of more use later."
    )


def test_a_transformer_without_a_name_is_the_transformer() -> None:
    assert told(Decision(Mode.VILLAGE, Reason.RELIEVE_IMPORT, -2000), transformer=" ") == (
        "Discharges with 2.0 kW: the transformer is busy with demand."
    )


def test_a_stale_reading_that_is_gone_is_told_as_a_battery_that_does_not_answer() -> None:
    assert told(Decision(Mode.UNREACHABLE, Reason.STALE_READING), reading=None) == (
        "Not steered: the battery does not answer."
    )


@pytest.mark.parametrize(("language", "start"), [("nl-BE", "Is"), ("de", "Left"), ("en-GB", "Left")])
def test_other_languages_are_answered_in_english(language: str, start: str) -> None:
    assert told(Decision(Mode.PAUSED, Reason.PAUSED), language=language).startswith(start)


def test_the_clock_is_the_one_on_the_wall_also_when_it_is_set_back() -> None:
    """On 25 October 2026 it becomes 02:00 twice."""
    before = datetime(2026, 10, 25, 0, 45, tzinfo=UTC)

    assert "until 02:45." in explain_slot(
        Slot(before - QUARTER, before, -1000, VillageReason.HIGH_PRICE), "en", AMSTERDAM
    )
    assert "until 02:00 winter time." in explain_slot(
        Slot(before, before + QUARTER, -1000, VillageReason.HIGH_PRICE), "en", AMSTERDAM
    )
    assert "tot 02:00 wintertijd" in explain_slot(
        Slot(before, before + QUARTER, -1000, VillageReason.HIGH_PRICE), "nl", AMSTERDAM
    )


def test_a_moment_after_midnight_needs_no_date_and_one_on_another_day_does() -> None:
    evening = slots(VillageReason.HIGH_PRICE, -2000, 40)

    assert "until 05:00." in told(Decision(Mode.VILLAGE, Reason.HIGH_PRICE, -2000), plan_of(evening))
    assert "until 25 November 08:00." in told(
        Decision(Mode.VILLAGE, Reason.HIGH_PRICE, -2000), plan_of(slots(VillageReason.HIGH_PRICE, -2000, 52))
    )


def test_a_quarter_of_the_plan_explains_itself() -> None:
    (relieving,) = slots(VillageReason.RELIEVE_IMPORT, -2100, 1, **HIGH_LOAD)
    (own_house,) = slots(VillageReason.OWN_HOUSE, None, 1)
    (holding,) = slots(VillageReason.HOLD, 0, 1)

    assert explain_slot(relieving, "nl", AMSTERDAM, transformer="Brink") == (
        "Ontlaadt met 2,1 kW: transformator Brink zit naar verwachting tot 19:15 op 96 % van zijn grens,"
        " door vraag naar stroom."
    )
    assert explain_slot(own_house, "en", AMSTERDAM) == (
        "Left to your own house: the village does not need it until 19:15."
    )
    assert explain_slot(holding, "en", AMSTERDAM) == "Holding its energy: it is of more use later."


def test_the_next_thing_is_the_first_that_is_another() -> None:
    plan = plan_of(
        slots(VillageReason.HOLD, 0, 2),
        slots(VillageReason.HOLD, 0, 2, start=START + 2 * QUARTER),
        slots(VillageReason.HIGH_PRICE, -2100, 2, start=START + 4 * QUARTER, price_per_kwh=0.4),
    )

    assert explain_next(plan, NOW, "en", AMSTERDAM) == (
        "Discharges from 20:00 with 2.1 kW: electricity costs 0.40 EUR per kWh until 20:30."
    )
    assert explain_next(plan, NOW, "nl", AMSTERDAM) == (
        "Ontlaadt vanaf 20:00 met 2,1 kW: stroom kost tot 20:30 0,40 euro per kWh."
    )


def test_a_plan_that_asks_one_thing_has_no_next() -> None:
    assert explain_next(plan_of(slots(VillageReason.HOLD, 0)), NOW, "en", AMSTERDAM) is None


def test_both_languages_have_the_same_phrases_with_the_same_figures_in_them() -> None:
    def blanks(texts: Any) -> Any:
        return {key: sorted(re.findall(r"{\w+}", text)) for key, text in texts.items()}

    for kind in ("actions", "would", "whys"):
        assert blanks(getattr(ENGLISH, kind)) == blanks(getattr(DUTCH, kind))
    for words in (ENGLISH, DUTCH):
        assert words.actions.keys() == words.would.keys() == set(Action)
        assert words.whys.keys() == set(Why)
        assert len(set(words.months)) == 12


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


@pytest.mark.usefixtures("noon")
async def test_a_home_explains_its_batteries_in_its_own_language_and_time(
    hass: HomeAssistant, home: MockConfigEntry, doorstep: Doorstep
) -> None:
    await hass.config.async_set_time_zone("Europe/Amsterdam")
    battery = home.runtime_data.batteries[SUBENTRY]
    assert explain_next_action(battery, NOON) is None

    await doorstep.post(doorstep.signed_plan())
    await hass.async_block_till_done()

    assert explain_battery(battery, NOON) == (
        "Discharges with 2.0 kW: transformer Dorpsstraat is busy with demand until 14:15."
    )
    assert explain_next_action(battery, NOON) == (
        "Charges from 14:15 with 3.0 kW: transformer Dorpsstraat is busy with solar power until 14:30."
    )
    hass.config.language = "nl"
    assert explain_battery(battery, NOON) == (
        "Ontlaadt met 2,0 kW: transformator Dorpsstraat heeft het tot 14:15 druk met de vraag naar stroom."
    )
    assert explain_planned(battery, battery.plan.slots[2]) == (
        "Is voor je eigen huis: het dorp heeft hem tot 14:45 niet nodig."
    )
