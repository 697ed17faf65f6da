"""docs/security.md names tests that exist."""

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]


def test_every_test_that_the_security_note_rests_on_is_there() -> None:
    note = (ROOT / "docs" / "security.md").read_text()
    named: list[tuple[str, str]] = []
    for file, test in re.findall(r"`([\w/]*(?:\.py)?)::(\w+)`", note):
        named.append((file or named[-1][0], test))  # `::test` is in the file that was named before.

    assert len(named) > 40
    missing = [
        f"{file}::{test}"
        for file, test in named
        if not re.search(rf"^(?:async )?def {test}\(", (ROOT / file).read_text(), re.MULTILINE)
    ]
    assert not missing
