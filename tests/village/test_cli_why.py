"""Why a battery was asked what it was asked, on the command line."""

import json
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from battery_commons.cli import main
from battery_commons.domain.plan import ControlModel
from battery_commons.domain.reading import BatteryReading
from battery_commons.domain.situation import Situation
from battery_commons.domain.time import SLOT
from battery_commons.store import Store
from battery_commons.store.decisions import KeptDecision
from battery_commons.store.place import DATABASE
from battery_commons.store.records import HomeBattery
from battery_commons.tick.decision_record import record_of
from tests.village.tick.test_planner import BATTERIES, NOW, SLOT_NOW, TRANSFORMERS, decide, village


@pytest.fixture(autouse=True)
def _later(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let it be a day after the decision."""
    monkeypatch.setattr("battery_commons.domain.time.WallClock.now", lambda _: NOW + timedelta(days=1))


@pytest.fixture
def battery_id(tmp_path: Path) -> str:
    """A battery, of a decision on record that had it and two others in it."""
    with closing(Store.open(tmp_path / DATABASE)) as store:
        for transformer in TRANSFORMERS:
            store.put_transformer(transformer)
        batteries = []
        for battery in BATTERIES:
            code = f"code-of-{battery.id[0]}"
            store.add_invitation(battery.transformer_id, code, NOW + timedelta(days=1))
            home_id = store.join(code, "De Eik", [], NOW).home_id
            batteries.append(replace(battery, id=f"{home_id}/b"))
            store.describe_home(home_id, [], [HomeBattery(home_id, "b", "Schuur", batteries[-1])])
        situation: Situation = replace(
            village(), batteries=batteries, stored_wh={each.id: each.capacity_wh / 2 for each in batteries}
        )
        store.keep_decision(record_of(decide(situation, ControlModel.M3), situation))
        first = batteries[0].id
        reading = BatteryReading(first, SLOT_NOW, 0.5, -1_900.0, -1_900.0, "village", "hold", 1)
        store.add_battery_readings(first.partition("/")[0], [reading])
    return first


def why(folder: Path, *arguments: str) -> int:
    return main(["--data-dir", str(folder), "why", *arguments])


def test_why_is_told_with_figures(
    tmp_path: Path, battery_id: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert why(tmp_path, battery_id, "--at", "2025-06-18T13:00", "--replay") == 0

    told = capsys.readouterr().out
    assert told.startswith("Schuur, Wed 18-06-2025 13:00 to 13:15: ")
    assert "Brink" in told
    assert "been left alone" in told
    assert "It may carry 50 kW." in told
    assert "Measured in this quarter hour, on average: discharging 1.9 kW." in told
    assert "the same plan for all batteries" in told


def test_why_is_told_in_dutch(tmp_path: Path, battery_id: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert why(tmp_path, battery_id, "--at", "2025-06-18T13:05", "--language", "nl", "--replay") == 0

    told = capsys.readouterr().out
    assert "Besloten wo 18-06-2025 13:03 met model M3" in told
    assert "hetzelfde plan" in told


@pytest.mark.parametrize(
    ("battery", "at", "said"),
    [
        ("nobody/b", "2025-06-18T13:00", "had no part in the plan"),
        (None, "2025-06-17T13:00", "No plan of Tue 17-06-2025 13:00 is kept"),
        (None, "2025-06-18T15:00", "homes were left alone after their lease"),
        (None, "soon", "soon"),
    ],
)
def test_what_is_not_known_is_said(
    tmp_path: Path,
    battery_id: str,
    capsys: pytest.CaptureFixture[str],
    battery: str | None,
    at: str,
    said: str,
) -> None:
    assert why(tmp_path, battery or battery_id, "--at", at) == 1

    assert said in capsys.readouterr().err


def test_a_replay_that_makes_another_plan_says_so(
    tmp_path: Path, battery_id: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with closing(Store.open(tmp_path / DATABASE)) as store:
        kept = store.decision_at(NOW + SLOT)
        assert kept is not None
        content = json.loads(kept.village)
        content["base_load_w"][0] = [0.0] * content["slots"]
        store.keep_decision(KeptDecision(kept.at, json.dumps(content), kept.homes))

    assert why(tmp_path, battery_id, "--at", "2025-06-18T13:00", "--replay") == 1

    assert "another plan" in capsys.readouterr().err


def test_a_replay_without_an_erased_home_is_refused(
    tmp_path: Path, battery_id: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with closing(Store.open(tmp_path / DATABASE)) as store:
        other = next(home.id for home in store.homes() if home.id != battery_id.partition("/")[0])
        store.leave(other)

    assert why(tmp_path, battery_id, "--at", "2025-06-18T13:00", "--replay") == 1

    assert "cannot be made again" in capsys.readouterr().err


def test_the_token_for_metrics_is_shown(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--data-dir", str(tmp_path), "metrics-token"]) == 0
    first = capsys.readouterr().out
    assert main(["--data-dir", str(tmp_path), "metrics-token"]) == 0

    assert capsys.readouterr().out == first
    assert len(first.strip()) == 43
