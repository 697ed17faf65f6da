"""Who takes part in the account: numbers that stand for homes, their own tariffs, and where money would go.

An account's number is all that the ledger knows of a home, and outlives it. Tariffs and bank accounts are a
household's own: they stand in no log, and go with the home.
"""

import secrets
from dataclasses import dataclass
from datetime import date

from pydantic import TypeAdapter, ValidationError
from sqlalchemy import Connection, delete, insert, select, update
from sqlalchemy.exc import IntegrityError

from battery_commons.domain.home_tariff import HomeTariff
from battery_commons.domain.iban import BankAccount
from battery_commons.store.audit import Act, Author, record
from battery_commons.store.database import Database
from battery_commons.store.errors import NotFoundError, StoreError
from battery_commons.store.schema_account import account, bank_account, home_tariff, own_bank_account
from battery_commons.store.upsert import insert_or_update

_TARIFF = TypeAdapter(HomeTariff)
_LETTERS = "23456789BCDFGHJKMNPQRSTVWXZ"
"""No two of them look alike, and none spells anything."""


@dataclass(frozen=True, slots=True)
class Membership:
    """An account, and from when to when its home took part."""

    account: str
    home_id: str | None
    """None once the home has left."""
    first_day: date
    last_day: date | None


class AccountStore(Database):
    """Accounts, tariffs and bank accounts of homes."""

    def memberships(self) -> list[Membership]:
        """Return all accounts there ever were, in the order of their numbers."""
        with self._read() as connection:
            rows = connection.execute(select(account).order_by(account.c.number)).all()
        return [
            Membership(
                row.number,
                row.home_id,
                date.fromisoformat(row.first_day),
                None if row.last_day is None else date.fromisoformat(row.last_day),
            )
            for row in rows
        ]

    def open_account(self, home_id: str, first_day: date) -> str:
        """Return the number of a home's account, opened from this day on where it has none yet.

        Raises NotFoundError for a home that has left.
        """
        of_home = select(account.c.number).where(account.c.home_id == home_id)
        with self._write() as connection:
            number: str | None = connection.scalar(of_home)
            if number is None:
                number = _new_number(connection)
                row = {"number": number, "home_id": home_id, "first_day": first_day.isoformat()}
                try:
                    connection.execute(insert(account).values(row))
                except IntegrityError as error:
                    raise NotFoundError(f"there is no home {home_id}") from error
        return number

    def end_account(self, number: str, last_day: date) -> None:
        """Say which day was the last that a home was a member; its home may then be erased."""
        with self._write() as connection:
            statement = update(account).where(account.c.number == number)
            connection.execute(statement.values(last_day=last_day.isoformat()))

    def home_tariffs(self) -> dict[str, list[tuple[date, HomeTariff]]]:
        """Return, by home, its own tariffs and the day from which on each counts, in order.

        Homes that never told theirs are not there. Raises StoreError where one cannot be read.
        """
        found: dict[str, list[tuple[date, HomeTariff]]] = {}
        with self._read() as connection:
            rows = connection.execute(select(home_tariff).order_by(home_tariff.c.first_day)).all()
        for row in rows:
            try:
                tariff = _TARIFF.validate_json(row.tariff_json)
            except ValidationError as error:
                raise StoreError(f"A tariff of home {row.home_id} cannot be read") from error
            found.setdefault(row.home_id, []).append((date.fromisoformat(row.first_day), tariff))
        return found

    def put_home_tariff(
        self, home_id: str, first_day: date, tariff: HomeTariff, by: Author | None = None
    ) -> None:
        """Keep what a home pays from a day on; another from that very day is replaced.

        Raises NotFoundError for a home that has left.
        """
        told = _TARIFF.dump_json(tariff).decode()
        row = {"home_id": home_id, "first_day": first_day.isoformat(), "tariff_json": told}
        with self._write() as connection:
            try:
                insert_or_update(connection, home_tariff, [row])
            except IntegrityError as error:
                raise NotFoundError(f"there is no home {home_id}") from error
            record(connection, by, Act.HOME_TARIFF_CHANGED, home_id, first_day.isoformat())

    def remove_home_tariff(self, home_id: str, first_day: date, by: Author | None = None) -> None:
        """Forget a tariff: what counted before it goes on. Raises NotFoundError."""
        is_it = (home_tariff.c.home_id == home_id) & (home_tariff.c.first_day == first_day.isoformat())
        with self._write() as connection:
            if not connection.execute(delete(home_tariff).where(is_it)).rowcount:
                raise NotFoundError(f"home {home_id} has no tariff from {first_day} on")
            record(connection, by, Act.HOME_TARIFF_REMOVED, home_id, first_day.isoformat())

    def bank_accounts(self) -> dict[str, BankAccount]:
        """Return, by home, where its money would go. Raises StoreError where one cannot be read."""
        with self._read() as connection:
            rows = connection.execute(select(bank_account)).all()
        try:
            return {row.home_id: BankAccount(row.holder, row.iban) for row in rows}
        except ValueError:
            # Not from that error, which holds an IBAN.
            raise StoreError("A bank account cannot be read") from None

    def own_bank_account(self) -> BankAccount | None:
        """Return from where the community pays; None where nobody has said."""
        with self._read() as connection:
            row = connection.execute(select(own_bank_account)).one_or_none()
        return None if row is None else BankAccount(row.holder, row.iban)

    def put_own_bank_account(self, given: BankAccount, by: Author) -> None:
        """Keep from where the community pays, in the place of what was there."""
        with self._write() as connection:
            connection.execute(delete(own_bank_account))
            connection.execute(insert(own_bank_account).values(holder=given.holder, iban=given.iban))
            record(connection, by, Act.BANK_ACCOUNT_GIVEN, "")

    def put_bank_account(self, home_id: str, given: BankAccount, by: Author | None = None) -> None:
        """Keep where a home's money would go. Raises NotFoundError for a home that has left."""
        row = {"home_id": home_id, "holder": given.holder, "iban": given.iban}
        with self._write() as connection:
            try:
                insert_or_update(connection, bank_account, [row])
            except IntegrityError as error:
                raise NotFoundError(f"there is no home {home_id}") from error
            record(connection, by, Act.BANK_ACCOUNT_GIVEN, home_id)

    def remove_bank_account(self, home_id: str, by: Author | None = None) -> None:
        """Forget where a home's money would go."""
        with self._write() as connection:
            if connection.execute(delete(bank_account).where(bank_account.c.home_id == home_id)).rowcount:
                record(connection, by, Act.BANK_ACCOUNT_REMOVED, home_id)


def _new_number(connection: Connection) -> str:
    while True:
        number = "".join(secrets.choice(_LETTERS) for _ in range(6))
        if connection.scalar(select(account.c.number).where(account.c.number == number)) is None:
            return number
