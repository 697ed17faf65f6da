"""Every word that a resident can meet is there, in both languages."""

import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from custom_components.battery_commons.battery.follower import Mode, Reason
from custom_components.battery_commons.community.client import CommunityError
from custom_components.battery_commons.community.status import CongestionSignal

INTEGRATION = Path(__file__).parents[2] / "custom_components" / "battery_commons"
LANGUAGES = ("en", "nl")


def words(language: str) -> Any:
    return json.loads((INTEGRATION / "translations" / f"{language}.json").read_text())


def leaves(node: Mapping[str, Any], path: str = "") -> Iterator[tuple[str, str]]:
    for key, value in node.items():
        if isinstance(value, Mapping):
            yield from leaves(value, f"{path}.{key}")
        else:
            yield f"{path}.{key}", value


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
