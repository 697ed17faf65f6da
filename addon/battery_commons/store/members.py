"""Homes: how they are invited, join, describe themselves and leave."""

import json
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Row, delete, exists, func, insert, select, update
from sqlalchemy.exc import IntegrityError

from battery_commons.domain.battery import Battery
from battery_commons.store import schema
from battery_commons.store.database import Database
from battery_commons.store.errors import (
    InvitationExpiredError,
    InvitationUnknownError,
    InvitationUsedError,
    NotFoundError,
)
from battery_commons.store.records import Home, HomeBattery, Invitation, NewHome
from battery_commons.store.tokens import fingerprint, new_id, new_token


class MemberStore(Database):
    """The homes that take part, and their batteries."""

    def add_invitation(self, transformer_id: str, code: str, expires_at: datetime) -> None:
        """Keep an invitation for one home behind a transformer, valid until `expires_at`.

        Raises NotFoundError for a transformer that does not exist, ValueError for a code given before.
        """
        with self._write() as connection:
            if not connection.scalar(select(exists().where(schema.transformer.c.id == transformer_id))):
                msg = f"there is no transformer {transformer_id}"
                raise NotFoundError(msg)
            try:
                connection.execute(
                    insert(schema.invitation).values(
                        code_sha256=fingerprint(code), transformer_id=transformer_id, expires_at=expires_at
                    )
                )
            except IntegrityError as error:
                msg = "this invitation code has been given before"
                raise ValueError(msg) from error

    def invitation(self, code: str) -> Invitation | None:
        """Return what a code invites to; None when nobody made it."""
        table = schema.invitation
        with self._read() as connection:
            row = connection.execute(
                select(table).where(table.c.code_sha256 == fingerprint(code))
            ).one_or_none()
        if row is None:
            return None
        return Invitation(row.transformer_id, expires_at=row.expires_at, used=row.used_at is not None)

    def join(self, code: str, name: str, webhook_urls: Sequence[str], now: datetime) -> NewHome:
        """Let a home in that has agreed, on its invitation, which is used up: of two at once, one gets in.

        Raises InvitationUnknownError, InvitationUsedError or InvitationExpiredError.
        """
        table = schema.invitation
        joined = NewHome(home_id=new_id(), token=new_token())
        with self._write() as connection:
            row = connection.execute(
                select(table).where(table.c.code_sha256 == fingerprint(code))
            ).one_or_none()
            if row is None:
                raise InvitationUnknownError
            if row.used_at is not None:
                raise InvitationUsedError
            if row.expires_at <= now:
                raise InvitationExpiredError
            connection.execute(
                update(table).where(table.c.code_sha256 == row.code_sha256).values(used_at=now)
            )
            connection.execute(
                insert(schema.home).values(
                    id=joined.home_id,
                    name=name,
                    transformer_id=row.transformer_id,
                    webhook_urls=json.dumps(list(webhook_urls)),
                    token_sha256=fingerprint(joined.token),
                    last_sequence=0,
                    consented_at=now,
                )
            )
        return joined

    def homes(self) -> list[Home]:
        """Return every home, in the order of their names."""
        table = schema.home
        with self._read() as connection:
            rows = connection.execute(select(table).order_by(table.c.name, table.c.id)).all()
        return [_home(row) for row in rows]

    def home_count(self) -> int:
        """Return how many homes take part."""
        with self._read() as connection:
            return connection.execute(select(func.count()).select_from(schema.home)).scalar_one()

    def home_of_token(self, token: str) -> Home | None:
        """Return the home that this token was given to, unless it has left."""
        table = schema.home
        with self._read() as connection:
            row = connection.execute(
                select(table).where(table.c.token_sha256 == fingerprint(token))
            ).one_or_none()
        return None if row is None else _home(row)

    def describe_home(
        self, home_id: str, webhook_urls: Sequence[str], batteries: Iterable[HomeBattery]
    ) -> None:
        """Replace where a home is reached and which batteries it has.

        Raises NotFoundError for a home that has left.
        """
        homes, table = schema.home, schema.battery
        rows = [
            {
                "home_id": home_id,
                "battery_id": each.battery_id,
                "name": each.name,
                "capacity_wh": each.battery.capacity_wh,
                "max_charge_w": each.battery.max_charge_w,
                "max_discharge_w": each.battery.max_discharge_w,
                "charge_efficiency": each.battery.charge_efficiency,
                "discharge_efficiency": each.battery.discharge_efficiency,
                "reserve": each.battery.reserve,
            }
            for each in batteries
        ]
        with self._write() as connection:
            urls = json.dumps(list(webhook_urls))
            found = connection.execute(
                update(homes).where(homes.c.id == home_id).values(webhook_urls=urls)
            ).rowcount
            if not found:
                msg = f"there is no home {home_id}"
                raise NotFoundError(msg)
            connection.execute(delete(table).where(table.c.home_id == home_id))
            if rows:
                connection.execute(insert(table), rows)

    def leave(self, home_id: str) -> None:
        """Erase a home: its token, batteries, readings, plans and answers. Its invitation stays used.

        Raises NotFoundError for a home that has left before.
        """
        with self._write() as connection:
            found = connection.execute(delete(schema.home).where(schema.home.c.id == home_id)).rowcount
        if not found:
            msg = f"there is no home {home_id}"
            raise NotFoundError(msg)

    def batteries(self) -> list[HomeBattery]:
        """Return every battery of the village, in the order of its homes' names."""
        table, homes = schema.battery, schema.home
        statement = (
            select(table, homes.c.transformer_id)
            .join(homes)
            .order_by(homes.c.name, homes.c.id, table.c.battery_id)
        )
        with self._read() as connection:
            rows = connection.execute(statement).all()
        return [_battery(row) for row in rows]


def _home(row: Row[Any]) -> Home:
    return Home(
        id=row.id,
        name=row.name,
        transformer_id=row.transformer_id,
        webhook_urls=tuple(json.loads(row.webhook_urls)),
    )


def _battery(row: Row[Any]) -> HomeBattery:
    return HomeBattery(
        home_id=row.home_id,
        battery_id=row.battery_id,
        name=row.name,
        battery=Battery(
            id=f"{row.home_id}/{row.battery_id}",
            transformer_id=row.transformer_id,
            capacity_wh=row.capacity_wh,
            max_charge_w=row.max_charge_w,
            max_discharge_w=row.max_discharge_w,
            charge_efficiency=row.charge_efficiency,
            discharge_efficiency=row.discharge_efficiency,
            reserve=row.reserve,
        ),
    )
