"""The words that a resident can meet, as the integration keeps them."""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

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
