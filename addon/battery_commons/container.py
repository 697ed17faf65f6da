"""The command `battery-commons` in the container: root is given up before anything of the program runs."""

import json
import os
from importlib import import_module
from pathlib import Path

USER = 8477
"""Who the program is in the container (addon/Dockerfile), as a user and as a group."""

CERTIFICATES = Path("/tmp/battery-commons-ssl")  # noqa: S108 - the container's own, and gone with it
"""Where the certificate that another app keeps is copied to, when this one starts."""


def main() -> int:
    """Run the command line, as a user without rights."""
    if os.geteuid() == 0:
        data = Path(os.environ["BATTERY_COMMONS_DATA"])
        hand_over(data, USER)
        hand_certificate(data / "options.json", Path("/ssl"), CERTIFICATES, USER)
        become(USER)
    exit_code: int = import_module("battery_commons.cli").main()
    return exit_code


def hand_over(folder: Path, user: int) -> None:
    """Give `folder`, with what is in it, to `user`: the Supervisor makes it, and its options, root's."""
    folder.mkdir(parents=True, exist_ok=True)
    for path in (folder, *folder.rglob("*")):
        if path.lstat().st_uid != user:
            os.chown(path, user, user, follow_symlinks=False)


def hand_certificate(options: Path, ssl: Path, to: Path, user: int) -> None:
    """Copy the certificate and key that the app's options name to where `user` may read them.

    In `ssl` they are root's alone. What is wrong with the options, or not there, the program says in words.
    """
    try:
        chosen = json.loads(options.read_bytes())
        names = [Path(chosen[key]).name for key in ("certfile", "keyfile")] if chosen["ssl"] else []
    except OSError, ValueError, LookupError, TypeError:
        return
    for name in names:
        if (ssl / name).is_file():
            to.mkdir(mode=0o700, exist_ok=True)
            copy = os.open(to / name, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
            with os.fdopen(copy, "wb") as file:
                file.write((ssl / name).read_bytes())
            hand_over(to, user)


def become(user: int) -> None:
    """Be `user` from now on, for good."""
    os.setgroups([])
    os.setresgid(user, user, user)
    os.setresuid(user, user, user)
    # Files that are made from here on hold a village's data, and are nobody else's to read.
    os.umask(0o077)
