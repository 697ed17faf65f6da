"""How the command in the container gives root up."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from battery_commons.container import USER, hand_over

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
