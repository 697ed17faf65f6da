"""Options by environment variable: how a container is told how to run."""

import pytest

from battery_commons.cli.options import parser
from battery_commons.domain.plan import ControlModel


def test_a_variable_stands_in_for_an_option(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BATTERY_COMMONS_PAGES_PORT", "80")
    monkeypatch.setenv("BATTERY_COMMONS_PAGES_HOST", "0.0.0.0")
    monkeypatch.setenv("BATTERY_COMMONS_MODEL", "M2")
    options = parser().parse_args(["run"])
    assert (options.pages_port, options.pages_host, options.model) == (80, "0.0.0.0", ControlModel.M2)


def test_an_option_that_is_given_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BATTERY_COMMONS_PAGES_PORT", "80")
    assert parser().parse_args(["run", "--pages-port", "81"]).pages_port == 81


@pytest.mark.parametrize(("text", "announce"), [("yes", True), ("no", False), ("", None)])
def test_a_switch_is_yes_or_no(monkeypatch: pytest.MonkeyPatch, text: str, *, announce: bool | None) -> None:
    monkeypatch.setenv("BATTERY_COMMONS_ANNOUNCE", text)
    assert parser().parse_args(["run"]).announce is announce


@pytest.mark.parametrize(
    ("name", "text"), [("ANNOUNCE", "perhaps"), ("MODEL", "M9"), ("TARIFF", "free"), ("PAGES_PORT", "http")]
)
def test_a_variable_is_refused_as_the_option_would_be(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], name: str, text: str
) -> None:
    monkeypatch.setenv(f"BATTERY_COMMONS_{name}", text)
    with pytest.raises(SystemExit):
        parser().parse_args(["run"])
    assert text in capsys.readouterr().err
