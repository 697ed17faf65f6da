"""The app's files, by the rules of who reads them (developers.home-assistant.io/docs/apps/configuration)."""

import re
import shutil
import struct
import subprocess
import tomllib
from pathlib import Path
from typing import Any

import pytest
from homeassistant.util.yaml import load_yaml_dict

from battery_commons import __version__
from battery_commons.cli.options import MEMBERS_PORT, PAGES_PORT
from battery_commons.container import USER
from battery_commons.supervisor.discovery import SERVICE
from battery_commons.supervisor.options import AppOptions
from tests.village.supervisor.rating import security_rating

ROOT = Path(__file__).parents[3]
APP = ROOT / "addon"
CONFIG: dict[str, Any] = load_yaml_dict(str(APP / "config.yaml"))
LANGUAGES = {path.stem: load_yaml_dict(str(path)) for path in (APP / "translations").iterdir()}
KNOWN = {
    *("name", "version", "slug", "description", "url", "stage", "arch", "init", "startup", "boot", "timeout"),
    *("ingress", "ingress_port", "panel_icon", "panel_title", "ports", "watchdog", "discovery", "tmpfs"),
    "homeassistant_api",
    *("backup", "backup_pre", "backup_post", "backup_exclude", "options", "schema", "map"),
}
"""The keys of the Supervisor's schema that this app uses, or may come to use."""
DOCKERFILE = (APP / "Dockerfile").read_text()


def tracked(*patterns: str) -> list[str]:
    """Return the repository's files that match, as git sees them: what the Supervisor clones."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard", *patterns]
    return _said(*command).split()


def _said(*command: str | Path) -> str:
    """Return what a command of our own prints."""
    done = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True)  # noqa: S603 - our own
    return done.stdout


def png_size(file: Path) -> tuple[int, int]:
    """Return a picture's width and height."""
    start = file.read_bytes()[:24]
    assert start.startswith(b"\x89PNG\r\n\x1a\n")
    width, height = struct.unpack(">II", start[16:])
    return width, height


def test_the_supervisor_rates_the_app_as_high_as_it_can() -> None:
    assert security_rating(CONFIG, own_profile=(APP / "apparmor.txt").exists()) == 8


@pytest.mark.parametrize(
    ("change", "rating"),
    [
        ({"apparmor": False}, 6),
        ({"ingress": False}, 6),
        ({"ingress": False, "auth_api": True}, 7),
        ({"ingress": False, "ports": {"8477/tcp": None}}, 8),
        ({"privileged": ["NET_ADMIN", "SYS_ADMIN"]}, 7),
        ({"privileged": ["SYS_ADMIN"], "host_uts": True}, 6),
        ({"hassio_role": "manager"}, 7),
        ({"hassio_role": "admin"}, 6),
        ({"host_network": True}, 7),
        ({"host_pid": True}, 6),
        ({"docker_api": True}, 1),
        ({"full_access": True}, 1),
    ],
)
def test_each_right_that_the_app_does_without_would_cost_it(change: dict[str, Any], rating: int) -> None:
    assert security_rating(CONFIG | change, own_profile=True) == rating


def test_the_app_asks_for_nothing_that_it_does_not_use() -> None:
    assert set(CONFIG) <= KNOWN


def test_the_app_is_of_this_version_and_name() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    assert CONFIG["version"] == __version__ == project["version"]
    assert re.fullmatch(r"[-_.A-Za-z0-9]+", CONFIG["slug"])


def test_the_app_runs_on_both_kinds_of_machine() -> None:
    assert CONFIG["arch"] == ["amd64", "aarch64"]


def test_the_ports_are_those_that_the_coordinator_opens() -> None:
    assert CONFIG["ports"] == {f"{MEMBERS_PORT}/tcp": MEMBERS_PORT}
    assert CONFIG["ingress_port"] == PAGES_PORT
    assert f"EXPOSE {MEMBERS_PORT} {PAGES_PORT}\n" in DOCKERFILE


def test_a_coordinator_that_is_gone_or_not_well_is_started_again() -> None:
    # Whether homes are called over TLS is not the Supervisor's to know, so it does not ask what /health says:
    # the container does, and the Supervisor restarts one that Docker calls unhealthy.
    assert CONFIG["watchdog"] == f"tcp://[HOST]:[PORT:{MEMBERS_PORT}]"
    assert 'CMD ["battery-commons", "health"]' in DOCKERFILE


def test_a_backup_is_made_of_a_database_that_nobody_writes_to() -> None:
    assert CONFIG["backup"] == "cold"
    assert not CONFIG.keys() & {"backup_pre", "backup_post", "backup_exclude"}


def test_what_is_discovered_is_our_integration() -> None:
    assert CONFIG["discovery"] == [SERVICE]
    assert (ROOT / "custom_components" / SERVICE).is_dir()


def test_the_options_are_those_that_the_app_reads() -> None:
    assert set(CONFIG["options"]) == set(CONFIG["schema"]) == set(AppOptions.model_fields)
    assert AppOptions.model_validate(CONFIG["options"]) == AppOptions()


@pytest.mark.parametrize("language", ["en", "nl"])
def test_every_option_and_port_has_its_words(language: str) -> None:
    words = LANGUAGES[language]
    assert set(words) == {"configuration", "network"}
    assert set(words["configuration"]) == set(CONFIG["schema"])
    assert all(set(option) == {"name", "description"} for option in words["configuration"].values())
    assert set(words["network"]) == set(CONFIG["ports"])


def test_no_other_file_is_called_as_the_apps_own() -> None:
    # The Supervisor takes every config.yaml that it finds in a repository for an app.
    assert tracked("*config.yaml", "*config.yml", "*config.json") == ["addon/config.yaml"]


def test_the_repository_says_what_it_is() -> None:
    assert set(load_yaml_dict(str(ROOT / "repository.yaml"))) == {"name", "url", "maintainer"}


@pytest.mark.parametrize("name", ["DOCS.md", "README.md", "CHANGELOG.md"])
def test_the_app_has_its_texts(name: str) -> None:
    assert (APP / name).read_text().startswith("# ")


def test_the_pictures_are_as_large_as_is_recommended_and_small_on_disk() -> None:
    assert png_size(APP / "icon.png") == (128, 128)
    assert png_size(APP / "logo.png") == (250, 100)
    assert all((APP / name).stat().st_size < 10_000 for name in ("icon.png", "logo.png"))


def test_the_apparmor_profile_is_one_of_the_apps_name() -> None:
    # The Supervisor counts the lines that start so, and puts the repository's name in.
    profiles = re.findall(r"^profile ([^ ]+)", (APP / "apparmor.txt").read_text(), re.MULTILINE)
    assert profiles == [CONFIG["slug"]]


def test_the_apparmor_profile_can_be_read() -> None:
    parser = shutil.which("apparmor_parser", path="/usr/sbin:/sbin:/usr/bin")
    if parser is None or not Path("/etc/apparmor.d/tunables/global").exists():
        pytest.skip("AppArmor's parser is not on this machine (Debian: apt install apparmor)")
    _said(parser, "--skip-kernel-load", "--skip-cache", APP / "apparmor.txt")


def test_the_container_has_a_user_for_the_program() -> None:
    assert f"battery-commons:x:{USER}:{USER}:" in DOCKERFILE


def test_what_the_container_installs_is_what_is_locked(tmp_path: Path) -> None:
    _said(ROOT / "script/requirements", made := tmp_path / "requirements.txt")
    assert (APP / "requirements.txt").read_text() == made.read_text(), "run script/requirements"


def test_everything_locked_comes_built_for_both_kinds_of_machine() -> None:
    locked = {each["name"]: each for each in tomllib.loads((ROOT / "uv.lock").read_text())["package"]}
    required = re.findall(r"^([a-z0-9-]+)==", (APP / "requirements.txt").read_text(), re.MULTILINE)
    assert required
    for name in required:
        wheels = [wheel["url"].rpartition("/")[2] for wheel in locked[name].get("wheels", ())]
        for machine in ("x86_64", "aarch64"):
            assert any(_fits(wheel, machine) for wheel in wheels), f"{name} for {machine}"


def _fits(wheel: str, machine: str) -> bool:
    """Return whether a wheel installs on CPython 3.14 of a Debian image for `machine`."""
    python, abi, platform = wheel.removesuffix(".whl").rsplit("-", 3)[1:]
    right_python = python in {"cp314", "py3", "py2.py3"} or abi == "abi3"
    return (
        right_python
        and abi in {"cp314", "abi3", "none"}
        and (platform == "any" or ("manylinux" in platform and machine in platform))
    )
