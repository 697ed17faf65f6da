"""What the home decides by itself, told as its own decision."""

import re
from datetime import timedelta

import pytest

from custom_components.battery_commons.battery.follower import UNREACHABLE, Decision, Mode, Reason
from custom_components.battery_commons.battery.settings import Preference, Settings
from custom_components.battery_commons.community.plan import VillageReason
from tests.home.explanation.telling import NOW, plan_of, slots, told


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


def test_a_stale_reading_that_is_gone_is_told_as_a_battery_that_does_not_answer() -> None:
    assert told(Decision(Mode.UNREACHABLE, Reason.STALE_READING), reading=None) == (
        "Not steered: the battery does not answer."
    )
