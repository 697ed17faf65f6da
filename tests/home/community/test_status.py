"""What a village tells of itself, whatever it is: read, or refused with one kind of error."""

import copy
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from custom_components.battery_commons.community.status import VillageStatus, parse_status
from tests.home.community.test_inbox import json_values

RECEIPT: dict[str, Any] = json.loads(
    (Path(__file__).parents[2] / "golden/telemetry_receipt.json").read_text()
)

type Step = str | int


def ways(node: object, so_far: tuple[Step, ...] = ()) -> Iterator[tuple[Step, ...]]:
    """Return the way to every part of a message."""
    parts: Any = ()
    match node:
        case dict():
            parts = node.items()
        case list():
            parts = enumerate(node)
    for step, part in parts:
        yield (*so_far, step)
        yield from ways(part, (*so_far, step))


@settings(max_examples=300, deadline=None)
@given(way=st.sampled_from(sorted(ways(RECEIPT), key=str)), value=json_values)
def test_a_status_with_anything_anywhere_is_read_or_refused(way: tuple[Step, ...], value: object) -> None:
    receipt = copy.deepcopy(RECEIPT)
    node: Any = receipt
    for step in way[:-1]:
        node = node[step]
    node[way[-1]] = value

    try:
        status = parse_status(receipt)
    except ValueError:
        return

    assert isinstance(status, VillageStatus)
    assert all(code.start < code.end for code in status.codes)
