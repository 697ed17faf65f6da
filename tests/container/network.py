"""A network of its own, in which a container has the Supervisor's address for a neighbour.

A Linux network namespace: what is in it is seen by nobody outside, and it sees nobody.
"""

import os
import subprocess
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.village.supervisor.fake import ADDRESS

NAME = "battery-commons-test"


def ip(*words: str) -> None:
    """Run Linux's `ip`."""
    subprocess.run(["/usr/sbin/ip", *words], check=True, capture_output=True)  # noqa: S603 - our own words


@contextmanager
def own_network() -> Iterator[None]:
    """Have the network while the block runs."""
    ip("netns", "add", NAME)
    try:
        ip("-n", NAME, "link", "set", "lo", "up")
        ip("-n", NAME, "address", "add", f"{ADDRESS}/32", "dev", "lo")
        yield
    finally:
        ip("netns", "delete", NAME)


def inside[T](do: Callable[[], T]) -> T:
    """Return what `do` returns, as done inside the network: by a thread of its own, which stays in it."""
    answers: list[T] = []
    problems: list[BaseException] = []

    def enter() -> None:
        try:
            with Path(f"/run/netns/{NAME}").open("rb") as network:
                os.setns(network.fileno(), os.CLONE_NEWNET)
            answers.append(do())
        except BaseException as problem:  # noqa: BLE001 - it is raised where it was asked for
            problems.append(problem)

    thread = threading.Thread(target=enter)
    thread.start()
    thread.join()
    if problems:
        raise problems[0]
    return answers[0]
