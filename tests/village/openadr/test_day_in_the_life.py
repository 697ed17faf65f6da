"""A day in the life: an afternoon and evening of a village and its grid operator.

The operator calls FLEX for the evening the day before. Then it limits the transformer and tells what the
feeder will carry, withdraws one of its calls, is silent for an hour in the middle of FLEX, and returns. Each
test looks at one side of it.
"""

import asyncio
from datetime import datetime

import pytest

from battery_commons.domain.activation import Asked
from battery_commons.domain.grid import FEEDER_ID
from battery_commons.domain.plan import PlanReason
from battery_commons.domain.time import SLOT
from battery_commons.flexibility.proof.baselines import Method
from tests.village.openadr.evening_flex import BASELINE_W, FLEX_W
from tests.village.openadr.village_day import (
    CALLED_W,
    HOMES,
    LIMIT_W,
    TOLERANCE_W,
    Story,
    at,
    base_w,
    lived,
)


@pytest.fixture(scope="module")
def story(tmp_path_factory: pytest.TempPathFactory) -> Story:
    with pytest.MonkeyPatch.context() as patched:
        # Tokens go over TLS everywhere but on this machine's loopback.
        patched.setenv("OAUTHLIB_INSECURE_TRANSPORT", "1")
        return asyncio.run(lived(tmp_path_factory.mktemp("day")))


def test_the_transformer_keeps_the_operators_limit(story: Story) -> None:
    during = [load_w for start, load_w in story.load_w.items() if at(17) <= start < at(20)]

    assert len(during) == 12
    assert max(during) <= LIMIT_W + TOLERANCE_W


def test_without_batteries_it_would_not_have(story: Story) -> None:
    assert max(base_w(start) for start in story.load_w) > LIMIT_W


def test_the_feeders_peak_is_told_to_the_planner(story: Story) -> None:
    [told] = story.signals[at(16)].told_loads

    assert (told.event_id, told.subject) == (story.event_ids["forecast"], FEEDER_ID)
    assert set(told.power_w) == {420_000.0}


def test_the_call_is_followed(story: Story) -> None:
    during = [power_w for start, power_w in story.batteries_w.items() if at(18) <= start < at(20)]

    assert len(during) == 8
    assert max(during) <= CALLED_W + TOLERANCE_W
    assert PlanReason.GRID_OPERATOR in story.reasons[at(19)]  # The limit alone asks for nothing then.
    assert story.batteries_w[at(20)] > CALLED_W + TOLERANCE_W


def test_what_is_withdrawn_is_not_done(story: Story) -> None:
    withdrawn = story.activation("late call")

    assert "late call" in story.asks(at(17.75))
    assert "late call" not in story.asks(at(18))
    assert (withdrawn.withdrawn_at, withdrawn.ended_at) == (at(18), None)


def test_in_silence_the_last_event_holds_to_its_own_end_and_no_longer(story: Story) -> None:
    assert story.silent == [at(19.25) + n * SLOT for n in range(4)]
    assert {"limit", "call"} <= story.asks(at(19.75))
    assert not story.asks(at(20))
    assert PlanReason.GRID_OPERATOR in story.reasons[at(19.75)]
    assert PlanReason.GRID_OPERATOR not in story.reasons[at(20)]


def test_after_the_silence_the_operator_is_heard_again(story: Story) -> None:
    assert story.asks(at(20.5)) == {"after"}


@pytest.mark.parametrize(
    ("name", "kind", "end"),
    [("limit", Asked.LIMIT, at(20)), ("call", Asked.CALL, at(20)), ("after", Asked.LIMIT, at(21))],
)
def test_each_activation_tells_receipt_acceptance_and_end(
    story: Story, name: str, kind: Asked, end: datetime
) -> None:
    activation = story.activation(name)

    assert activation.ask.kind is kind
    assert activation.received_at == {"limit": at(15), "call": at(-12), "after": at(20.25)}[name]
    assert activation.accepted_at is not None
    assert activation.received_at <= activation.accepted_at < activation.ask.start
    assert (activation.homes_asked, activation.homes_accepted) == (HOMES, HOMES)
    assert (activation.ended_at, activation.withdrawn_at) == (end, None)


def raw_mean_w(story: Story, meter: str, start: datetime) -> float:
    """Return the mean of what a meter said in a quarter hour, from its raw series."""
    within = [power_w for at_, power_w in story.raw[meter] if start <= at_ < start + SLOT]
    return sum(within) / len(within)


def raw_batteries_w(story: Story, start: datetime) -> float:
    """Return what all batteries drew in a quarter hour, from their raw series."""
    return sum(raw_mean_w(story, meter, start) for meter in story.raw if meter != "t1")


def test_the_proof_equals_what_the_raw_meter_series_say(story: Story) -> None:
    assert story.proof is not None
    proven = {slot.asked.start: slot for slot in story.proof.slots}
    exact, operators = Method.METER_MINUS_BATTERIES, Method.OPERATOR

    assert list(proven) == [at(18) + n * SLOT for n in range(8)]
    assert (story.proof.kept, story.proof.missed, story.proof.unknown) == (8, 0, 0)
    for start, slot in proven.items():
        load_w, batteries_w = raw_mean_w(story, "t1", start), raw_batteries_w(story, start)
        assert slot.load_w == pytest.approx(load_w)
        assert slot.delivered[exact].baseline_w == pytest.approx(base_w(start))
        assert slot.delivered[exact].delivered_w == pytest.approx(load_w - base_w(start))
        assert slot.delivered[operators].baseline_w == BASELINE_W
        assert slot.delivered[operators].delivered_w == pytest.approx(batteries_w - BASELINE_W)
    totals_wh = {each.method: each.energy_wh for each in story.proof.totals}
    assert totals_wh[exact] == pytest.approx(
        sum(raw_mean_w(story, "t1", start) - base_w(start) for start in proven) / 4
    )
    assert totals_wh[operators] == pytest.approx(
        sum(raw_batteries_w(story, start) - BASELINE_W for start in proven) / 4
    )


def test_flex_is_acknowledged_the_day_before(story: Story) -> None:
    assert story.acknowledged_at == at(-12)


def test_delivered_flex_equals_what_the_raw_meter_series_say(story: Story) -> None:
    less_w = [BASELINE_W - raw_batteries_w(story, at(18) + n * SLOT) for n in range(8)]

    assert story.delivered_kw == pytest.approx([power_w / 1000 for power_w in less_w], abs=0.00501)
    assert min(story.delivered_kw) >= FLEX_W / 1000


def test_what_an_event_asked_to_report_is_reported_after_the_silence(story: Story) -> None:
    drawn_kwh = sum(raw_mean_w(story, "t1", at(17) + n * SLOT) for n in range(12)) / 4 / 1000

    assert story.reported_kwh == [pytest.approx(drawn_kwh)]
