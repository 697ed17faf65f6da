"""The village writes the golden messages, and takes them in."""

import json

import pytest

from tests.village.golden import FOLDER, PLAIN, golden_messages

MESSAGES = golden_messages()


@pytest.mark.parametrize("name", MESSAGES)
def test_the_village_writes_a_message_as_it_always_did(name: str) -> None:
    assert json.loads((FOLDER / f"{name}.json").read_text()) == MESSAGES[name]


@pytest.mark.parametrize("name", PLAIN)
def test_the_village_reads_a_message_as_it_always_did(name: str) -> None:
    golden = (FOLDER / f"{name}.json").read_text()

    assert type(PLAIN[name]).model_validate_json(golden) == PLAIN[name]


def test_no_golden_message_is_left_over() -> None:
    assert {path.stem for path in FOLDER.iterdir()} == MESSAGES.keys()
