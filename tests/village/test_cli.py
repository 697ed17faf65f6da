"""The command `battery-commons`, as a volunteer uses it."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from battery_commons.cli import main
from battery_commons.store import Store
from battery_commons.store.place import DATABASE


def run(tmp_path: Path, *arguments: str) -> int:
    return main(["--data-dir", str(tmp_path / "data"), *arguments])


def open_store(tmp_path: Path) -> Store:
    return Store.open(tmp_path / "data" / DATABASE)


def test_a_village_is_set_up_and_a_home_invited(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(tmp_path, "village", "--name", "Ansen") == 0
    assert run(tmp_path, "transformer", "t1", "--name", "Brink", "--limit-kw", "250") == 0
    token = capsys.readouterr().out.split("meter token: ")[1].strip()
    assert run(tmp_path, "invite", "--transformer", "t1", "--url", "http://village.example:8477/") == 0
    link = capsys.readouterr().out.split()[-1]

    store = open_store(tmp_path)
    assert store.village().name == "Ansen"
    assert store.meter_of_token(token) == "t1"
    address, secret = link.split("#")
    assert address == "http://village.example:8477/join"
    assert store.invitation(secret.split(".")[0]) is not None
    store.close()


def test_changing_a_limit_leaves_the_meters_token_as_it_is(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run(tmp_path, "transformer", "t1", "--name", "Brink", "--limit-kw", "250")
    token = capsys.readouterr().out.split("meter token: ")[1].strip()

    run(tmp_path, "transformer", "t1", "--name", "Brink", "--limit-kw", "200")

    assert "meter token" not in capsys.readouterr().out
    store = open_store(tmp_path)
    assert store.meter_of_token(token) == "t1"
    assert store.transformers()[0].limit_w == 200_000
    store.close()


def test_prices_that_came_in_are_told_by_the_villages_clock(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "prices.csv"
    start = datetime(2025, 5, 31, 22, tzinfo=UTC)  # midnight in the Netherlands
    hours = [f"{start + i * timedelta(hours=1):%Y-%m-%dT%H:%MZ},0.08" for i in range(24)]
    file.write_text("\n".join(["start,eur_per_kwh", *hours, ""]))

    assert run(tmp_path, "import-prices", str(file)) == 0

    assert capsys.readouterr().out == "96 quarter hours, 01-06-2025 to 01-06-2025\n"


@pytest.mark.parametrize(
    ("arguments", "problem"),
    [
        (["transformer", "t1", "--name", "Brink", "--limit-kw", "250000"], "is it in W?"),
        (["transformer", "t1", "--name", "Brink", "--limit-kw", "-1"], "positive limit"),
        (["transformer", "t1", "--name", "Brink", "--limit-kw", "nan"], "positive limit"),
        (["invite", "--transformer", "nobody", "--url", "http://x"], "no transformer nobody"),
        (["invite", "--transformer", "t1", "--url", "village.example"], "http(s)"),
        (["import-prices", "missing.csv"], "missing.csv"),
        (["run", "--speed", "60"], "belong together"),
    ],
)
def test_what_cannot_be_done_is_said_in_words(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], arguments: list[str], problem: str
) -> None:
    run(tmp_path, "transformer", "t1", "--name", "Brink", "--limit-kw", "250")

    assert run(tmp_path, *arguments) == 1
    assert problem in capsys.readouterr().err


def test_a_database_that_is_none_is_left_as_it_is(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    database = tmp_path / "data" / DATABASE
    database.parent.mkdir()
    database.write_bytes(b"this is no database" * 100)

    assert run(tmp_path, "village", "--name", "Ansen") == 1

    assert database.read_bytes() == b"this is no database" * 100
    assert str(DATABASE) in capsys.readouterr().err
