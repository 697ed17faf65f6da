"""The rules that hassfest and HACS check for a custom integration, and that cannot be run here.

Neither tool is part of the `homeassistant` package: these tests check the same rules, with core's own files
as the reference where there are any.
"""

import ast
import importlib
import json
import pkgutil
import re
import struct
from collections.abc import Iterator, Mapping
from pathlib import Path
from types import ModuleType
from typing import Any

import homeassistant.components as core
import pytest
from awesomeversion import AwesomeVersion
from homeassistant.const import Platform
from homeassistant.const import __version__ as running_version
from homeassistant.helpers.entity import EntityDescription
from homeassistant.helpers.selector import validate_selector
from homeassistant.util.yaml import parse_yaml

import custom_components.battery_commons as integration
from tests.home.test_words import INTEGRATION, LANGUAGES, leaves, words

REPOSITORY = INTEGRATION.parents[1]
CORE = Path(next(iter(core.__path__)))
MANIFEST = json.loads((INTEGRATION / "manifest.json").read_text())
ICONS = json.loads((INTEGRATION / "icons.json").read_text())
SERVICES: Any = parse_yaml((INTEGRATION / "services.yaml").read_text())
SOURCES = {path: ast.parse(path.read_text()) for path in INTEGRATION.rglob("*.py")}

MANIFEST_KEYS = {
    "after_dependencies",
    "bluetooth",
    "codeowners",
    "config_flow",
    "dependencies",
    "dhcp",
    "disabled",
    "documentation",
    "domain",
    "homekit",
    "import_executor",
    "integration_type",
    "iot_class",
    "issue_tracker",
    "loggers",
    "mqtt",
    "name",
    "requirements",
    "single_config_entry",
    "ssdp",
    "usb",
    "version",
    "zeroconf",
}
HACS_KEYS = {
    "content_in_root",
    "country",
    "filename",
    "hacs",
    "hide_default_branch",
    "homeassistant",
    "name",
    "persistent_directory",
    "render_readme",
    "zip_release",
}
ALWAYS_THERE = {"frontend", "homeassistant", "persistent_notification", "system_health", "websocket_api"}
"""Components that hassfest lets every integration import without naming them."""
OF_CORE = {"already_configured", "already_in_progress", "reauth_successful", "reconfigure_successful"}
"""Ways in which core itself ends a flow."""
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


# --- Files --------------------------------------------------------------------------------------


def test_the_manifest_is_sorted_and_has_no_key_that_is_unknown() -> None:
    keys = list(MANIFEST)

    assert keys[:2] == ["domain", "name"]
    assert keys[2:] == sorted(keys[2:])
    assert set(keys) <= MANIFEST_KEYS


def test_the_manifest_says_what_a_custom_integration_must_say() -> None:
    assert MANIFEST["domain"] == INTEGRATION.name
    assert AwesomeVersion(MANIFEST["version"]).valid
    assert MANIFEST["codeowners"]
    assert all(owner.startswith("@") for owner in MANIFEST["codeowners"])
    assert MANIFEST["documentation"].startswith("https://")
    assert MANIFEST["issue_tracker"].startswith("https://")
    assert MANIFEST["integration_type"] in {"device", "hub", "service"}
    assert MANIFEST["iot_class"] in {
        "assumed_state",
        "calculated",
        "cloud_polling",
        "cloud_push",
        "local_polling",
        "local_push",
    }
    assert MANIFEST["requirements"] == []
    for service_type in MANIFEST["zeroconf"]:
        assert re.fullmatch(r"_[a-z-]{1,15}\._(tcp|udp)\.local\.", service_type)


def test_what_the_manifest_depends_on_is_part_of_core_and_sorted() -> None:
    for key in ("dependencies", "after_dependencies"):
        assert MANIFEST[key] == sorted(MANIFEST[key])
        assert all((CORE / name / "manifest.json").exists() for name in MANIFEST[key])


def test_every_component_that_is_imported_is_depended_on() -> None:
    """A platform such as `repairs.py` may import the component that loads it."""
    named = {*MANIFEST["dependencies"], *MANIFEST["after_dependencies"], *ALWAYS_THERE, *list(Platform)}
    missing = {
        (path.name, component)
        for path, tree in SOURCES.items()
        for component in _imported_components(tree)
        if component not in named and component != path.stem
    }

    assert not missing


def test_hacs_finds_one_integration_and_what_it_needs() -> None:
    hacs = json.loads((REPOSITORY / "hacs.json").read_text())

    assert set(hacs) <= HACS_KEYS
    assert hacs["name"] == MANIFEST["name"]
    assert AwesomeVersion(hacs["homeassistant"]) <= AwesomeVersion(running_version)
    assert [path.name for path in INTEGRATION.parent.iterdir() if (path / "manifest.json").exists()] == [
        MANIFEST["domain"]
    ]
    assert (REPOSITORY / "README.md").exists()


def test_the_brand_has_a_square_icon() -> None:
    header = (INTEGRATION / "brand" / "icon.png").read_bytes()[:24]

    assert header[:8] == b"\x89PNG\r\n\x1a\n"
    assert struct.unpack(">II", header[16:24]) == (256, 256)


def test_what_is_declared_has_its_file() -> None:
    assert MANIFEST["config_flow"]
    for name in ("config_flow", "diagnostics", "repairs", "system_health", *integration.PLATFORMS):
        assert (INTEGRATION / f"{name}.py").exists()
    assert hasattr(integration, "CONFIG_SCHEMA")


@pytest.mark.parametrize("platform", integration.PLATFORMS)
def test_every_platform_says_how_many_updates_it_makes_at_once(platform: Platform) -> None:
    assert isinstance(_module(platform).PARALLEL_UPDATES, int)


def test_the_quality_scale_names_every_rule_of_core_and_nothing_is_left_to_do() -> None:
    scale: Any = parse_yaml((INTEGRATION / "quality_scale.yaml").read_text())
    rules = scale["rules"]
    of_core: set[str] = set()
    for path in CORE.glob("*/quality_scale.yaml"):
        of_core |= parse_yaml(path.read_text())["rules"].keys()  # type: ignore[index, call-overload, union-attr]

    assert rules.keys() == of_core
    for rule, answer in rules.items():
        if answer != "done":
            assert answer["status"] == "exempt", rule
            assert answer["comment"].strip(), rule


# --- Words --------------------------------------------------------------------------------------


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


# --- What the code names ------------------------------------------------------------------------


def test_every_error_that_is_raised_has_its_words() -> None:
    raised = {
        text
        for tree in SOURCES.values()
        for call in _calls(tree)
        if _name(call.func).endswith(("Error", "Failed", "failure"))
        for text in _texts_of_keyword(call, "translation_key")
    }

    assert raised
    assert raised <= words("en")["exceptions"].keys()


def test_every_way_in_which_a_flow_ends_has_its_words() -> None:
    ends = {
        text
        for tree in SOURCES.values()
        for call in _calls(tree)
        if _name(call.func) == "async_abort"
        for text in _texts_of_keyword(call, "reason")
    }

    assert ends
    assert ends <= _keys("abort")


def test_every_error_in_a_form_has_its_words() -> None:
    shown = {text for tree in SOURCES.values() for text in _form_errors(tree)}

    assert shown
    assert shown <= _keys("error")


def test_every_step_of_a_flow_has_its_words() -> None:
    steps = {
        text
        for tree in SOURCES.values()
        for call in _calls(tree)
        if _name(call.func) in {"async_show_form", "async_show_menu"}
        for text in _texts_of_keyword(call, "step_id")
    }

    assert steps
    assert steps <= _keys("step")


def test_everything_that_is_waited_for_has_its_words() -> None:
    waited_for = {
        text
        for tree in SOURCES.values()
        for call in _calls(tree)
        if _name(call.func) == "async_show_progress"
        for text in _texts_of_keyword(call, "progress_action")
    }

    assert waited_for
    assert waited_for == _keys("progress")


def test_every_choice_of_a_selector_has_its_words() -> None:
    keys = {
        key
        for path, tree in SOURCES.items()
        for call in _calls(tree)
        if _name(call.func) == "SelectSelectorConfig"
        for keyword in call.keywords
        if keyword.arg == "translation_key"
        for key in _values(path, keyword.value)
    }
    looked_up = {
        key
        for tree in SOURCES.values()
        for text in _constants(tree)
        for key in re.findall(r"\.selector\.(\w+)\.", text)
    }

    assert keys | looked_up == words("en")["selector"].keys()


def test_no_words_are_left_of_what_the_code_no_longer_names() -> None:
    said = {text for tree in SOURCES.values() for text in _constants(tree)} | OF_CORE
    beginnings = tuple(
        first.value
        for tree in SOURCES.values()
        for node in ast.walk(tree)
        if isinstance(node, ast.JoinedStr)
        and isinstance(first := node.values[0], ast.Constant)
        and isinstance(first.value, str)
    )
    text = words("en")
    named = {*text["exceptions"], *text["issues"], *_keys("abort"), *_keys("error")}
    steps = {
        step
        for step in _keys("step")
        if f"async_step_{step}" not in _methods() and not step.startswith(beginnings)
    }

    assert not named - said
    assert not steps - said


# --- Reading the code ---------------------------------------------------------------------------


def _module(name: str) -> ModuleType:
    return importlib.import_module(f"{integration.__name__}.{name}")


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
        for call in _calls(SOURCES[INTEGRATION / "services.py"])
        if len(call.args) >= 3
        and isinstance(call.args[0], ast.Name)
        and call.args[0].id == "DOMAIN"
        and isinstance(call.args[1], ast.Constant)
        and isinstance(call.args[1].value, str)
    }


def _imported_components(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module == "homeassistant.components":
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and (node.module or "").startswith("homeassistant.components."):
            yield str(node.module).split(".")[2]
        elif isinstance(node, ast.Import):
            for alias in node.names:
                if alias.name.startswith("homeassistant.components."):
                    yield alias.name.split(".")[2]


def _methods() -> set[str]:
    return {
        node.name
        for tree in SOURCES.values()
        for node in ast.walk(tree)
        if isinstance(node, ast.AsyncFunctionDef)
    }


def _constants(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value


def _calls(tree: ast.Module) -> Iterator[ast.Call]:
    return (node for node in ast.walk(tree) if isinstance(node, ast.Call))


def _name(function: ast.expr) -> str:
    match function:
        case ast.Name(name) | ast.Attribute(attr=name):
            return name
    return ""


def _texts(node: ast.expr) -> Iterator[str]:
    """Return the texts that an expression can be, such as both of `a if b else c`."""
    match node:
        case ast.Constant(str(text)):
            yield text
        case ast.IfExp(body=body, orelse=otherwise):
            yield from _texts(body)
            yield from _texts(otherwise)


def _texts_of_keyword(call: ast.Call, name: str) -> Iterator[str]:
    for keyword in call.keywords:
        if keyword.arg == name:
            yield from _texts(keyword.value)


def _values(path: Path, node: ast.expr) -> Iterator[str]:
    """Return the texts that an expression can be, also where it is a name of its module."""
    yield from _texts(node)
    if isinstance(node, ast.Name):
        inside = path.relative_to(INTEGRATION).with_suffix("").parts
        yield str(getattr(_module(".".join(inside)), node.id))


def _form_errors(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        match node:
            case ast.Assign(targets=[ast.Subscript(value=ast.Name("errors"))], value=value):
                yield from _texts(value)
            case ast.Dict(keys=[ast.Constant("base")], values=[value]):
                yield from _texts(value)
            case ast.Call(func=function, args=[first, *_]) if _name(function) == "EntityMappingError":
                yield from _texts(first)


def _keys(name: str) -> set[str]:
    """Return the keys of every part of the English words that is called `name`."""

    def within(node: Mapping[str, Any]) -> Iterator[str]:
        for key, value in node.items():
            if isinstance(value, Mapping):
                yield from value if key == name else within(value)

    text = words("en")
    return {key for part in ("config", "config_subentries", "issues") for key in within(text[part])}
