"""Holds a piece of the program back, as if it took long, until a test has seen what it wants to see."""

from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from threading import Event
from typing import Any

import pytest


@contextmanager
def held(monkeypatch: pytest.MonkeyPatch, name: str) -> Iterator[None]:
    """Have the function of this name, which a thread calls, go on only as this ends."""
    go_on = Event()
    module, _, function = name.rpartition(".")
    former = getattr(import_module(module), function)

    def waiting(*args: Any, **options: Any) -> Any:
        assert go_on.wait(60)
        return former(*args, **options)

    monkeypatch.setattr(name, waiting)
    try:
        yield
    finally:
        go_on.set()
