"""A home's own account: its months, its statements and its tariff."""

import asyncio
import base64
from datetime import date, timedelta
from typing import Any

import pytest

from battery_commons.account.period import month_grid
from battery_commons.domain.home_tariff import HomeTariff, TariffKind
from battery_commons.domain.iban import BankAccount
from battery_commons.domain.time import SLOT
from battery_commons.store import Store
from battery_commons.store.audit import Author
from battery_commons.web.server import VillageServer
from tests.village.account_store import kept, measured, newcomer, priced
from tests.village.web.conftest import VILLAGE_NOW, WALL_NOW, Client, Member, reading

MAY = "2016-05"
TODAY = WALL_NOW.date()
FIXED = {"version": 1, "first_day": TODAY.isoformat(), "kind": "fixed", "energy": 0.15}


@pytest.fixture
def eik(members: Client, store: Store, village: VillageServer) -> Member:
    """A home of two that lived through May, which brought EUR 100 and is closed."""
    grid = month_grid(MAY)
    first, second = (newcomer(store, name, grid.start) for name in ("De Eik", "De Linde"))
    account = kept(store, grid.start + timedelta(hours=3))
    account.books = village.books
    account.keeper.look()
    for each, steered_w in ((first, 500), (second, 1_000)):
        measured(store, each.home_id, grid.start - SLOT, grid.end + SLOT, steered_w=steered_w)
    priced(store, grid.start, grid.end)
    account.look_at(grid.end + timedelta(days=7))
    store.add_revenue(MAY, "other", 10_000, "invoice 7", account.author)
    village.books.close(MAY, account.author)
    return Member(members, first.home_id, first.token)


async def test_before_a_month_is_closed_there_is_nothing_to_tell(member: Member) -> None:
    told = await (await member.call("GET", "/api/v1/home/account")).json()

    assert told == {
        "version": 1,
        "account": None,
        "balance_cents": 0,
        "owed_cents": 0,
        "fund_cents": 0,
        "months": [],
    }
    assert (await member.send(reading()))["village"]["account"] is None
    assert (await member.call("GET", f"/api/v1/home/statements/{MAY}/en")).status == 404


async def test_a_home_is_told_its_months_and_its_balance(eik: Member, village: VillageServer) -> None:
    told = await (await eik.call("GET", "/api/v1/home/account")).json()

    [due] = [each for each in village.books.dues() if each.home_id == eik.home_id]
    [month] = told["months"]
    assert told["account"] == due.account
    assert told["balance_cents"] == month["total_cents"] == due.cents
    parts = ("made_whole_cents", "claim_cents", "shortage_cents", "share_cents")
    assert sum(month[part] for part in parts) == month["total_cents"]
    assert (month["period"], month["is_closed"], month["is_corrected"]) == (MAY, True, False)


async def test_what_was_paid_is_told_in_its_month(eik: Member, village: VillageServer) -> None:
    [due] = [each for each in village.books.dues() if each.home_id == eik.home_id]
    village.books.pay({due.account: due.cents}, date(2016, 6, 12), Author("Anna", VILLAGE_NOW))

    told = await (await eik.call("GET", "/api/v1/home/account")).json()

    assert told["balance_cents"] == 0
    assert [(each["period"], each["paid_cents"], each["is_closed"]) for each in told["months"]] == [
        (MAY, 0, True),
        ("2016-06", due.cents, False),
    ]


async def test_the_last_closed_month_is_told_with_each_receipt(eik: Member) -> None:
    told = await (await eik.call("GET", "/api/v1/home/account")).json()
    [month] = told["months"]

    account = (await eik.send(reading()))["village"]["account"]

    assert account == {
        "saving_month_eur": -month["made_whole_cents"] / 100,
        "shared_month_eur": month["total_cents"] / 100,
    }


async def test_a_statement_is_given_in_lines_as_a_table_and_on_paper(eik: Member) -> None:
    for language, word in (("en", "Your share"), ("nl", "Je deel")):
        told = await statement(eik, language)
        async with asyncio.timeout(120):  # It is drawn beside the coordinator: a slow machine needs long.
            while told["pdf"] is None:
                told = await statement(eik, language)

        assert word in [line["name"] for line in told["lines"]]
        assert word in told["csv"]
        assert base64.b64decode(told["pdf"]).startswith(b"%PDF")


async def statement(member: Member, language: str) -> dict[str, Any]:
    answer = await member.call("GET", f"/api/v1/home/statements/{MAY}/{language}")
    told: dict[str, Any] = await answer.json()
    return told


async def test_a_statement_that_there_is_not_is_not_found(eik: Member) -> None:
    for asked in ("2016-06/en", "2031-01/en", f"{MAY}/fr", "x/en"):
        answer = await eik.call("GET", f"/api/v1/home/statements/{asked}")

        assert (answer.status, (await answer.json())["error"]) == (404, "not_found")


async def test_a_home_tells_its_own_tariff(member: Member, store: Store) -> None:
    answer = await member.call("PUT", "/api/v1/home/tariff", FIXED)

    assert answer.status == 204
    # In the village it is another day.
    assert store.home_tariffs() == {
        member.home_id: [(VILLAGE_NOW.date(), HomeTariff(TariffKind.FIXED, 0.15))]
    }


async def test_a_tariff_that_makes_no_sense_is_refused(member: Member, store: Store) -> None:
    for changes in (
        {"energy": 15},
        {"energy": "x"},
        {"energy_tax": -0.1},
        {"kind": "two_tariff"},
        {"energy_low": 0.1},
        {"kind": "free"},
        {"first_day": "0001-01-01"},
        {"first_day": "9999-12-31"},
        {"first_day": (TODAY - timedelta(days=32)).isoformat()},
    ):
        answer = await member.call("PUT", "/api/v1/home/tariff", FIXED | changes)
        assert (answer.status, (await answer.json())["error"]) == (400, "malformed"), changes

    assert store.home_tariffs() == {}


async def test_what_is_kept_of_its_money_is_in_a_homes_own_data(member: Member, store: Store) -> None:
    await member.call("PUT", "/api/v1/home/tariff", FIXED)
    store.put_bank_account(member.home_id, BankAccount("J. de Vries", "NL91ABNA0417164300"))
    number = store.open_account(member.home_id, VILLAGE_NOW.date())

    told = (await (await member.call("GET", "/api/v1/home/data")).json())["account"]

    assert told["number"] == number
    assert told["bank_account"] == {"holder": "J. de Vries", "iban": "NL91ABNA0417164300"}
    assert [each["kind"] for each in told["tariffs"]] == ["fixed"]


async def test_a_home_that_leaves_can_still_be_settled(eik: Member, store: Store) -> None:
    assert (await eik.call("DELETE", "/api/v1/home")).status == 204

    left = [each for each in store.memberships() if each.home_id is None]
    assert [each.last_day for each in left] == [VILLAGE_NOW.date()]
    assert left[0].account in store.gathered("2016-06")
