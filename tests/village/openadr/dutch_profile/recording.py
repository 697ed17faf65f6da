"""A conversation over OpenADR as a document shows it; set BATTERY_COMMONS_RECORD to write it anew."""

import json
import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.village.openadr.dutch_profile.operator_server import Said

_DOCUMENT = Path(__file__).parents[4] / "docs" / "openadr.md"
_BEGIN, _END = "<!-- recorded by tests/village/openadr/dutch_profile -->\n", "<!-- end of the recording -->\n"
_SHOWN_WHEN_READ = "/resource_groups"
"""What else is read has been shown as it was written."""


@dataclass(frozen=True)
class Step:
    """A part of a conversation."""

    title: str
    what: str
    said: Sequence[Said]


def compare(steps: Sequence[Step]) -> None:
    """Hold what was said against the document, or write it there."""
    before, _, rest = _DOCUMENT.read_text().partition(_BEGIN)
    recorded, _, after = rest.partition(_END)
    shown: set[str] = set()
    new = "\n" + "\n".join(_told(step, shown) for step in steps) + "\n"
    if os.environ.get("BATTERY_COMMONS_RECORD"):
        _DOCUMENT.write_text(before + _BEGIN + new + _END + after)
        return
    assert recorded == new, "the conversation is another: look, and record it with BATTERY_COMMONS_RECORD=1"


def _told(step: Step, shown: set[str]) -> str:
    """Return a step in words; what was `shown` before is not repeated."""
    lines = [f"### {step.title}\n", f"{step.what}\n"]
    for each in step.said:
        path = each.path.partition("?")[0]
        if each.method == "GET" and (path != _SHOWN_WHEN_READ or not each.answer or each.who != "village"):
            continue
        call = f"The {each.who}: `{each.method} {path}`, answered with {each.status}.\n"
        if each.method == "GET":
            call += f"\n{_block(each.answer)}"
            if call in shown:
                continue
        elif isinstance(each.asked, dict) and isinstance(each.answer, dict):
            added = {key: value for key, value in each.answer.items() if key not in each.asked}
            call += f"\n{_block(each.asked)}\nThe answer repeats that and adds `{json.dumps(added)}`.\n"
        shown.add(call)
        lines.append(call)
    return "\n".join(lines)


def _block(said: object) -> str:
    return f"```json\n{_written(said)}\n```\n"


def _written(said: object) -> str:
    """Return JSON with a line for each field of an object, and for each object of a list in it."""
    if isinstance(said, list):
        return "[\n" + ",\n".join(_indented(_written(each)) for each in said) + "\n]" if said else "[]"
    if not isinstance(said, dict):
        return json.dumps(said)
    fields = []
    for key, value in said.items():
        text = json.dumps(value)
        if len(text) > 90 and isinstance(value, list):
            text = "[\n" + ",\n".join(_indented(_field(each)) for each in value) + "\n]"
        fields.append(_indented(f"{json.dumps(key)}: {text}"))
    return "{\n" + ",\n".join(fields) + "\n}"


def _field(said: object) -> str:
    text = json.dumps(said)
    return text if len(text) <= 110 else _written(said)


def _indented(text: str) -> str:
    return "\n".join(f"  {line}" for line in text.splitlines())
