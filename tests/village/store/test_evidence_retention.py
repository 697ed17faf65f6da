"""What grid operators asked and were told is kept as long as books are, and not for good."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, select

from battery_commons.domain.activation import Activation, ActivationSlot, Ask, Asked
from battery_commons.domain.dutch_flex import TakenCall
from battery_commons.domain.operator_line import OperatorLine
from battery_commons.domain.time import SLOT
from battery_commons.store import Store
from battery_commons.store.operator_events import ArrivedEvent
from battery_commons.store.operator_reports import KeptReport
from battery_commons.store.schema import METADATA

NOW = datetime(2034, 3, 1, tzinfo=UTC)
OLD, NEW = datetime(2026, 12, 31, 12, tzinfo=UTC), datetime(2027, 1, 1, tzinfo=UTC)
EVIDENCE = ("operator_event", "operator_report", "activation", "activation_slot", "dutch_call")


@pytest.fixture
def line_id(store: Store) -> str:
    return store.add_operator_line(OperatorLine("Enexis", "https://vtn.example", "c", "v", "a secret"))


def rows(store: Store) -> dict[str, int]:
    with store._read() as connection:
        counted = {name: select(func.count()).select_from(METADATA.tables[name]) for name in EVIDENCE}
        return {name: connection.execute(each).scalar_one() for name, each in counted.items()}


def keep(store: Store, line_id: str, event_id: str, at: datetime, ends_at: datetime | None) -> None:
    event = ArrivedEvent(event_id, event_id, "p", None, "{}", ends_at=ends_at)
    store.keep_operator_events(line_id, [event], at)
    store.keep_operator_reports([KeptReport(line_id, event_id, "1", at, "{}")])
    store.take_on_calls(line_id, {event_id: TakenCall("t1", 0.0)})
    ask = Ask(event_id, "t1", Asked.CALL, at, ends_at)
    slot = ActivationSlot(at, None, None, 0.0, 0.0, 0.0)
    store.keep_activation(Activation(ask, at, ended_at=ends_at), [slot])


def test_what_was_over_more_than_seven_calendar_years_ago_is_thrown_away(store: Store, line_id: str) -> None:
    keep(store, line_id, "old", OLD, OLD + SLOT)
    keep(store, line_id, "new", NEW, NEW + SLOT)

    assert sum(store.discard_old(NOW)) == len(EVIDENCE)

    assert rows(store) == dict.fromkeys(EVIDENCE, 1)
    assert [each.ask.event_id for each in store.activations()] == ["new"]
    assert list(store.discard_old(NOW)) == []


def test_what_is_in_force_stays_whatever_its_age(store: Store, line_id: str) -> None:
    keep(store, line_id, "open", OLD, None)

    list(store.discard_old(NOW))

    assert [each.event_id for each in store.operator_events()] == ["open"]
    assert len(store.open_activations()) == 1
    assert rows(store)["activation_slot"] == 0


def test_what_was_taken_back_goes_and_so_does_what_was_refused(store: Store, line_id: str) -> None:
    refused = ArrivedEvent("refused", "1", "p", None, "{}", refusal="malformed")
    back = ArrivedEvent("back", "1", "p", None, "{}")
    store.keep_operator_events(line_id, [refused, back], OLD)
    store.withdraw_operator_events(line_id, ["back"], OLD + timedelta(hours=1))

    list(store.discard_old(NOW))

    assert rows(store)["operator_event"] == 0
