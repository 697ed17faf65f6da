"""The command `battery-commons` in the container: root is given up before anything of the program runs."""

import os
from importlib import import_module
from pathlib import Path

USER = 8477
"""Who the program is in the container (addon/Dockerfile), as a user and as a group."""


def main() -> int:
    """Run the command line, as a user without rights."""
    if os.geteuid() == 0:
        hand_over(Path(os.environ["BATTERY_COMMONS_DATA"]), USER)
        become(USER)
    exit_code: int = import_module("battery_commons.cli").main()
    return exit_code


def hand_over(folder: Path, user: int) -> None:
    """Give `folder`, with what is in it, to `user`: the Supervisor makes it, and its options, root's."""
    folder.mkdir(parents=True, exist_ok=True)
    for path in (folder, *folder.rglob("*")):
        if path.lstat().st_uid != user:
            os.chown(path, user, user, follow_symlinks=False)


def become(user: int) -> None:
    """Be `user` from now on, for good."""
    os.setgroups([])
    os.setresgid(user, user, user)
    os.setresuid(user, user, user)
    # Files that are made from here on hold a village's data, and are nobody else's to read.
    os.umask(0o077)
