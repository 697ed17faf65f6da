"""Everything that the code names has its words, and there are no others."""

import ast
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from tests.home.rules.source import SERVICES, SOURCES, calls_in, module_of_ours
from tests.home.words import INTEGRATION, words

OF_CORE = {"already_configured", "already_in_progress", "reauth_successful", "reconfigure_successful"}
"""Ways in which core itself ends a flow."""


def test_every_error_that_is_raised_has_its_words() -> None:
    raised = {
        text
        for tree in SOURCES.values()
        for call in calls_in(tree)
        if _name(call.func).endswith(("Error", "Failed", "failure"))
        for text in _texts_of_keyword(call, "translation_key")
    }

    assert raised
    assert raised <= words("en")["exceptions"].keys()


def test_every_way_in_which_a_flow_ends_has_its_words() -> None:
    ends = {
        text
        for tree in SOURCES.values()
        for call in calls_in(tree)
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
        for call in calls_in(tree)
        if _name(call.func) in {"async_show_form", "async_show_menu"}
        for text in _texts_of_keyword(call, "step_id")
    }

    assert steps
    assert steps <= _keys("step")


def test_everything_that_is_waited_for_has_its_words() -> None:
    waited_for = {
        text
        for tree in SOURCES.values()
        for call in calls_in(tree)
        if _name(call.func) == "async_show_progress"
        for text in _texts_of_keyword(call, "progress_action")
    }

    assert waited_for
    assert waited_for == _keys("progress")


def test_every_choice_of_a_selector_has_its_words() -> None:
    keys = {
        key
        for path, tree in SOURCES.items()
        for call in calls_in(tree)
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

    in_forms = {
        str(field["selector"]["select"]["translation_key"])
        for action in SERVICES.values()
        for field in action.get("fields", {}).values()
        if "select" in field["selector"]
    }

    assert keys | looked_up | in_forms == words("en")["selector"].keys()


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
        yield str(getattr(module_of_ours(".".join(inside)), node.id))


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
    parts = ("config", "config_subentries", "options", "issues")
    return {key for part in parts for key in within(text[part])}
