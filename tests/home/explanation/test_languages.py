"""English and Dutch say the same."""

import re
from typing import Any

import pytest

from custom_components.battery_commons.battery.follower import Decision, Mode, Reason
from custom_components.battery_commons.explanation.phrases import DUTCH, ENGLISH, Action, Why
from tests.home.explanation.telling import told


@pytest.mark.parametrize(("language", "start"), [("nl-BE", "Is"), ("de", "Left"), ("en-GB", "Left")])
def test_other_languages_are_answered_in_english(language: str, start: str) -> None:
    assert told(Decision(Mode.PAUSED, Reason.PAUSED), language=language).startswith(start)


def test_both_languages_have_the_same_phrases_with_the_same_figures_in_them() -> None:
    def blanks(texts: Any) -> Any:
        return {key: sorted(re.findall(r"{\w+}", text)) for key, text in texts.items()}

    for kind in ("actions", "would", "whys"):
        assert blanks(getattr(ENGLISH, kind)) == blanks(getattr(DUTCH, kind))
    for words in (ENGLISH, DUTCH):
        assert words.actions.keys() == words.would.keys() == set(Action)
        assert words.whys.keys() == set(Why)
        assert len(set(words.months)) == 12
