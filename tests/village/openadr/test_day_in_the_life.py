"""A day in the life: an afternoon and evening of a village and its grid operator.

The operator limits the transformer and tells what the feeder will carry, calls on the batteries for the
evening, withdraws one of its calls, is silent for an hour in the middle of another, and returns. Each test
looks at one side of it.
"""

import asyncio
from datetime import datetime

import pytest

from battery_commons.domain.activation import Asked
from battery_commons.domain.grid import FEEDER_ID
from battery_commons.domain.plan import PlanReason
from battery_commons.domain.time import SLOT
from battery_commons.flexibility.proof.baselines import Method
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
    during = [power_w for start, power_w in story.batteries_w.items() if at(19) <= start < at(20)]

    assert len(during) == 4
    assert max(during) <= CALLED_W + TOLERANCE_W


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
    assert activation.received_at == (at(20.25) if name == "after" else at(15))
    assert activation.accepted_at is not None
    assert activation.received_at <= activation.accepted_at < activation.ask.start
    assert (activation.homes_asked, activation.homes_accepted) == (HOMES, HOMES)
    assert (activation.ended_at, activation.withdrawn_at) == (end, None)


def test_the_proof_is_what_the_meters_measured(story: Story) -> None:
    assert story.proof is not None
    proven = {slot.asked.start: slot for slot in story.proof.slots}

    assert list(proven) == [at(19) + n * SLOT for n in range(4)]
    assert (story.proof.kept, story.proof.missed, story.proof.unknown) == (4, 0, 0)
    for start, slot in proven.items():
        assert slot.load_w == pytest.approx(story.load_w[start])
    exact = next(each for each in story.proof.totals if each.method is Method.METER_MINUS_BATTERIES)
    independent_wh = sum(story.load_w[start] - base_w(start) for start in proven) / 4
    assert exact.energy_wh == pytest.approx(independent_wh)


def test_what_the_call_asked_to_report_is_reported_after_the_silence(story: Story) -> None:
    drawn_kwh = sum(story.load_w[at(19) + n * SLOT] for n in range(4)) / 4 / 1000

    assert story.reported_kwh == [pytest.approx(drawn_kwh)]
