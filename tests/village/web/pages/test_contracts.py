"""The volunteer's pages about contracts: looked at before they are signed, kept after, and ended."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
from aiohttp.test_utils import TestClient, TestServer
from sqlalchemy import update
from structlog.testing import capture_logs

from battery_commons.domain.contract import ContractKind
from battery_commons.flexibility.contracts import template
from battery_commons.openadr.in_force import EventsInForce
from battery_commons.store import NotFoundError, Store
from battery_commons.store.audit import Act
from battery_commons.store.schema_operators import contract as contract_table
from battery_commons.web.pages.app import pages_app
from battery_commons.web.server import VillageServer
from tests.village.web.conftest import VILLAGE_NOW, Client
from tests.village.web.page_reader import opened

NEW = "/operator/contracts/new"


@pytest.fixture
async def pages(village: VillageServer) -> AsyncIterator[Client]:
    async with TestClient(TestServer(pages_app(village))) as client:
        yield client


def garble(store: Store, contract_id: str) -> None:
    """Keep a contract as a newer version would."""
    with store._write() as connection:
        is_it = contract_table.c.id == contract_id
        connection.execute(update(contract_table).where(is_it).values(terms_json='{"kind": "treaty"}'))


async def signed(pages: Client, **fields: str) -> None:
    form = await opened(pages, f"{NEW}?kind=gto")
    done = await form.send("contracts/new", **{"operator": "Enexis", "do": "sign"} | fields)
    assert "counts from the next plan on" in done.text


@pytest.mark.parametrize("kind", list(ContractKind))
async def test_each_kind_is_begun_from_what_it_usually_says(pages: Client, kind: ContractKind) -> None:
    form = await opened(pages, f"{NEW}?kind={kind.value}")

    looked = await form.send("contracts/new", operator="Enexis", do="look")

    assert looked.status == 200
    assert "What it comes to" in looked.text


async def test_a_contract_is_told_in_sentences_with_what_stands_in_its_way(
    pages: Client, store: Store
) -> None:
    form = await opened(pages, f"{NEW}?kind=g_cbc")

    looked = await form.send("contracts/new", operator="Enexis", brps="Eneco, Vattenfall", do="look")

    assert "When called, Dorpsstraat draws at most 100 kW." in looked.text
    assert "different balance responsible parties: Eneco, Vattenfall" in looked.text
    assert store.contracts() == []


async def test_it_is_told_in_dutch(pages: Client) -> None:
    form = await opened(pages, f"{NEW}?kind=gto&lang=nl")

    looked = await form.send("contracts/new", operator="Enexis", do="look")

    assert "In die uren neemt Dorpsstraat hoogstens 100 kW af." in looked.text


async def test_what_was_signed_is_kept_and_in_the_audit_log(pages: Client, store: Store) -> None:
    await signed(pages)

    [kept] = store.contracts()
    assert (kept.contract.kind, kept.contract.operator, kept.contract.import_w) == (
        ContractKind.GTO,
        "Enexis",
        100_000,
    )
    assert [entry.act for entry in store.audit()] == [Act.CONTRACT_SIGNED]


async def test_a_group_transport_agreement_is_in_the_next_plan(
    pages: Client, store: Store, village: VillageServer
) -> None:
    await signed(pages, first_day=f"{VILLAGE_NOW.date() - timedelta(days=1)}")

    limits = EventsInForce(store, village.clock).signals(VILLAGE_NOW).limits

    assert {(each.subject, each.import_w) for each in limits} == {("t1", 100_000)}


async def test_one_that_was_ended_counts_no_longer(
    pages: Client, store: Store, village: VillageServer
) -> None:
    await signed(pages)
    [kept] = store.contracts()
    question = await opened(pages, f"/operator/contracts/remove?id={kept.id}")

    done = await question.send("contracts/remove")

    assert "counts no longer" in done.text
    assert store.contracts() == []
    assert not EventsInForce(store, village.clock).signals(VILLAGE_NOW).limits
    with pytest.raises(NotFoundError):
        store.remove_contract(kept.id, VILLAGE_NOW)


async def test_one_that_cannot_be_read_is_shown_with_what_to_do_and_can_be_ended(
    pages: Client, store: Store, village: VillageServer
) -> None:
    await signed(pages, first_day=f"{VILLAGE_NOW.date() - timedelta(days=1)}")
    garble(store, store.contracts()[0].id)
    await signed(pages, operator="Liander", first_day=f"{VILLAGE_NOW.date() - timedelta(days=1)}")
    [garbled] = store.unreadable_contracts()

    page = await opened(pages, "/operator/contracts")
    limits = EventsInForce(store, village.clock).signals(VILLAGE_NOW).limits
    done = await (await opened(pages, f"/operator/contracts/remove?id={garbled.id}")).send("contracts/remove")

    assert f"{garbled.id}, signed on Tue 21-06-2016 14:00, cannot be read" in page.text
    assert "update Battery Commons" in page.text
    assert "Liander" in page.text
    assert {(each.subject, each.import_w) for each in limits} == {("t1", 100_000)}
    assert "cannot be read" not in done.text


async def test_it_is_told_in_the_log_once(store: Store, village: VillageServer) -> None:
    contract_id = store.sign(template(ContractKind.GTO, "Enexis", "t1", VILLAGE_NOW.date()), VILLAGE_NOW)
    garble(store, contract_id)
    in_force = EventsInForce(store, village.clock)

    with capture_logs() as logs:
        assert not in_force.signals(VILLAGE_NOW).limits
        in_force.signals(VILLAGE_NOW)

    assert [(each["event"], each["contract"]) for each in logs] == [("contract cannot be read", contract_id)]


async def test_a_form_that_is_sent_twice_signs_once(pages: Client, store: Store) -> None:
    form = await opened(pages, f"{NEW}?kind=gto")

    both = await asyncio.gather(*(form.send("contracts/new", operator="Enexis", do="sign") for _ in range(2)))

    assert all("counts from the next plan on" in each.text for each in both)
    assert len(store.contracts()) == len(store.audit()) == 1


@pytest.mark.parametrize(
    ("language", "sentence"),
    [
        ("en", "Mondays to Fridays, but not on public holidays"),
        ("nl", "maandag tot en met vrijdag, maar niet op feestdagen"),
    ],
)
async def test_working_days_are_told_without_public_holidays(
    pages: Client, language: str, sentence: str
) -> None:
    form = await opened(pages, f"{NEW}?kind=gto&lang={language}")

    looked = await form.send("contracts/new", operator="Enexis", days="workdays", do="look")

    assert sentence in looked.text.partition("<form")[0]


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("operator", ""),
        ("subject", "t9"),
        ("first_day", "soon"),
        ("last_day", "1999-01-01"),
        ("from_time", "25:00"),
        ("until_time", "16:00:30"),
        ("days", "mondays"),
        ("import_kw", "-1"),
        ("import_kw", "nan"),
        ("import_kw", "1e9"),
        ("import_kw", ""),
        ("notice_h", "inf"),
        ("eur_per_year", "much"),
    ],
)
async def test_what_makes_no_sense_is_said_and_signs_nothing(
    pages: Client, store: Store, field: str, value: str
) -> None:
    form = await opened(pages, f"{NEW}?kind=gto")

    wrong = await form.send("contracts/new", **{"operator": "Enexis", "do": "sign", field: value})

    assert wrong.status == 422
    assert store.contracts() == []


async def test_a_kind_that_there_is_not_leads_back(pages: Client) -> None:
    assert "Look at a contract" in (await opened(pages, f"{NEW}?kind=treaty")).text
