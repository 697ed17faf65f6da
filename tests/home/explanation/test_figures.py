"""Figures are told where they are known and say something, and left out elsewhere."""

from datetime import UTC, datetime

import pytest

from custom_components.battery_commons.battery.follower import Decision, Mode, Reason
from custom_components.battery_commons.community.plan import Slot, VillageReason
from custom_components.battery_commons.explanation import explain_slot
from tests.home.explanation.telling import (
    AMSTERDAM,
    FEED_IN,
    HIGH_LOAD,
    QUARTER,
    START,
    followed,
    plan_of,
    slots,
    told,
)


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
