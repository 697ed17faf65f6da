"""Announcing code red and code green, as a volunteer does it."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from battery_commons.cli import main
from battery_commons.cli.moment import moment
from battery_commons.domain.grid import CongestionSignal, Transformer
from battery_commons.store import Store
from battery_commons.store.codes import SHOWN_AFTER
from battery_commons.store.place import DATABASE

NOW = datetime(2026, 11, 24, 9, 30, tzinfo=UTC)
HOME = "code-of-a-home"


@pytest.fixture(autouse=True)
def _still(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let it be half past ten in the morning in the village."""
    monkeypatch.setattr("battery_commons.domain.time.WallClock.now", lambda _: NOW)


def run(tmp_path: Path, *arguments: str) -> int:
    return main(["--data-dir", str(tmp_path), *arguments])


@contextmanager
def opened(tmp_path: Path) -> Iterator[Store]:
    store = Store.open(tmp_path / DATABASE)
    yield store
    store.close()


def announce(tmp_path: Path, start: str, end: str, *more: str, code: str = "red") -> int:
    return run(tmp_path, "code", "announce", code, "--from", start, "--to", end, *more)


def test_a_code_is_announced_in_dutch_time_and_offered_to_homes(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    more = ["--reason", "  Everyone cooks\n at once ", "--expected-effect-kw", "-20"]
    assert announce(tmp_path, "2026-11-24T17:00", "2026-11-24 19:00", *more) == 0

    said = capsys.readouterr().out
    with opened(tmp_path) as store:
        [code] = store.codes_for("any-home", NOW)
    assert said == f"Code red is announced for 2026-11-24 17:00 to 19:00: {code.id}\n"
    assert code.code is CongestionSignal.RED
    assert (code.start, code.end) == (NOW.replace(hour=16, minute=0), NOW.replace(hour=18, minute=0))
    assert (code.reason, code.expected_effect_w) == ("Everyone cooks at once", -20_000)


def test_a_village_whose_clock_runs_faster_has_codes_in_its_own_time(tmp_path: Path) -> None:
    wall, village = datetime.now(UTC), datetime(2016, 6, 21, 12, tzinfo=UTC)
    clock = ["--speed", "2", "--wall-origin", wall.isoformat(), "--village-origin", village.isoformat()]

    assert announce(tmp_path, "2016-06-21T17:00", "2016-06-21T18:00", *clock) == 0

    with opened(tmp_path) as store:
        [code] = store.codes_for("any-home", village)
    assert code.start == village.replace(hour=15)


def test_what_is_announced_is_listed_with_its_answers_until_a_day_after(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    run(tmp_path, "code", "list")
    assert capsys.readouterr().out == "No code is announced.\n"
    announce(tmp_path, "2026-11-25T23:00", "2026-11-26T00:30", "--reason", "Windy", code="green")
    announce(tmp_path, "2026-11-24T17:00", "2026-11-24T19:00")
    with opened(tmp_path) as store:
        store.put_transformer(Transformer("t1", "Brink", 250_000))
        store.add_invitation("t1", HOME, NOW + timedelta(days=1))
        home = store.join(HOME, "De Eik", [], NOW)
        red, green = store.codes_for(home.home_id, NOW)
        store.answer_code(red.id, home.home_id, NOW, joins=True)
    run(tmp_path, "code", "withdraw", green.id)
    capsys.readouterr()

    run(tmp_path, "code", "list")

    assert capsys.readouterr().out.splitlines() == [
        f"{red.id}  code red  2026-11-24 17:00 to 19:00  1 join, 0 do not",
        f"{green.id}  code green  2026-11-25 23:00 to 2026-11-26 00:30  withdrawn 2026-11-24 10:30  Windy",
    ]
    monkeypatch.setattr("battery_commons.domain.time.WallClock.now", lambda _: green.end + SHOWN_AFTER)
    run(tmp_path, "code", "list")
    assert capsys.readouterr().out == "No code is announced.\n"


def test_what_a_code_came_to_is_listed_below_it(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    announce(tmp_path, "2026-11-24T17:00", "2026-11-24T19:00")
    monkeypatch.setattr(
        "battery_commons.domain.time.WallClock.now", lambda _: NOW.replace(hour=18, minute=30)
    )
    capsys.readouterr()

    run(tmp_path, "code", "list")

    assert capsys.readouterr().out.splitlines()[1] == (
        "    What it came to between 17:00 and 19:00 is not known yet: readings still come in."
    )


def test_a_withdrawn_code_is_offered_to_nobody(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    announce(tmp_path, "2026-11-24T17:00", "2026-11-24T19:00")
    code_id = capsys.readouterr().out.split()[-1]

    assert run(tmp_path, "code", "withdraw", code_id) == 0

    with opened(tmp_path) as store:
        assert store.codes_for("any-home", NOW) == []
    assert run(tmp_path, "code", "withdraw", code_id) == 1
    assert f"no code {code_id}" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("start", "end", "more", "problem"),
    [
        ("2026-11-24T17:00", "2026-11-24T17:00", [], "ends after it starts"),
        ("2026-11-24T17:00", "2026-11-24T16:00", [], "ends after it starts"),
        ("2026-11-24T10:29", "2026-11-24T12:00", [], "in the past: it is 2026-11-24 10:30"),
        ("2026-11-24T17:00", "2026-11-24T21:01", [], "four hours"),
        ("2026-11-24T17:00", "2026-11-24T17:14", [], "quarter of an hour"),
        ("2026-12-01T10:31", "2026-12-01T12:00", [], "within 7 days"),
        ("tomorrow", "2026-11-24T17:00", [], "tomorrow"),
        ("2026-11-24T17:00", "2026-11-24T19:00", ["--reason", "x" * 201], "too long"),
        ("2026-11-24T17:00", "2026-11-24T19:00", ["--expected-effect-kw", "20"], "below zero"),
        ("2026-11-24T17:00", "2026-11-24T19:00", ["--expected-effect-kw", "-20000"], "is it in W?"),
        ("2026-11-24T17:00", "2026-11-24T19:00", ["--expected-effect-kw", "nan"], "is it in W?"),
        ("2026-11-25T13:00", "2026-11-25T15:00", [], "announced for a part of that time"),
    ],
)
def test_what_cannot_be_asked_is_said_in_words(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], start: str, end: str, more: list[str], problem: str
) -> None:
    announce(tmp_path, "2026-11-25T14:00", "2026-11-25T16:00")
    capsys.readouterr()

    assert announce(tmp_path, start, end, *more) == 1

    assert problem in capsys.readouterr().err
    with opened(tmp_path) as store:
        assert len(store.codes_for("any-home", NOW)) == 1


def test_a_green_code_raises_the_load(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    span = ("2026-11-24T17:00", "2026-11-24T19:00", "--expected-effect-kw")

    assert announce(tmp_path, *span, "-5", code="green") == 1
    assert announce(tmp_path, *span, "5", code="green") == 0
    assert "above zero" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("2026-07-01T12:00", datetime(2026, 7, 1, 10, tzinfo=UTC)),
        ("2026-12-01 12:00", datetime(2026, 12, 1, 11, tzinfo=UTC)),
        ("2026-12-01T12:00+00:00", datetime(2026, 12, 1, 12, tzinfo=UTC)),
        ("2026-10-25T02:30+02:00", datetime(2026, 10, 25, 0, 30, tzinfo=UTC)),
        ("2026-10-25T02:30+01:00", datetime(2026, 10, 25, 1, 30, tzinfo=UTC)),
        ("2026-10-25T03:00", datetime(2026, 10, 25, 2, tzinfo=UTC)),
    ],
)
def test_a_time_is_dutch_unless_it_says_otherwise(text: str, meant: datetime) -> None:
    assert moment(text) == meant


@pytest.mark.parametrize("text", ["2026-10-25T02:30", "2026-03-29T02:30"])
def test_a_time_that_the_clock_shows_twice_or_never_is_not_guessed(text: str) -> None:
    with pytest.raises(ValueError, match="offset"):
        moment(text)
