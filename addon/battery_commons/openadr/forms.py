"""The forms in which servers send the same: names in snake_case, JSON within a string, nulls for absence.

Everything further on sees one form: names in camelCase, as OpenADR 3.1 has them, and no nulls.
"""

import json
import re

_SNAKE = re.compile(r"[a-z0-9]+(_[a-z0-9]+)+")
_WHOLE_CAPITALS = {"id": "ID", "url": "Url"}
_DEEPEST = 40


class UnreadableError(ValueError):
    """What came is no JSON, or nested without end."""


def read_json(body: bytes | str) -> object:
    """Return what a message says, in the one form. Raises UnreadableError."""
    try:
        return one_form(json.loads(body))
    except (ValueError, RecursionError) as error:
        raise UnreadableError(type(error).__name__) from error


def readable(said: object) -> object:
    """Return an answer in the one form, each of a list by itself; these words for what is nested too deep."""
    return [_or_words(each) for each in said] if isinstance(said, list) else _or_words(said)


def _or_words(said: object) -> object:
    try:
        return one_form(said)
    except UnreadableError as error:
        return str(error)


def one_form(said: object) -> object:
    """Return JSON in the one form. Raises UnreadableError where it is nested too deep."""
    if isinstance(said, str) and said.lstrip()[:1] in ("{", "["):
        try:
            said = json.loads(said)
        except (ValueError, RecursionError) as error:
            raise UnreadableError(type(error).__name__) from error
    return _camel(said, 0)


def _camel(said: object, depth: int) -> object:
    if depth > _DEEPEST:
        raise UnreadableError("nested too deep")
    if isinstance(said, list):
        return [_camel(each, depth + 1) for each in said]
    if isinstance(said, dict):
        return {_named(key): _camel(value, depth + 1) for key, value in said.items() if value is not None}
    return said


def _named(key: str) -> str:
    if not _SNAKE.fullmatch(key):
        return key
    first, *others = key.split("_")
    return first + "".join(_WHOLE_CAPITALS.get(each, each.capitalize()) for each in others)
