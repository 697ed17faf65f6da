"""Contracts with grid operators."""

import json
from collections.abc import Sequence
from datetime import datetime
from functools import cache

from pydantic import TypeAdapter
from sqlalchemy import Row, insert, select, update

from battery_commons.domain.contract import Contract, KeptContract, UnreadableContract
from battery_commons.store import schema_operators
from battery_commons.store.audit import Act, Author, record
from battery_commons.store.database import Database
from battery_commons.store.errors import NotFoundError
from battery_commons.store.tokens import new_id


class ContractStore(Database):
    """What was signed. One that was removed is kept as evidence, and counts no longer."""

    def contracts(self) -> list[KeptContract]:
        """Return what was signed and not removed, as far as it can be read."""
        read = [(row.id, _read(row.terms_json)) for row in self._signed()]
        return [KeptContract(id_, contract) for id_, contract in read if contract is not None]

    def unreadable_contracts(self) -> list[UnreadableContract]:
        """Return the others of what was signed and not removed."""
        return [
            UnreadableContract(row.id, row.signed_at)
            for row in self._signed()
            if _read(row.terms_json) is None
        ]

    def sign(self, contract: Contract, at: datetime, by: Author | None = None) -> str:
        """Keep a contract, which counts from now on, and return its id.

        One that says the same and counts already is that very one, as of a form that was sent twice.
        """
        table = schema_operators.contract
        contract_id = f"contract-{new_id()}"
        terms = json.dumps(_adapter().dump_python(contract, mode="json"))
        says_the_same = (table.c.terms_json == terms) & table.c.removed_at.is_(None)
        with self._write() as connection:
            known: str | None = connection.scalar(select(table.c.id).where(says_the_same))
            if known is not None:
                return known
            connection.execute(insert(table).values(id=contract_id, terms_json=terms, signed_at=at))
            told = f"{contract.kind.value}, {contract.operator}, {contract.subject}"
            record(connection, by, Act.CONTRACT_SIGNED, contract_id, told)
        return contract_id

    def remove_contract(self, contract_id: str, at: datetime, by: Author | None = None) -> None:
        """Have a contract count no longer. Raises NotFoundError."""
        table = schema_operators.contract
        is_it = (table.c.id == contract_id) & table.c.removed_at.is_(None)
        with self._write() as connection:
            if not connection.execute(update(table).where(is_it).values(removed_at=at)).rowcount:
                raise NotFoundError(f"there is no contract {contract_id}")
            record(connection, by, Act.CONTRACT_REMOVED, contract_id)

    def _signed(self) -> Sequence[Row[tuple[object, ...]]]:
        table = schema_operators.contract
        in_force = select(table).where(table.c.removed_at.is_(None))
        with self._read() as connection:
            return connection.execute(in_force.order_by(table.c.signed_at, table.c.id)).all()


@cache
def _adapter() -> TypeAdapter[Contract]:
    return TypeAdapter(Contract)


def _read(terms_json: str) -> Contract | None:
    """Return what a contract says; None where this version does not know all of it."""
    try:
        terms = json.loads(terms_json)
        contract = _adapter().validate_python(terms)
    except ValueError, RecursionError:
        return None
    return contract if terms.keys() <= Contract.__dataclass_fields__.keys() else None
