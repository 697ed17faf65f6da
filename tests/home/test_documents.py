"""What the documents link to is there, and every picture that is kept is shown."""

import re
from pathlib import Path

import pytest

from tests.home.words import INTEGRATION

REPOSITORY = INTEGRATION.parents[1]
PICTURES = REPOSITORY / "docs" / "images"
DOCUMENTS = [
    REPOSITORY / "README.md",
    REPOSITORY / "CHANGELOG.md",
    *sorted((REPOSITORY / "docs").glob("*.md")),
]
LINK = re.compile(r"\]\(([^()\s]+)\)")


def links_in(document: Path) -> list[tuple[Path, str]]:
    """Return the files of this repository that a document links to, each with the heading that is meant."""
    parts = [link.partition("#") for link in LINK.findall(document.read_text()) if "://" not in link]
    return [((document.parent / path).resolve() if path else document, heading) for path, _, heading in parts]


def anchors_in(document: Path) -> set[str]:
    """Return by what the headings of a document are linked to, as GitHub makes it of their words."""
    prose = re.sub(r"^```.*?^```", "", document.read_text(), flags=re.DOTALL | re.MULTILINE)
    headings = re.findall(r"^#+ (.+)$", prose, re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading).lower().replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda document: document.name)
def test_what_a_document_links_to_is_there(document: Path) -> None:
    missing = {
        f"{path.relative_to(REPOSITORY)}#{heading}"
        for path, heading in links_in(document)
        if not path.exists() or (heading and heading not in anchors_in(path))
    }

    assert not missing


def test_every_picture_that_is_kept_is_shown() -> None:
    shown = {path for document in DOCUMENTS for path, _ in links_in(document)}

    assert not set(PICTURES.iterdir()) - shown


def test_what_a_repair_offers_to_read_is_there() -> None:
    linked = re.findall(r"blob/main/([\w./]+)#([\w-]+)", (INTEGRATION / "issues.py").read_text())

    assert linked
    for path, heading in linked:
        assert heading in anchors_in(REPOSITORY / path)
