"""The village writes the golden messages, and takes them in."""

import json

import pytest

from tests.village.golden import FOLDER, FORMER, PLAIN, SEALED, golden_messages

MESSAGES = golden_messages()


def payload(name: str) -> str:
    """Return a golden message as it is read: a sealed one without its envelope."""
    golden = (FOLDER / f"{name}.json").read_text()
    sealed: str | None = json.loads(golden).get("payload")
    return golden if sealed is None else sealed


@pytest.mark.parametrize("name", MESSAGES)
def test_the_village_writes_a_message_as_it_always_did(name: str) -> None:
    assert json.loads((FOLDER / f"{name}.json").read_text()) == MESSAGES[name]


READ = PLAIN | SEALED | FORMER


@pytest.mark.parametrize("name", READ)
def test_the_village_reads_a_message_as_it_always_did(name: str) -> None:
    assert type(READ[name]).model_validate_json(payload(name)) == READ[name]


@pytest.mark.parametrize("name", FORMER)
def test_a_message_of_the_former_shape_says_nothing_of_what_came_later(name: str) -> None:
    later = {"outlook", "connection", "feeder", "members", "codes", "forecast_peak_w"}

    assert later.isdisjoint(json.loads(payload(name)))
    assert not any(f'"{field}"' in payload(name) for field in later)


def test_no_golden_message_is_left_over() -> None:
    assert {path.stem for path in FOLDER.iterdir()} == MESSAGES.keys() | FORMER.keys()
