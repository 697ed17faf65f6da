"""Every word that a resident can meet is there, in both languages."""

import re

import pytest

from custom_components.battery_commons.battery.follower import Mode, Reason
from custom_components.battery_commons.community.client import CommunityError
from custom_components.battery_commons.community.status import CongestionSignal
from tests.home.words import LANGUAGES, leaves, words


def test_both_languages_say_the_same_things_with_the_same_figures_in_them() -> None:
    def figures(language: str) -> dict[str, set[str]]:
        return {path: set(re.findall(r"{\w+}", text)) for path, text in leaves(words(language))}

    assert figures("en") == figures("nl")


@pytest.mark.parametrize("language", LANGUAGES)
def test_nothing_is_left_empty(language: str) -> None:
    assert all(text.strip() for _, text in leaves(words(language)))


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    ("sensor", "values"), [("mode", Mode), ("reason", Reason), ("congestion_signal", CongestionSignal)]
)
def test_every_state_has_its_words(
    language: str, sensor: str, values: type[Mode | Reason | CongestionSignal]
) -> None:
    assert words(language)["entity"]["sensor"][sensor]["state"].keys() == {value.value for value in values}


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_way_of_not_joining_has_its_words(language: str) -> None:
    codes = {CommunityError.code, *(error.code for error in CommunityError.__subclasses__())}

    assert codes <= words(language)["config"]["error"].keys()
