"""What the volunteer chose on the app's page, and the command that runs by it."""

import json
from pathlib import Path
from typing import Any

import pytest

from battery_commons.cli import main
from battery_commons.domain.plan import ControlModel
from battery_commons.supervisor.options import read_options


def chosen(folder: Path, **options: Any) -> Path:
    """Return the file that the Supervisor writes."""
    (file := folder / "options.json").write_text(json.dumps(options))
    return file


def test_the_options_say_which_model_and_tariff(tmp_path: Path) -> None:
    options = read_options(chosen(tmp_path, model="M2", tariff="net-metering"))
    assert (options.model, options.tariff) == (ControlModel.M2, "net-metering")


def test_an_option_of_a_former_version_is_left_alone(tmp_path: Path) -> None:
    assert read_options(chosen(tmp_path, colour="green")).model is ControlModel.M4


@pytest.mark.parametrize("options", [{"model": "M9"}, {"model": 4}, {"tariff": "free"}])
def test_an_option_that_is_none_is_told_in_words(tmp_path: Path, options: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=f"holds no options of this app: {next(iter(options))}: "):
        read_options(chosen(tmp_path, **options))


def test_the_command_is_for_the_supervisor_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv("SUPERVISOR_TOKEN", raising=False)
    assert main(["--data-dir", str(tmp_path), "app"]) == 1
    assert "battery-commons run" in capsys.readouterr().err


def test_without_its_options_the_app_does_not_start(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("SUPERVISOR_TOKEN", "a-token")
    assert main(["--data-dir", str(tmp_path), "app"]) == 1
    assert "options.json" in capsys.readouterr().err
    assert [path.name for path in tmp_path.iterdir()] == []
