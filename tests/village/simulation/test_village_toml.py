"""What is wrong with village.toml is refused, with the line that it stands on."""

from pathlib import Path

import pytest

from tests.village.simulation.own_village import (
    TOML,
    refusal,
    valid,
)


@pytest.mark.parametrize(
    ("old", "new", "line", "problem"),
    [
        ("limit_kw = 250", "limit_kw = 250000", 7, "less than or equal to 20000; is it in W?"),
        ("limit_kw = 250", "limit_kw = 0", 7, "greater than 0"),
        ("limit_kw = 250", 'limit_kw = "250"', 7, "valid number"),
        ("limit_kw = 250", "limit_kw = nan", 7, "limit_kw: "),
        ("limit_kw = 250", "limit = 250", 4, "limit_kw is missing"),
        (
            "limit_kw = 400",
            "limit_kw = 400\nlimitkw = 5",
            12,
            "limitkw is not known here; these are: id, name",
        ),
        ("limit_kw = 250", "limit_kw = 250,", 7, "this is no TOML"),
        ('id = "t2"', 'id = "t1"', 10, "the id 't1' occurs twice"),
        ('id = "t2"', 'id = "t;2"', 10, "id: "),
        ('transformer = "t1"\n\n[[sites]]\nid = "hall"', '\n\n[[sites]]\nid = "hall"', 21, "one of t1, t2"),
        (
            '"hall"\ntransformer = "t2"',
            '"hall"\ntransformer = "t9"',
            27,
            "no transformer 't9'; there are: t1, t2",
        ),
        ('id = "hall"', 'id = "house-1"', 26, "the id 'house-1' occurs twice"),
        ('site = "house-2"', 'site = "house-9"', 30, "there is no site 'house-9'"),
        ('site = "house-2"', 'site = "house-2"\ntransformer = "t1"', 31, "delete this line"),
        ("capacity_kwh = 10\n", "capacity_kwh = 10000\n", 31, "is it in Wh?"),
        ("reserve = 0.2", "reserve = 20", 43, "less than or equal to 1"),
        ('id = "square"', 'id = "house-2/battery"', 37, "occurs twice in [[batteries]]"),
        ('id = "square"', 'id = "hall"', 37, "is a site's id too"),
        ('measured = "without batteries"', 'measured = "yes"', 2, "'without batteries' or 'with batteries'"),
        ('measured = "without batteries"\n', "\n", 1, "measured is missing"),
        ('name = "Our street"', 'name = "Our street"\nutc_offset = "CET"', 2, "utc_offset: "),
        ('name = "Our street"', 'name = "Our street"\ntimezone = "UTC"', 2, "timezone is not known here"),
        ("[feeder]\nlimit_kw = 2000", "[feeder]\nlimit_kw = -1", 14, "greater than 0"),
    ],
)
def test_a_key_that_is_wrong_is_named(tmp_path: Path, old: str, new: str, line: int, problem: str) -> None:
    assert old in TOML
    refused = refusal(tmp_path, valid() | {"village.toml": TOML.replace(old, new, 1)})
    assert (refused.file, refused.line) == ("village.toml", line)
    assert problem in refused.problem


def test_a_village_without_batteries_is_refused(tmp_path: Path) -> None:
    refused = refusal(tmp_path, valid() | {"village.toml": TOML[: TOML.index("[[batteries]]")]})
    assert "batteries is missing" in refused.problem


def test_tables_may_be_written_on_one_line(tmp_path: Path) -> None:
    inline = 'transformers = [{id = "t1", limit_kw = 250}, {id = "t2", limit_kw = 0}]\n'
    toml = TOML[: TOML.index("[[transformers]]")] + inline + TOML[TOML.index("[feeder]") :]
    refused = refusal(tmp_path, valid() | {"village.toml": toml})
    assert refused.line == 4
