"""Whatever is changed in an export is found and its file named; and what a village signs that is not so."""

import base64
import csv
import io
import json
import shutil
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from battery_commons.account.basis import MonthRules
from battery_commons.account.closing import close
from battery_commons.account.ledger import SETTLED, Draft, Entry, EntryKind, append, balances
from battery_commons.account.table import Row, Table
from battery_commons.audit import audit
from battery_commons.audit.files import NotAnExportError
from battery_commons.domain.bylaws import SharingRule
from tests.village.account.made import FEBRUARY, made_month
from tests.village.audit.exported import exported
from tests.village.audit.test_audit import NOW, Account, honest_account

type Cells = list[list[str]]


@pytest.fixture(scope="module")
def export(tmp_path_factory: pytest.TempPathFactory) -> Path:
    account = honest_account(1, homes=1)
    path = exported(tmp_path_factory.mktemp("audit") / "account", account.entries, account.tables)
    assert audit(path).is_right
    return path


# --- Somebody changes the files ---------------------------------------------------------------


def cells_of(text: str) -> Cells:
    return list(csv.reader(io.StringIO(text, newline="")))


def text_of(cells: Cells) -> str:
    file = io.StringIO()
    csv.writer(file, lineterminator="\n").writerows(cells)
    return file.getvalue()


@st.composite
def other_cell(draw: st.DrawFn, cell: str) -> str:
    """The same number in other figures, the same bytes in other base64, or anything else."""
    number = cell.removeprefix("-").isdecimal()
    written = [
        f"+{cell}",
        f"0{cell}",
        f"{cell}_0",
        f" {cell}",
        cell.translate({48 + n: 0x660 + n for n in range(10)}),
    ]
    if cell.endswith("="):
        padding = len(cell) - len(cell.rstrip("="))
        written = [cell[: -padding - 1] + letter + "=" * padding for letter in "BRhx+/"]
    anything = st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=8)
    return draw(
        st.sampled_from([*written, cell.upper(), "", "yes", "no", "-1"])
        if number
        else st.sampled_from([*written, cell.upper(), ""]) | anything
    )


def change_cell(data: st.DataObject, cells: Cells) -> None:
    line = cells[data.draw(st.integers(0, len(cells) - 1))]
    column = data.draw(st.integers(0, len(line) - 1))
    line[column] = data.draw(other_cell(line[column]))


def take_cell_of_another_line(data: st.DataObject, cells: Cells) -> None:
    one, other = (cells[data.draw(st.integers(0, len(cells) - 1))] for _ in range(2))
    column = data.draw(st.integers(0, len(one) - 1))
    one[column] = other[column]


def remove_line(data: st.DataObject, cells: Cells) -> None:
    del cells[data.draw(st.integers(0, len(cells) - 1))]


def repeat_line(data: st.DataObject, cells: Cells) -> None:
    line = data.draw(st.integers(0, len(cells) - 1))
    cells.insert(line, [*cells[line]])


def move_line(data: st.DataObject, cells: Cells) -> None:
    line = cells.pop(data.draw(st.integers(0, len(cells) - 1)))
    cells.insert(data.draw(st.integers(0, len(cells))), line)


def add_cell(data: st.DataObject, cells: Cells) -> None:
    cells[data.draw(st.integers(0, len(cells) - 1))].append(data.draw(st.sampled_from(["", "0", "x"])))


def cut_short(data: st.DataObject, cells: Cells) -> None:
    del cells[data.draw(st.integers(0, len(cells) - 1)) :]


def swap_columns(data: st.DataObject, cells: Cells) -> None:
    one, other = (data.draw(st.integers(0, len(cells[0]) - 1)) for _ in range(2))
    for line in cells:
        line[one], line[other] = line[other], line[one]


CHANGES: Sequence[Callable[[st.DataObject, Cells], None]] = (
    change_cell,
    take_cell_of_another_line,
    remove_line,
    repeat_line,
    move_line,
    add_cell,
    cut_short,
    swap_columns,
)


@settings(max_examples=25, deadline=None)
@given(st.data())
def test_any_change_of_any_file_is_found_and_the_file_named(export: Path, data: st.DataObject) -> None:
    kind = data.draw(st.sampled_from(["ledger.csv", "signatures.csv", "tables"]))
    files = sorted(export.rglob("tables/**/*.csv")) if kind == "tables" else [export / kind]
    file = data.draw(st.sampled_from(files))
    before = file.read_text()
    cells = cells_of(before)
    data.draw(st.sampled_from(CHANGES))(data, cells)
    after = text_of(cells)
    assume(cells_of(after) != cells_of(before))
    file.write_text(after)
    try:
        differences = audit(export).differences
    finally:
        file.write_text(before)
    name = file.relative_to(export).as_posix()
    assert any(name in each.where for each in differences), differences


@settings(max_examples=10, deadline=None)
@given(st.data())
def test_a_file_that_is_not_its_own_is_found(export: Path, data: st.DataObject) -> None:
    files = sorted(export.rglob("*.csv"))
    file = data.draw(st.sampled_from(files))
    before = file.read_text()
    other = data.draw(st.sampled_from([each.read_text() for each in files] + [None, ""]))
    assume(other != before)
    name = file.relative_to(export).as_posix()
    if other is None:
        file.unlink()
    else:
        file.write_text(other)
    try:
        assert any(name in each.where for each in audit(export).differences)
    except NotAnExportError:
        assert (name, other) == ("ledger.csv", None)
    finally:
        file.write_text(before)


def test_a_key_that_is_not_the_villages_is_found(export: Path, tmp_path: Path) -> None:
    folder = tmp_path / "account"
    shutil.copytree(export, folder)
    about = json.loads((folder / "account.json").read_text())
    key = bytearray(base64.b64decode(about["public_key"]))
    key[3] ^= 1
    about["public_key"] = base64.b64encode(key).decode()
    (folder / "account.json").write_text(json.dumps(about))
    assert not audit(folder).is_right


# --- The village itself books what is not so, and signs it ------------------------------------


def written_anew(account: Account, change: Callable[[Entry], Draft]) -> tuple[Entry, ...]:
    """The whole chain anew, with each entry as `change` has it; its sums are not looked at."""
    forged: list[Entry] = []
    for entry in account.entries:
        draft = change(entry)
        against = Draft(draft.period, "x", draft.kind, -draft.cents)
        forged.append(append(forged[-1] if forged else None, entry.at, [draft, against])[0])
    return tuple(forged)


def same(entry: Entry) -> Draft:
    return Draft(entry.period, entry.account, entry.kind, entry.cents, entry.detail, entry.corrects)


@settings(max_examples=12, deadline=None)
@given(st.data())
def test_any_other_entry_of_a_closing_is_found_though_it_is_signed(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    account = honest_account(1, homes=1)
    settled = [entry for entry in account.entries if entry.kind in {EntryKind.CLOSING, *SETTLED}]
    entry = data.draw(st.sampled_from(settled))
    others: dict[str, st.SearchStrategy[Any]] = {
        "period": st.sampled_from(["2027-01", "2027-02", "2027-03", "2027-04", "", "1999-13"]),
        "account": st.sampled_from(["h0", "h1", "grid", "fund", "bank", ""]),
        "kind": st.sampled_from(EntryKind),
        "cents": st.integers(-(10**6), 10**6),
        "corrects": st.none() | st.integers(0, len(account.entries)),
        "detail": st.sampled_from(["", "cbc", "call", "{}", settled[0].detail, settled[-1].detail]),
    }
    name = data.draw(st.sampled_from(sorted(others)))
    lie = replace(same(entry), **{name: data.draw(others[name])})
    assume(lie != same(entry))
    forged = written_anew(account, lambda each: lie if each.number == entry.number else same(each))
    path = exported(tmp_path_factory.mktemp("forged") / "account", forged, account.tables)
    assert audit(path).differences


@pytest.mark.parametrize(
    ("drafts", "expected"),
    [
        ([("h0", EntryKind.PAYMENT, 100), ("bank", EntryKind.PAYMENT, -100)], "a payment of at most"),
        ([("h0", EntryKind.PAYMENT, -(10**6)), ("bank", EntryKind.PAYMENT, 10**6)], "a payment of at most"),
        ([("h0", EntryKind.PAYMENT, -1), ("h1", EntryKind.PAYMENT, 1)], "a payment of at most"),
        ([("h0", EntryKind.PAYMENT, -1), ("fund", EntryKind.PAYMENT, 1)], "a payment to a home"),
        ([("h0", EntryKind.PAYMENT, -1), ("bank", EntryKind.FUND_USE, 1)], "a sum of 0 cents"),
        ([("fund", EntryKind.FUND_USE, -(10**6)), ("bank", EntryKind.FUND_USE, 10**6)], "a use of at most"),
        ([("h0", EntryKind.FUND_USE, -1), ("bank", EntryKind.FUND_USE, 1)], "something that fund pays"),
        ([("h0", EntryKind.CLOSING, 1), ("bank", EntryKind.CLOSING, -1)], "no money"),
    ],
)
def test_money_that_goes_where_none_is_due_is_found(
    tmp_path: Path, drafts: list[tuple[str, EntryKind, int]], expected: str
) -> None:
    account = honest_account(1)
    assert balances(account.entries)["h0"] > 1
    booked = [Draft("2027-04", *each) for each in drafts]
    entries = account.entries + append(account.entries[-1], NOW + timedelta(days=5), booked)
    differences = audit(exported(tmp_path / "account", entries, account.tables)).differences
    assert any(each.expected.startswith(expected) for each in differences), differences


def test_an_entry_of_a_kind_that_there_is_not_is_found(tmp_path: Path) -> None:
    account = honest_account(1)
    paid = [Draft("2027-04", "h0", EntryKind.PAYMENT, -1), Draft("2027-04", "bank", EntryKind.PAYMENT, 1)]
    entries = account.entries + append(account.entries[-1], NOW + timedelta(days=5), paid)
    path = exported(tmp_path / "account", entries, account.tables)
    ledger = path / "ledger.csv"
    ledger.write_text(ledger.read_text().replace(",h0,payment,-1,", ",h0,gift,-1,"))
    expected = [each.expected for each in audit(path).differences]
    assert "a kind of entry that there is" in expected


def test_a_correction_by_other_rules_than_the_months_own_is_found(tmp_path: Path) -> None:
    account, month = Account(), made_month(1, 2)
    account.take_in(close([month], (), None, NOW))
    rules = MonthRules(SharingRule.EQUAL, 9_000, 0, owners_bear_shortage=False)
    account.take_in(close([replace(month, rules=rules)], account.entries, None, NOW + timedelta(days=1)))
    [difference] = audit(exported(tmp_path / "account", account.entries, account.tables)).differences
    assert difference.where.startswith(f"tables/{FEBRUARY}/rules-")


def first_day(row: Row) -> Row:
    return (*row[:3], "2026-12-01", row[4])


def last_day(row: Row) -> Row:
    return (*row[:4], "2027-02-15")


def nobody(row: Row) -> Row:
    return ("nobody", *row[1:])


def never(row: Row) -> Row:
    return (row[0], "2027-03-01T12:00Z", *row[2:])


def perpetual(row: Row) -> Row:
    return (*row[:5], "10001", *row[6:])


@pytest.mark.parametrize(
    ("name", "change"),
    [
        pytest.param("homes", first_day, id="more days than the month has"),
        pytest.param("homes", last_day, id="readings from after the membership"),
        pytest.param("homes", nobody, id="a home without readings"),
        pytest.param("tariffs", never, id="a tariff from another month"),
        pytest.param("tariffs", nobody, id="a tariff of nobody"),
        pytest.param("batteries", perpetual, id="a battery that gains energy"),
    ],
)
def test_a_table_that_no_month_can_rest_on_is_found_though_it_is_signed(
    tmp_path: Path, name: str, change: Callable[[Row], Row]
) -> None:
    account = Account()
    account.take_in(close([made_month(1, 2)], (), None, NOW))
    digests = json.loads(account.entries[0].detail)
    table = Table.read(name, account.tables.pop((FEBRUARY, name, digests[name])))
    forged = replace(table, rows=(change(table.rows[0]), *table.rows[1:]))
    account.tables[FEBRUARY, name, forged.digest] = forged.text
    detail = json.dumps(digests | {name: forged.digest}, sort_keys=True, separators=(",", ":"))
    entries = written_anew(
        account, lambda each: replace(same(each), detail=detail) if each.number == 1 else same(each)
    )
    [difference] = audit(exported(tmp_path / "account", entries, account.tables)).differences
    assert difference.where == f"the tables of {FEBRUARY}"
