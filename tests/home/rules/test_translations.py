"""The words and icons of entities, actions and issues."""

import ast
import importlib
import pkgutil
import re

import pytest
from homeassistant.const import Platform
from homeassistant.helpers.entity import EntityDescription
from homeassistant.helpers.selector import validate_selector

import custom_components.battery_commons as integration
from tests.home.rules.source import ICONS, SERVICES, SOURCES, calls_in
from tests.home.words import INTEGRATION, LANGUAGES, leaves, words

TEXT_KEYS = {
    "common",
    "config",
    "config_subentries",
    "entity",
    "exceptions",
    "issues",
    "options",
    "selector",
    "services",
    "system_health",
    "title",
}


@pytest.mark.parametrize("language", LANGUAGES)
def test_translations_have_only_parts_and_keys_that_core_reads(language: str) -> None:
    text = words(language)

    assert text.keys() <= TEXT_KEYS
    keys = {key for path, _ in leaves(text) for key in path[1:].split(".")}
    assert not [key for key in keys if not re.fullmatch(r"(?!.+[_-]{2})(?![_-])[a-z0-9-_]+(?<![_-])", key)]


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_text_has_what_core_refuses(language: str) -> None:
    for path, text in leaves(words(language)):
        assert text == text.strip(), path
        assert "[%key" not in text, path
        assert not re.search(r"<[a-zA-Z/!]", text), path
        assert not re.search(r"https?://\w", text), path
        assert not re.search(r"'{\w+}'", text), path
        assert text.count("{") == text.count("}") == len(re.findall(r"{\w+}", text)), path


def test_a_resident_is_spoken_to_in_one_way() -> None:
    assert not [path for path, text in leaves(words("nl")) if re.search(r"\b(u|uw)\b", text, re.IGNORECASE)]


@pytest.mark.parametrize("language", LANGUAGES)
def test_an_issue_is_either_described_or_solved_here(language: str) -> None:
    for key, issue in words(language)["issues"].items():
        assert issue["title"], key
        assert ("description" in issue) is not ("fix_flow" in issue), key
        assert issue.keys() <= {"title", "description", "fix_flow"}, key


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_action_is_registered_described_and_drawn(language: str) -> None:
    described = words(language)["services"]

    assert _registered_actions() == SERVICES.keys() == described.keys() == ICONS["services"].keys()
    for name, action in SERVICES.items():
        fields = (action or {}).get("fields", {})
        assert described[name]["name"], name
        assert described[name]["description"], name
        assert described[name].get("fields", {}).keys() == fields.keys(), name
        assert all(
            field.keys() >= {"name", "description"} for field in described[name].get("fields", {}).values()
        ), name


def test_every_field_of_an_action_has_a_selector_that_core_knows() -> None:
    for action in SERVICES.values():
        for field in (action or {}).get("fields", {}).values():
            validate_selector(field["selector"])


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_entity_has_its_name(language: str) -> None:
    named = {
        (platform, key)
        for platform, entities in words(language)["entity"].items()
        for key, entity in entities.items()
        if entity.get("name")
    }

    assert named == {(platform, str(found.translation_key)) for platform, found in _descriptions()}


def test_every_entity_has_an_icon_or_a_device_class_and_no_icon_is_of_none() -> None:
    drawn = {(platform, key) for platform, entities in ICONS["entity"].items() for key in entities}
    entities = {(platform, str(found.translation_key)) for platform, found in _descriptions()}
    classed = {
        (platform, str(found.translation_key))
        for platform, found in _descriptions()
        if getattr(found, "device_class", None) is not None
    }

    assert entities - classed <= drawn <= entities


def test_an_entity_is_known_by_one_key() -> None:
    assert all(found.key == found.translation_key for _, found in _descriptions())


def test_icons_are_material_design_icons() -> None:
    assert all(re.fullmatch(r"mdi:[a-z0-9-]+", icon) for _, icon in leaves(ICONS))


def _descriptions() -> list[tuple[str, EntityDescription]]:
    """Return every description of an entity, with its platform."""
    found: dict[tuple[str, str], EntityDescription] = {}
    for module in pkgutil.walk_packages(integration.__path__, f"{integration.__name__}."):
        for value in vars(importlib.import_module(module.name)).values():
            for description in value if isinstance(value, tuple) else (value,):
                if (platform := _platform(description)) is not None:
                    found[platform, description.key] = description
    return [(platform, description) for (platform, _), description in found.items()]


def _platform(value: object) -> str | None:
    """Return for which platform a description is; None where it is none.

    Core makes the class of a description when one is made, so that only its name tells.
    """
    for parent in type(value).__mro__:
        if (kind := parent.__name__.removesuffix("EntityDescription")) != parent.__name__:
            platform = re.sub(r"(?<=.)(?=[A-Z])", "_", kind).lower()
            return platform if platform in list(Platform) else None
    return None


def _registered_actions() -> set[str]:
    return {
        call.args[1].value
        for call in calls_in(SOURCES[INTEGRATION / "services.py"])
        if len(call.args) >= 3
        and isinstance(call.args[0], ast.Name)
        and call.args[0].id == "DOMAIN"
        and isinstance(call.args[1], ast.Constant)
        and isinstance(call.args[1].value, str)
    }
