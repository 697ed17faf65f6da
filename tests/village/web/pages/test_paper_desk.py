"""One report is drawn on paper at a time, beside everything else."""

import time
from collections.abc import Callable
from functools import partial

from battery_commons.web.pages.paper_desk import MOST_KEPT, Paper, PaperDesk


def draw(text: str, tell: Callable[[float], None]) -> bytes:
    tell(0.5)
    if text == "broken":
        raise ValueError(text)
    return text.encode()


def drawn(desk: PaperDesk, text: str) -> Paper:
    deadline = time.monotonic() + 120
    while (paper := desk.ask(text, partial(draw, text))).share is not None:
        assert time.monotonic() < deadline
        time.sleep(0.05)
    return paper


def test_a_report_is_drawn_once_and_kept() -> None:
    desk = PaperDesk()
    assert desk.ask("one", partial(draw, "one")).share is not None

    assert drawn(desk, "one").content == b"one"
    assert desk.ask("one", partial(draw, "never")).content == b"one"
    assert drawn(desk, "two").content == b"two"


def test_what_cannot_be_drawn_is_said_and_tried_again_when_it_is_asked_for_again() -> None:
    desk = PaperDesk()

    assert drawn(desk, "broken").failed

    assert desk.ask("broken", partial(draw, "mended")).share is not None
    assert drawn(desk, "broken").content == b"mended"


def test_of_two_that_are_asked_for_in_turn_neither_is_drawn_again() -> None:
    desk = PaperDesk()
    for text in ("one", "two"):
        drawn(desk, text)

    for text in ("one", "two", "one"):
        assert desk.ask(text, partial(draw, "never")).content == text.encode()
    assert desk.ask("three", partial(draw, "three")).share is not None
    assert desk.ask("one", partial(draw, "never")).content == b"one"


def test_only_the_last_few_are_kept() -> None:
    desk = PaperDesk()
    desk._drawn = {str(n): b"" for n in range(MOST_KEPT)}

    drawn(desk, "one")

    assert len(desk._drawn) == MOST_KEPT
    assert "0" not in desk._drawn
