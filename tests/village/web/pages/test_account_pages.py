"""The volunteer's pages of the account: months, revenue, statements, payments, and a home's own money."""

import io
import shutil
import zipfile
from collections.abc import AsyncIterator, Iterator
from contextlib import closing
from datetime import date, timedelta
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from aiohttp.test_utils import TestClient, TestServer

from battery_commons.account.keeping.leaving import leave
from battery_commons.account.period import month_grid
from battery_commons.audit import audit
from battery_commons.domain.home_tariff import HomeTariff, TariffKind
from battery_commons.domain.iban import BankAccount
from battery_commons.domain.plan import ControlModel
from battery_commons.store import Store
from battery_commons.store.audit import Act
from battery_commons.web.pages.app import pages_app
from battery_commons.web.server import VillageServer
from tests.village.account_store import KEY, Kept, kept, with_month
from tests.village.web.conftest import Client
from tests.village.web.page_reader import drawn, opened

MAY = "2026-05"
END = month_grid(MAY).end
MONTH = f"/account/month?period={MAY}"
IBAN = "NL91ABNA0417164300"
_PAIN = "{urn:iso:std:iso:20022:tech:xsd:pain.001.001.09}"


@pytest.fixture(scope="module")
def lived(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A village of two homes that lived through May."""
    path = tmp_path_factory.mktemp("lived") / "village.db"
    with closing(Store.open(path)) as store:
        with_month(store, MAY, "De Eik", "De Linde")
    return path


@pytest.fixture
def account(lived: Path, tmp_path: Path) -> Iterator[Kept]:
    copied = shutil.copy(lived, tmp_path / "lived.db")
    with closing(Store.open(Path(copied))) as store:
        yield kept(store, END + timedelta(days=7))


@pytest.fixture
async def pages(account: Kept) -> AsyncIterator[Client]:
    village = VillageServer(
        store=account.store,
        key=KEY,
        clock=account.clock,
        control_model=lambda: ControlModel.M4,
        current_plan=lambda: None,
        forecast_scores=dict,
        readings_taken=lambda _: None,
        peaks_shaved_w=dict,
    )
    account.books = village.books
    async with TestClient(TestServer(pages_app(village))) as client:
        yield client


async def with_revenue(pages: Client, eur: str = "123,45") -> None:
    form = await opened(pages, MONTH)
    done = await form.send("account/revenue", contract="other", eur=eur, evidence="invoice 7")
    assert "The amount is kept." in done.text


async def closed(pages: Client) -> None:
    await with_revenue(pages)
    done = await (await opened(pages, MONTH)).send("account/close")
    assert "The month is closed." in done.text


async def with_bank_accounts(pages: Client, account: Kept) -> None:
    home = account.store.homes()[0]
    form = await opened(pages, f"/homes/{home.id}/money")
    done = await form.send("money/bank", holder="J. de Vries", iban="nl91 abna 0417 1643 00")
    assert "The bank account is kept." in done.text
    form = await opened(pages, "/account/payments")
    await form.send("payments/own", holder="Coöperatie Ansen", iban="NL20INGB0001234567")


# --- Months -----------------------------------------------------------------------------------


async def test_months_are_listed_with_how_far_they_are(pages: Client) -> None:
    page = await opened(pages, "/account")

    assert page.status == 200
    assert "May 2026" in page.text
    assert "draft, to be looked at" in page.text
    assert "June 2026" in page.text
    assert "running" in page.text


async def test_the_account_begins_when_a_volunteer_says_that_the_members_know(
    village: VillageServer,
) -> None:
    async with TestClient(TestServer(pages_app(village))) as pages:
        before = await opened(pages, "/account")
        assert "The account has not begun." in before.text

        unticked = await before.send("account/begin", told="")
        assert "tick the box" in unticked.text
        assert village.store.account_months() == {}

        begun = await before.send("account/begin", told="yes")
        assert "The account has begun, with today." in begun.text
        assert "running" in begun.text


async def test_before_the_account_begins_nothing_is_due(village: VillageServer) -> None:
    async with TestClient(TestServer(pages_app(village))) as pages:
        assert "Nothing is due" in (await opened(pages, "/account/payments")).text
        assert "Nothing has been booked yet." in (await opened(pages, "/account/ledger")).text


async def test_a_draft_shows_what_each_home_would_get(pages: Client) -> None:
    await with_revenue(pages)

    page = await opened(pages, MONTH)

    assert "De Eik" in page.text
    assert "Grid operators paid €\N{NO-BREAK SPACE}123.45" in page.text
    assert "invoice 7" in page.text
    assert "Close this month" in page.text


async def test_a_closed_month_changes_by_a_correction_only(pages: Client, account: Kept) -> None:
    await closed(pages)
    assert "Close this month" not in (await opened(pages, MONTH)).text
    await with_revenue(pages, "-3.45")

    page = await opened(pages, MONTH)
    assert "other figures have come in: revenue" in page.text
    done = await page.send("account/correct")

    assert "The differences are booked." in done.text
    assert [each.act for each in account.store.audit()][:2] == [Act.MONTH_CORRECTED, Act.REVENUE_TYPED]
    assert "corrects 1" in (await opened(pages, "/account/ledger")).text


async def test_a_month_that_runs_says_from_when_it_can_be_closed(pages: Client) -> None:
    page = await opened(pages, "/account/month?period=2026-06")

    assert "can be closed from Mon 06-07-2026 on" in page.text
    assert "Close this month" not in page.text
    gone_back = await pages.get("/account/close", allow_redirects=False)
    assert gone_back.status == 303


async def test_it_is_told_in_dutch(pages: Client) -> None:
    page = await opened(pages, f"{MONTH}&lang=nl")

    assert "mei 2026" in page.text.lower()
    assert "Deze maand afsluiten" in page.text


async def test_what_makes_no_sense_is_said_and_kept_nowhere(pages: Client, account: Kept) -> None:
    form = await opened(pages, MONTH)
    good = {"contract": "other", "eur": "5", "evidence": "invoice"}

    for field, value in (
        ("contract", "c9"),
        ("eur", ""),
        ("eur", "nan"),
        ("eur", "1.234,56"),
        ("eur", "0.001"),
        ("eur", "9999999999"),
        ("evidence", ""),
        ("evidence", "x" * 201),
    ):
        wrong = await form.send("account/revenue", **good | {field: value})
        assert (wrong.status, 'aria-invalid="true"' in wrong.text) == (422, True), (field, value)

    assert account.store.revenues() == []


async def test_an_amount_that_is_sent_twice_is_kept_once(pages: Client, account: Kept) -> None:
    await with_revenue(pages)

    again = await (await opened(pages, MONTH)).send(
        "account/revenue", contract="other", eur="123.45", evidence="invoice 7"
    )

    assert (again.status, len(account.store.revenues())) == (422, 1)
    assert "This amount is there already" in again.text
    await with_revenue(pages, "-123.45")


async def test_an_amount_of_a_month_too_long_ago_to_be_corrected_is_refused(
    pages: Client, account: Kept
) -> None:
    await closed(pages)
    form = await opened(pages, MONTH)
    account.store.forget_gathered(before="2026-06")

    late = [
        await form.send("account/revenue", contract="other", eur="5", evidence="invoice 8"),
        await form.send("account/revenue/remove"),
    ]

    for answer in late:
        assert answer.status == 422
        assert "too long ago to be corrected" in answer.text
        assert "Take out</button>" not in answer.text
    assert [each.evidence for each in account.store.revenues()] == ["invoice 7"]
    assert "too long ago to be corrected" in (await opened(pages, MONTH)).text


async def test_an_amount_can_be_taken_out(pages: Client, account: Kept) -> None:
    await with_revenue(pages)
    assert len(account.store.revenues()) == 1

    done = await (await opened(pages, MONTH)).send("revenue/remove")

    assert "The amount is taken out." in done.text
    assert account.store.revenues() == []


async def test_the_rule_is_held_against_what_each_home_took_off_the_peak(pages: Client) -> None:
    page = await opened(pages, f"/account/fairness?period={MAY}")

    assert "Dorpsstraat" in page.text
    assert "Without steering together the peak would have been" in page.text
    assert "De Linde" in page.text
    assert "exact" in page.text
    assert "Months" in (await opened(pages, "/account/fairness?period=2031-01")).text


# --- Statements, ledger, export ---------------------------------------------------------------


async def test_a_statement_explains_each_line(pages: Client, account: Kept) -> None:
    await closed(pages)
    number = account.books.dues()[0].account
    where = f"/account/statement/%s?period={MAY}&account={number}&lang=%s"

    english = await (await pages.get(where % ("csv", "en"))).text()
    dutch = await (await pages.get(where % ("csv", "nl"))).text()
    paper = await drawn(pages, where % ("pdf", "nl"))

    assert "What it would have cost alone" in english
    assert "Wat het alleen had gekost" in dutch
    assert english.count("\n") == dutch.count("\n") > 8
    assert paper.content_type == "application/pdf"
    assert (await paper.read()).startswith(b"%PDF")
    assert "no-store" in paper.headers["Cache-Control"]


async def test_a_statement_of_nobody_leads_back(pages: Client) -> None:
    for query in ("period=2026-05&account=nobody", "period=2031-01&account=x", "period=&account="):
        answer = await pages.get(f"/account/statement/pdf?{query}", allow_redirects=False)
        assert answer.status == 303


async def test_everything_can_be_downloaded_and_audited(pages: Client, tmp_path: Path) -> None:
    await closed(pages)

    body = await (await pages.get("/account/export.zip")).read()

    (tmp_path / "account.zip").write_bytes(body)
    with zipfile.ZipFile(io.BytesIO(body)) as archive:
        assert not any(b"De Eik" in archive.read(name) for name in archive.namelist())
    assert audit(tmp_path / "account.zip").is_right
    table = await (await pages.get("/account/ledger.csv")).text()
    assert table.startswith("number,at,period,account,kind,cents")


# --- Payments ---------------------------------------------------------------------------------


async def test_the_bank_gets_a_list_that_its_schema_allows_and_nothing_is_booked_by_it(
    pages: Client, account: Kept
) -> None:
    await closed(pages)
    await with_bank_accounts(pages, account)
    home = account.store.homes()[0]
    [due] = [each for each in account.books.dues() if each.home_id == home.id]

    answer = await pages.get("/account/payments/list.xml?on=2026-06-12")

    body = ET.fromstring(await answer.read())  # noqa: S314 - our own
    amounts = [each.text for each in body.iter(f"{_PAIN}InstdAmt")]
    assert amounts == [f"{due.cents / 100:.2f}"]
    ibans = [each.text for each in body.iter(f"{_PAIN}IBAN")]
    assert ibans == ["NL20INGB0001234567", IBAN]
    assert [each.text for each in body.iter(f"{_PAIN}Dt")] == ["2026-06-12"]
    assert next(each for each in account.books.dues() if each.home_id == home.id) == due
    table = await (await pages.get("/account/payments/list.csv?on=2026-06-12")).text()
    assert f"J. de Vries,{IBAN}" in table


async def test_the_same_list_has_the_same_id_so_that_no_bank_pays_it_twice(
    pages: Client, account: Kept
) -> None:
    await closed(pages)
    await with_bank_accounts(pages, account)

    lists = [await (await pages.get("/account/payments/list.xml?on=2026-06-12")).read() for _ in range(2)]

    assert lists[0] == lists[1]


async def test_once_the_bank_has_paid_it_is_booked_and_due_no_more(pages: Client, account: Kept) -> None:
    await closed(pages)
    await with_bank_accounts(pages, account)
    before = {each.account: each.cents for each in account.books.dues()}
    shown = await opened(pages, "/account/payments?on=2026-06-12")

    done = await shown.send("payments/book")
    again = await shown.send("payments/book")

    assert "The payments are booked." in done.text
    assert "Nothing was booked" in again.text
    dues = account.books.dues()
    assert sorted(each.cents == 0 for each in dues) == [False, True]
    assert sum(before.values()) > sum(each.cents for each in dues)


async def test_a_home_without_a_bank_account_is_paid_by_hand(pages: Client, account: Kept) -> None:
    await closed(pages)
    due = account.books.dues()[0]
    page = await opened(pages, "/account/payments")
    assert "no bank account is known" in page.text

    wrong = await page.send("payments/one", account=due.account, eur="9999", on="2026-06-10")
    right = await page.send(
        "payments/one", account=due.account, eur=f"{due.cents / 100:.2f}", on="2026-06-10"
    )

    assert "more than is due" in wrong.text
    assert "The payments are booked." in right.text
    assert account.books.dues()[0].cents == 0


async def test_what_is_sent_twice_is_booked_once(pages: Client, account: Kept) -> None:
    await closed(pages)
    due = account.books.dues()[0]
    page = await opened(pages, "/account/payments")

    for _ in range(2):
        done = await page.send("payments/one", account=due.account, eur="0.01", on="2026-06-10")

    assert "Nothing was booked" in done.text
    assert account.books.dues()[0].cents == due.cents - 1


async def test_a_home_that_left_is_named_by_its_account_alone(pages: Client, account: Kept) -> None:
    await closed(pages)
    await with_bank_accounts(pages, account)
    home = account.store.homes()[0]

    leave(account.store, home.id, account.clock.at)

    page = await opened(pages, "/account/payments")
    assert "De Eik" not in page.text
    assert IBAN not in page.text
    assert "its bank account was erased" in page.text
    assert "has left" in (await opened(pages, MONTH)).text


async def test_the_fund_cannot_be_overdrawn(pages: Client) -> None:
    await closed(pages)
    page = await opened(pages, "/account/payments")

    assert "The fund holds €\N{NO-BREAK SPACE}0.00." in page.text


# --- A home's own money -----------------------------------------------------------------------


async def test_a_home_has_its_own_contract_from_a_day_on(pages: Client, account: Kept) -> None:
    home = account.store.homes()[0]
    form = await opened(pages, f"/homes/{home.id}/money")

    done = await form.send(
        "money/tariff", first_day="2026-05-01", kind="two_tariff", energy="0,16", energy_low="0.12"
    )

    assert "From Fri 01-05-2026: Normal € 0.160, low € 0.120" in done.text
    assert account.store.home_tariffs()[home.id] == [
        (date(2026, 5, 1), HomeTariff(TariffKind.TWO_TARIFF, 0.16, energy_low=0.12, net_metering=True))
    ]
    gone = await done.send("tariff/remove")
    assert "The tariff is removed." in gone.text


async def test_a_contract_that_makes_no_sense_is_not_kept(pages: Client, account: Kept) -> None:
    home = account.store.homes()[0]
    form = await opened(pages, f"/homes/{home.id}/money")

    for field, value in (
        ("first_day", "soon"),
        ("kind", "free"),
        ("energy", "16"),
        ("energy", "inf"),
        ("energy_tax", "-1"),
        ("vat", "210"),
        ("feed_in_costs", "x"),
    ):
        wrong = await form.send("money/tariff", **{field: value})
        assert (wrong.status, 'aria-invalid="true"' in wrong.text) == (422, True), (field, value)

    assert account.store.home_tariffs() == {}


async def test_an_iban_with_a_wrong_character_is_refused_and_one_can_be_erased(
    pages: Client, account: Kept
) -> None:
    home = account.store.homes()[0]
    where = f"/homes/{home.id}/money"
    form = await opened(pages, where)

    wrong = await form.send("money/bank", holder="", iban="NL91ABNA0417164301")
    assert wrong.status == 422
    assert "no IBAN within SEPA" in wrong.text
    assert "Type a name" in wrong.text

    kept_page = await form.send("money/bank", holder="J. de Vries", iban=IBAN)
    assert account.store.bank_accounts() == {home.id: BankAccount("J. de Vries", IBAN)}
    await kept_page.send("bank/erase")
    assert account.store.bank_accounts() == {}


async def test_of_a_home_that_left_nothing_is_asked(pages: Client) -> None:
    assert (await pages.get("/homes/nobody/money")).status == 404
