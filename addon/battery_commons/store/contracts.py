"""Contracts with grid operators."""

import json
from datetime import datetime

from pydantic import TypeAdapter
from sqlalchemy import insert, select, update

from battery_commons.domain.contract import Contract, KeptContract
from battery_commons.store import schema_operators
from battery_commons.store.audit import Act, Author, record
from battery_commons.store.database import Database
from battery_commons.store.errors import NotFoundError, StoreError
from battery_commons.store.tokens import new_id


class ContractStore(Database):
    """What was signed. One that was removed is kept as evidence, and counts no longer."""

    def contracts(self) -> list[KeptContract]:
        """Return what was signed and not removed. Raises StoreError where one cannot be read."""
        table = schema_operators.contract
        with self._read() as connection:
            rows = connection.execute(
                select(table).where(table.c.removed_at.is_(None)).order_by(table.c.signed_at, table.c.id)
            ).all()
        try:
            return [
                KeptContract(row.id, TypeAdapter(Contract).validate_python(json.loads(row.terms_json)))
                for row in rows
            ]
        except ValueError as error:
            raise StoreError(f"A contract cannot be told: {type(error).__name__}") from error

    def sign(self, contract: Contract, at: datetime, by: Author | None = None) -> str:
        """Keep a contract, which counts from now on, and return its id."""
        contract_id = f"contract-{new_id()}"
        terms = TypeAdapter(Contract).dump_python(contract, mode="json")
        with self._write() as connection:
            connection.execute(
                insert(schema_operators.contract).values(
                    id=contract_id, terms_json=json.dumps(terms), signed_at=at
                )
            )
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
