"""How the command in the container gives root up."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from battery_commons.container import USER, hand_certificate, hand_over

needs_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root can give root up")

BECOME = """
import os
from battery_commons.container import USER, become
become(USER)
print(os.getresuid(), os.getresgid(), os.getgroups(), oct(os.umask(0)))
try:
    os.setuid(0)
except PermissionError:
    print("for good")
"""


@needs_root
def test_root_is_given_up_for_good() -> None:
    done = subprocess.run([sys.executable, "-c", BECOME], check=True, capture_output=True, text=True)  # noqa: S603 - this interpreter
    three = (USER,) * 3
    assert done.stdout.splitlines() == [f"{three} {three} [] 0o77", "for good"]


@needs_root
def test_the_folder_and_all_in_it_is_handed_over(tmp_path: Path) -> None:
    (tmp_path / "data" / "deeper").mkdir(parents=True)
    (tmp_path / "data" / "deeper" / "file").touch(mode=0o600)
    hand_over(tmp_path / "data", USER)
    assert {path.stat().st_uid for path in (tmp_path / "data").rglob("*")} == {USER}
    assert (tmp_path / "data").stat().st_gid == USER


@needs_root
def test_what_a_link_points_at_is_left_alone(tmp_path: Path) -> None:
    (elsewhere := tmp_path / "elsewhere").touch()
    (data := tmp_path / "data").mkdir()
    (data / "link").symlink_to(elsewhere)
    (data / "folder").symlink_to(tmp_path)
    hand_over(data, USER)
    assert elsewhere.stat().st_uid == tmp_path.stat().st_uid == 0
    assert (data / "link").lstat().st_uid == USER


def test_a_folder_that_is_not_there_yet_is_made(tmp_path: Path) -> None:
    hand_over(tmp_path / "data", os.geteuid())
    assert (tmp_path / "data").is_dir()


def certificate_of_another_app(tmp_path: Path, options: str) -> Path:
    """Hand over what `options` ask for, and return where it would be."""
    (ssl := tmp_path / "ssl").mkdir()
    (ssl / "fullchain.pem").write_text("certificate")
    (ssl / "privkey.pem").write_text("key")
    (ssl / "other.pem").write_text("not asked for")
    (file := tmp_path / "options.json").write_text(options)
    hand_certificate(file, ssl, tmp_path / "copy", os.geteuid())
    return tmp_path / "copy"


def test_the_certificate_that_the_options_name_is_handed_over_and_nothing_else(tmp_path: Path) -> None:
    copy = certificate_of_another_app(
        tmp_path, '{"ssl": true, "certfile": "fullchain.pem", "keyfile": "privkey.pem"}'
    )
    assert {path.name: path.stat().st_mode & 0o777 for path in copy.iterdir()} == {
        "fullchain.pem": 0o600,
        "privkey.pem": 0o600,
    }


@pytest.mark.parametrize(
    "options",
    ["", "[]", "{}", '{"ssl": false, "certfile": "fullchain.pem", "keyfile": "x"}', '{"ssl": true}'],
)
def test_no_certificate_is_handed_over_that_is_not_asked_for(tmp_path: Path, options: str) -> None:
    assert not certificate_of_another_app(tmp_path, options).exists()
