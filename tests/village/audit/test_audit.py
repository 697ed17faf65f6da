"""The audit agrees with an honest account to the cent, and names what is not so in another."""

import json
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from battery_commons.account.basis import MonthRules, Revenue
from battery_commons.account.closing import Closed, close
from battery_commons.account.export import Export, table_file, write_export
from battery_commons.account.ledger import Draft, Entry, EntryKind, append, balances
from battery_commons.account.table import Table
from battery_commons.audit import audit
from battery_commons.audit.chain import COLUMNS
from battery_commons.audit.files import NotAnExportError
from battery_commons.domain.bylaws import SharingRule
from battery_commons.wire.envelope import public_key_text
from tests.village.account.made import FEBRUARY, MARCH, made_month
from tests.village.audit.exported import PUBLIC_KEY, exported, signatures, tampered

NOW = datetime(2027, 4, 4, tzinfo=UTC)
any_rules = st.builds(
    MonthRules,
    st.sampled_from(SharingRule),
    st.integers(0, 10_000),
    st.integers(0, 100_000),
    owners_bear_shortage=st.booleans(),
    wear_1e5=st.integers(0, 10_000),
)


class Account:
    """An account that grows."""

    def __init__(self) -> None:
        self.entries: tuple[Entry, ...] = ()
        self.tables: dict[tuple[str, str, str], str] = {}

    def take_in(self, closed: Closed) -> Closed:
        self.entries += closed.entries
        for month in closed.months:
            for name, table in month.tables.items():
                self.tables[month.basis.period, name, table.digest] = table.text
        return closed


@cache
def honest_account(
    seed: int, homes: int = 2, rules: MonthRules | None = None, revenue: int = 200_000
) -> Account:
    """February, a payment, March, and a correction of February, which closes March again."""
    account = Account()
    feb, mar = (
        made_month(seed, homes, period, rules, revenue)
        if rules
        else made_month(seed, homes, period, revenue_cents=revenue)
        for period in (FEBRUARY, MARCH)
    )
    closed = account.take_in(close([feb], (), None, NOW))
    due = balances(account.entries).get("h0", 0)
    if due:
        paid = [
            Draft(FEBRUARY, "h0", EntryKind.PAYMENT, -due),
            Draft(FEBRUARY, "bank", EntryKind.PAYMENT, due, "list 1"),
        ]
        account.entries += append(account.entries[-1], NOW + timedelta(days=1), paid)
    carried = closed.months[0].carried
    account.take_in(close([mar], account.entries, carried, NOW + timedelta(days=2)))
    more = replace(feb, revenues=(Revenue("cbc", revenue + 4_000),))
    account.take_in(close([more, mar], account.entries, None, NOW + timedelta(days=3)))
    return account


@pytest.fixture(scope="module")
def export(tmp_path_factory: pytest.TempPathFactory) -> Path:
    account = honest_account(1)
    return exported(tmp_path_factory.mktemp("audit") / "account", account.entries, account.tables)


@settings(max_examples=6, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.integers(0, 2**32), st.integers(0, 3), any_rules, st.integers(-20_000, 400_000))
def test_it_agrees_with_any_honest_account(
    tmp_path_factory: pytest.TempPathFactory, seed: int, homes: int, rules: MonthRules, revenue: int
) -> None:
    account = honest_account(seed, homes, rules, revenue)
    path = exported(tmp_path_factory.mktemp("any") / "account.zip", account.entries, account.tables)
    report = audit(path, PUBLIC_KEY)
    assert report.differences == []
    assert (report.village, report.entries, report.closings) == ("Ansen", len(account.entries), 4)


@settings(max_examples=12, deadline=None)
@given(st.data())
def test_whatever_stands_in_a_file_is_told_as_a_difference(export: Path, data: st.DataObject) -> None:
    file = data.draw(st.sampled_from(sorted(export.rglob("*.csv"))))
    before = file.read_text()
    first, *rows = before.splitlines()
    cells = st.sampled_from([*first.split(","), *rows[:1]]) | st.text(
        st.characters(exclude_categories=["Cs"])
    )
    lines = data.draw(st.lists(st.lists(cells, max_size=11).map(",".join), max_size=4))
    file.write_text("\n".join([first, *lines]), newline="")
    try:
        assert audit(export).differences
    finally:
        file.write_text(before)


@pytest.mark.parametrize(
    "table", ["quarter-hours-h0", "prices", "tariffs", "revenue", "grid", "rules", "batteries"]
)
def test_a_tampered_row_of_each_kind_is_named_with_what_was_found(export: Path, table: str) -> None:
    name = min(file.relative_to(export).as_posix() for file in export.glob(f"tables/{FEBRUARY}/{table}-*"))
    with tampered(export, name, line=2, column=1) as after:
        differences = audit(export).differences
    row = after.rsplit(",", 1)[0]
    assert any(each.where == f"{name}, line 2" and each.found == row for each in differences)


def remove(lines: list[str], at: int) -> None:
    del lines[at]


def repeat(lines: list[str], at: int) -> None:
    lines.insert(at, lines[at])


def swap(lines: list[str], at: int) -> None:
    lines[at - 1], lines[at] = lines[at], lines[at - 1]


@pytest.mark.parametrize("change", [remove, repeat, swap])
@pytest.mark.parametrize("name", ["ledger", "prices", "quarter-hours-h0"])
def test_a_row_that_is_missing_or_moved_is_found(
    export: Path, name: str, change: Callable[[list[str], int], None]
) -> None:
    file = min(export.rglob(f"{name}*.csv"))
    before = file.read_text()
    lines = before.splitlines()
    change(lines, 5)
    file.write_text("\n".join(lines) + "\n")
    differences = audit(export).differences
    file.write_text(before)
    assert any(file.name in each.where for each in differences)


def test_files_that_are_missing_or_too_many_are_found(export: Path, tmp_path: Path) -> None:
    folder = tmp_path / "account"
    shutil.copytree(export, folder)
    missing = min(folder.rglob("prices-*"))
    missing.rename(missing.with_name("prices-0123456789ab.csv"))
    where = {each.where for each in audit(folder).differences}
    assert {missing.relative_to(folder).as_posix(), f"tables/{FEBRUARY}/prices-0123456789ab.csv"} <= where


def test_a_ledger_that_is_written_anew_has_no_signature_of_the_village(tmp_path: Path) -> None:
    account = honest_account(1)
    path = exported(tmp_path / "account", account.entries, account.tables)
    share = next(entry for entry in account.entries if entry.kind is EntryKind.SHARE)
    forged = rewritten(account.entries, share.number, share.cents + 100)
    write_ledger(path, forged)
    where = [each.where for each in audit(path).differences]
    assert f"ledger.csv, entry {account.entries[-1].number}" in where
    assert any("share" in each for each in where)


def test_a_table_that_is_written_anew_is_not_the_one_that_was_settled(tmp_path: Path) -> None:
    account = honest_account(1)
    path = exported(tmp_path / "account", account.entries, account.tables)
    (period, name, digest), text = next(
        each for each in account.tables.items() if each[0][:2] == (MARCH, "quarter-hours-h0")
    )
    table = Table.read(name, text)
    start, house_w, *rest = table.rows[700]
    forged = replace(
        table, rows=(*table.rows[:700], (start, f"{int(house_w) - 90_000}", *rest), *table.rows[701:])
    )
    file = table_file(period, name, digest)
    (path / file).write_text(forged.text)
    differences = audit(path).differences
    assert any(each.where == file and each.found.endswith(forged.digest) for each in differences)
    assert any("h0 made_whole" in each.where for each in differences)


def test_another_key_than_the_one_that_homes_know_is_found(tmp_path: Path) -> None:
    account = honest_account(1)
    other = Ed25519PrivateKey.generate()
    signed, key = signatures(account.entries, other), public_key_text(other.public_key())
    write_export(tmp_path / "account", Export("Ansen", key, account.entries, signed, account.tables))
    assert audit(tmp_path / "account").is_right
    where = [each.where for each in audit(tmp_path / "account", PUBLIC_KEY).differences]
    assert where[:2] == ["account.json", "signatures.csv, line 2"]
    assert set(where[2:]) == {*(f"signatures.csv, line {n}" for n in (3, 4, 5)), "signatures.csv"}


def test_a_village_that_settles_wrongly_and_signs_it_is_found(tmp_path: Path) -> None:
    account = honest_account(1)
    shares = [entry for entry in account.entries if entry.kind is EntryKind.SHARE][:2]
    forged = rewritten(account.entries, shares[0].number, shares[0].cents + 1)
    forged = rewritten(forged, shares[1].number, shares[1].cents - 1)
    path = exported(tmp_path / "account", forged, account.tables)
    differences = audit(path).differences
    first = next(
        each for each in differences if each.where.startswith(f"ledger.csv, entry {shares[0].number}:")
    )
    assert (first.expected, first.found) == (f"{shares[0].cents} cents", f"{shares[0].cents + 1} cents")


def test_a_correction_that_stops_half_way_is_found(tmp_path: Path) -> None:
    account = honest_account(1)
    last = max(entry.number for entry in account.entries if entry.kind is EntryKind.CLOSING)
    path = exported(tmp_path / "account", account.entries[: last - 1], account.tables)
    assert any(each.expected == f"after it, {MARCH} closed again" for each in audit(path).differences)


def test_money_that_no_closing_explains_is_found(tmp_path: Path) -> None:
    account = honest_account(1)
    gift = [Draft(MARCH, "h0", EntryKind.SHARE, 500), Draft(MARCH, "fund", EntryKind.FUND, -500)]
    use = [Draft(MARCH, "fund", EntryKind.FUND_USE, -1), Draft(MARCH, "bank", EntryKind.FUND_USE, 1)]
    entries = account.entries + append(account.entries[-1], NOW + timedelta(days=5), [*use, *gift])
    path = exported(tmp_path / "account", entries, account.tables)
    assert [each.expected for each in audit(path).differences] == ["part of a closing"] * 2


def rewritten(entries: tuple[Entry, ...], number: int, cents: int) -> tuple[Entry, ...]:
    """The whole chain anew, with other cents in one entry; its sums are not looked at."""
    forged: list[Entry] = []
    for entry in entries:
        amount = cents if entry.number == number else entry.cents
        draft = Draft(entry.period, entry.account, entry.kind, amount, entry.detail, entry.corrects)
        against = Draft(entry.period, "x", entry.kind, -amount)
        forged.append(append(forged[-1] if forged else None, entry.at, [draft, against])[0])
    return tuple(forged)


def write_ledger(path: Path, entries: tuple[Entry, ...]) -> None:
    other = path.with_name("forged")
    exported(other, entries, {})
    shutil.copy(other / "ledger.csv", path / "ledger.csv")


@pytest.mark.parametrize(
    "detail", ["", "[1, 2]", "[[1, 2]]", pytest.param("[" * 100_000, id="deep"), '{"prices": 3}']
)
def test_a_closing_that_names_no_tables_is_a_difference(tmp_path: Path, detail: str) -> None:
    entries = append(None, NOW, [Draft(FEBRUARY, "grid", EntryKind.CLOSING, 0, detail)])
    assert audit(exported(tmp_path / "account", entries, {})).differences


@pytest.mark.parametrize(
    "about",
    [
        "",
        pytest.param("[" * 100_000, id="deep"),
        "{}",
        "[]",
    ],
)
def test_what_is_no_account_is_refused_with_a_reason(tmp_path: Path, about: str) -> None:
    (tmp_path / "account.json").write_text(about)
    (tmp_path / "ledger.csv").write_text("")
    with pytest.raises(NotAnExportError, match=r"does not say in account\.json"):
        audit(tmp_path)


def test_another_format_is_refused_by_its_name(tmp_path: Path) -> None:
    about = {"format": "battery-commons account 2", "village": "", "public_key": ""}
    (tmp_path / "account.json").write_text(json.dumps(about))
    (tmp_path / "ledger.csv").write_text("")
    with pytest.raises(NotAnExportError, match=r"has the format 'battery-commons account 2'; this reads"):
        audit(tmp_path)


def test_a_file_that_is_no_archive_is_refused_with_a_reason(tmp_path: Path) -> None:
    (tmp_path / "a.zip").write_bytes(b"PK\x03\x04 and no more")
    for path in (tmp_path / "a.zip", tmp_path / "nothing.zip", tmp_path):
        with pytest.raises(NotAnExportError):
            audit(path)


def test_two_files_of_one_name_in_an_archive_are_refused(tmp_path: Path) -> None:
    account = honest_account(1)
    path = exported(tmp_path / "a.zip", account.entries, account.tables)
    with zipfile.ZipFile(path, "a") as archive, pytest.warns(UserWarning, match="Duplicate name"):
        archive.writestr("ledger.csv", archive.read("ledger.csv"))
    with pytest.raises(NotAnExportError, match="two files of one name"):
        audit(path)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_an_archive_that_was_damaged_is_refused_or_still_the_same(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    about = {"format": "battery-commons account 1", "village": "", "public_key": PUBLIC_KEY}
    path = tmp_path_factory.mktemp("damaged") / "a.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("account.json", json.dumps(about))
        archive.writestr("ledger.csv", ",".join(COLUMNS) + "\n")
        archive.writestr("signatures.csv", "number,hash,signature\n")
    damaged = bytearray(path.read_bytes())
    damaged[data.draw(st.integers(0, len(damaged) - 1))] ^= 1 << data.draw(st.integers(0, 7))
    path.write_bytes(damaged)
    with suppress(NotAnExportError):
        audit(path)


def test_it_needs_nothing_of_what_it_checks() -> None:
    code = (
        "import sys, battery_commons.audit;"
        "print([name for name in sys.modules if name.startswith(('numpy', 'battery_commons.')) "
        "and not name.startswith('battery_commons.audit')])"
    )
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)  # noqa: S603
    assert result.stdout.strip() == "[]"
