"""Counting a vote's published ballots again."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from battery_commons.cli import main
from battery_commons.voting.ballot import to_text
from battery_commons.voting.blind import SigningKey
from tests.village.voting.voter import Voter

KEY = SigningKey.generate()
_JSON = st.recursive(st.none() | st.text(), st.lists).map(lambda value: json.dumps(value).encode())


def published(choices: str, signatures: int | None = None) -> dict[str, Any]:
    voters = [Voter("v1", KEY.public, choice) for choice in choices]
    ballots = [voter.ballot(KEY.sign(voter.blinded)) for voter in voters]
    return {
        "version": 1,
        "vote_id": "v1",
        "key": {"n": to_text(KEY.public.modulus.to_bytes(256)), "e": 65537},
        "options": ["a", "b"],
        "ballots": [
            {"choice": each.choice, "number": each.number, "signature": to_text(each.signature)}
            for each in ballots
        ],
        "signatures": len(ballots) if signatures is None else signatures,
    }


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "ballots.json"


def count(file: Path, content: object, *arguments: str) -> int:
    file.write_text(json.dumps(content))
    return main(["vote", "count", str(file), *arguments])


def test_anybody_counts_the_same(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    box = published("abbab")
    own = box["ballots"][3]

    assert count(file, box, "--ballot", own["number"]) == 0

    said = capsys.readouterr().out
    assert "5 ballots, 5 were signed" in said
    assert "a: 2\nb: 3" in said
    assert f"{own['number']} is there, for a" in said


def test_a_ballot_that_is_not_there_is_missed(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert count(file, published("a"), "--ballot", "x" * 43) == 0
    assert "not there" in capsys.readouterr().out


def test_a_changed_ballot_is_found(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    box = published("aab")
    box["ballots"][0]["choice"] = "b"

    assert count(file, box) != 0
    assert "1 not_signed" in capsys.readouterr().err


def test_a_ballot_twice_is_found(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    box = published("aab")
    box["ballots"].append(box["ballots"][0])

    assert count(file, box) != 0
    assert "1 twice" in capsys.readouterr().err


def test_a_stuffed_box_is_found(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert count(file, published("aab", signatures=2)) != 0
    assert "stuffed" in capsys.readouterr().err


@settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.binary(max_size=200) | st.recursive(st.none() | st.text(), st.lists).map(json.dumps).map(str.encode)
)
def test_what_is_no_box_is_said(file: Path, content: bytes) -> None:
    file.write_bytes(content)

    assert main(["vote", "count", str(file)]) != 0
