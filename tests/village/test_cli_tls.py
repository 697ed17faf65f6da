"""The commands around the certificate of the members' API, as a volunteer uses them."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import structlog

from battery_commons.cli import main
from battery_commons.web.tls import pinned_fingerprint


@pytest.fixture(autouse=True)
def _logs_as_before() -> Iterator[None]:
    """Take back how a coordinator writes its log: to the standard error of one test."""
    yield
    structlog.reset_defaults()


def run(tmp_path: Path, *arguments: str) -> int:
    return main(["--data-dir", str(tmp_path / "data"), *arguments])


def invited(tmp_path: Path, capsys: pytest.CaptureFixture[str], url: str) -> list[str]:
    """Return the parts of an invitation's secret."""
    run(tmp_path, "transformer", "t1", "--name", "Brink", "--limit-kw", "250")
    assert run(tmp_path, "invite", "--transformer", "t1", "--url", url) == 0
    return capsys.readouterr().out.split()[-1].partition("#")[2].split(".")


def test_an_invitation_pins_the_certificate_that_the_village_made(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(tmp_path, "new-certificate") == 0

    *_, pin = invited(tmp_path, capsys, "https://village.example:8477")
    assert pin == pinned_fingerprint(tmp_path / "data")

    assert run(tmp_path, "new-certificate") == 0
    *_, another = invited(tmp_path, capsys, "https://village.example:8477")
    assert another == pinned_fingerprint(tmp_path / "data") != pin


@pytest.mark.parametrize("url", ["http://village.example:8477", "https://village.example"])
def test_an_invitation_pins_nothing_where_the_village_has_made_no_certificate(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], url: str
) -> None:
    assert len(invited(tmp_path, capsys, url)) == 2


@pytest.mark.parametrize(
    ("options", "problem"),
    [
        (["--tls-certificate", "a.pem"], "--tls-certificate and --tls-key belong together"),
        (["--tls-key", "a.pem"], "--tls-certificate and --tls-key belong together"),
        (["--tls", "off", "--tls-certificate", "a.pem", "--tls-key", "b.pem"], "give either --tls"),
        (["--tls-certificate", "none.pem", "--tls-key", "none.pem"], "none.pem cannot be used: No such file"),
        (["--trusted-proxy", "proxy.example"], "'proxy.example' does not appear to be"),
    ],
)
def test_options_that_cannot_be_are_refused_in_words(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], options: list[str], problem: str
) -> None:
    assert run(tmp_path, "run", *options) == 1

    assert problem in capsys.readouterr().err
