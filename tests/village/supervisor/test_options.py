"""What the volunteer chose on the app's page, and the command that runs by it."""

import json
from pathlib import Path
from typing import Any

import pytest

from battery_commons.cli import main
from battery_commons.supervisor.options import AppOptions, read_options


def chosen(folder: Path, **options: Any) -> Path:
    """Return the file that the Supervisor writes."""
    (file := folder / "options.json").write_text(json.dumps(options))
    return file


def test_an_option_of_a_former_version_is_left_alone(tmp_path: Path) -> None:
    assert read_options(chosen(tmp_path, model="M2", tariff="net-metering")) == AppOptions()


@pytest.mark.parametrize("options", [{"ssl": "often"}, {"certfile": 4}, {"trusted_proxies": "all"}])
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


def test_a_certificate_of_another_app_is_used_where_that_is_asked(tmp_path: Path) -> None:
    names = {"certfile": "village.pem", "keyfile": "village.key"}
    assert read_options(chosen(tmp_path, ssl=False, **names)).certificate is None
    files = read_options(chosen(tmp_path, ssl=True, **names)).certificate
    assert files is not None
    assert (files.certificate.name, files.key.name) == ("village.pem", "village.key")


def test_proxies_are_addresses_and_networks(tmp_path: Path) -> None:
    options = read_options(chosen(tmp_path, trusted_proxies=["192.0.2.1", "10.0.0.0/8"]))
    assert [str(network) for network in options.trusted_proxies] == ["192.0.2.1/32", "10.0.0.0/8"]


@pytest.mark.parametrize(
    "options",
    [{"certfile": "../data/village-key.pem"}, {"keyfile": "/etc/passwd"}, {"trusted_proxies": ["home"]}],
)
def test_files_elsewhere_and_proxies_that_are_none_are_refused(
    tmp_path: Path, options: dict[str, Any]
) -> None:
    with pytest.raises(ValueError, match=f"holds no options of this app: {next(iter(options))}"):
        read_options(chosen(tmp_path, **options))
