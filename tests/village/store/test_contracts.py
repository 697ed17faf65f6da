"""What was signed with grid operators: kept once, told as far as it can be read, and ended."""

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta

import pytest
from sqlalchemy import select, update

from battery_commons.domain.contract import Contract, ContractKind
from battery_commons.flexibility.contracts import template
from battery_commons.store import NotFoundError, Store
from battery_commons.store.audit import Act, Author
from battery_commons.store.schema_operators import contract as contract_table
from tests.village.store.conftest import NOON

AUTHOR = Author("Ada", NOON)


def contract(operator: str = "Enexis") -> Contract:
    return template(ContractKind.GTO, operator, "t1", date(2026, 6, 1))


def garble(store: Store, contract_id: str, change: Callable[[str], str]) -> None:
    """Keep other terms than were signed, as a newer version or a fault of the disk would."""
    is_it = contract_table.c.id == contract_id
    with store._write() as connection:
        terms = connection.scalar(select(contract_table.c.terms_json).where(is_it))
        connection.execute(update(contract_table).where(is_it).values(terms_json=change(str(terms))))


def with_field(**fields: object) -> Callable[[str], str]:
    return lambda terms: json.dumps(json.loads(terms) | fields)


UNREADABLE: dict[str, Callable[[str], str]] = {
    "no JSON": lambda terms: terms[:-1],
    "nested beyond measure": lambda _terms: "[" * 100_000,
    "no object": lambda _terms: "[]",
    "a kind that is not known": with_field(kind="treaty"),
    "a field that is not known": with_field(only_when_it_rains=True),
    "a figure that cannot be": with_field(import_w="nan"),
}


def test_those_that_cannot_be_read_keep_no_other_from_being_told(store: Store) -> None:
    garbled = {why: store.sign(contract(why), NOON) for why in UNREADABLE}
    for why, change in UNREADABLE.items():
        garble(store, garbled[why], change)
    other = store.sign(contract("Liander"), NOON)

    assert [each.id for each in store.contracts()] == [other]
    unreadable = {each.id: each.signed_at for each in store.unreadable_contracts()}
    assert unreadable == dict.fromkeys(garbled.values(), NOON)


def test_one_that_cannot_be_read_can_be_ended(store: Store) -> None:
    garbled = store.sign(contract(), NOON)
    garble(store, garbled, with_field(kind="treaty"))

    store.remove_contract(garbled, NOON, AUTHOR)

    assert store.unreadable_contracts() == []


def test_signed_twice_it_is_kept_once(store: Store) -> None:
    first = store.sign(contract(), NOON, AUTHOR)

    assert store.sign(contract(), NOON + timedelta(seconds=1), AUTHOR) == first
    assert [each.id for each in store.contracts()] == [first]
    assert [each.act for each in store.audit()] == [Act.CONTRACT_SIGNED]


def test_another_is_kept_beside_it(store: Store) -> None:
    first = store.sign(contract(), NOON)

    second = store.sign(replace(contract(), import_w=50_000.0), NOON)

    assert {each.id for each in store.contracts()} == {first, second}


def test_one_that_was_ended_can_be_signed_again(store: Store) -> None:
    first = store.sign(contract(), NOON)
    store.remove_contract(first, NOON)

    second = store.sign(contract(), NOON)

    assert [each.id for each in store.contracts()] == [second]
    with pytest.raises(NotFoundError):
        store.remove_contract(first, NOON)
