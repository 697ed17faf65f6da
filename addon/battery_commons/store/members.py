"""Homes: how they are invited, join, describe themselves, are administered and leave."""

import json
from collections.abc import Collection, Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, and_, delete, exists, func, insert, or_, select, update
from sqlalchemy.exc import IntegrityError

from battery_commons.domain.battery import Battery
from battery_commons.store import schema
from battery_commons.store.audit import Act, Author, record
from battery_commons.store.database import Database
from battery_commons.store.errors import (
    InvitationExpiredError,
    InvitationUnknownError,
    InvitationUsedError,
    NotFoundError,
)
from battery_commons.store.grid import is_transformer
from battery_commons.store.records import Home, HomeBattery, Invitation, ListedInvitation, NewHome
from battery_commons.store.tokens import fingerprint, new_id, new_token

INVITATION_LASTS = timedelta(days=7)
INVITATIONS_SHOWN_FOR = timedelta(days=30)
"""So long after it ended, whichever way, an invitation is still listed."""
_ID_DIGITS = 16


class MemberStore(Database):
    """The homes that take part, and their batteries."""

    def add_invitation(
        self, transformer_id: str, code: str, expires_at: datetime, by: Author | None = None
    ) -> None:
        """Keep an invitation for one home behind a transformer, valid until `expires_at`.

        Raises NotFoundError for a transformer that does not exist, ValueError for a code given before.
        """
        with self._write() as connection:
            if not connection.scalar(is_transformer(transformer_id)):
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
            record(connection, by, Act.INVITATION_MADE, invitation_id(code), transformer_id)

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

    def invitations(self, now: datetime) -> list[ListedInvitation]:
        """Return the invitations that count, and those that ended lately; the last to expire first."""
        table = schema.invitation
        since = now - INVITATIONS_SHOWN_FOR
        statement = (
            select(table)
            .where(or_(table.c.expires_at > since, table.c.used_at > since))
            .order_by(table.c.expires_at.desc())
        )
        with self._read() as connection:
            rows = connection.execute(statement).all()
        return [
            ListedInvitation(
                id=row.code_sha256[:_ID_DIGITS],
                transformer_id=row.transformer_id,
                expires_at=row.expires_at,
                used_at=row.used_at,
                revoked_at=row.revoked_at,
            )
            for row in rows
        ]

    def revoke_invitation(self, invitation: str, by: Author) -> None:
        """Let an invitation, named by its id, expire now. Raises NotFoundError unless it still counts."""
        table = schema.invitation
        counts = and_(
            func.substr(table.c.code_sha256, 1, _ID_DIGITS) == invitation,
            table.c.used_at.is_(None),
            table.c.expires_at > by.at,
        )
        with self._write() as connection:
            statement = update(table).where(counts).values(revoked_at=by.at, expires_at=by.at)
            if not connection.execute(statement).rowcount:
                raise NotFoundError(f"there is no invitation {invitation} that still counts")
            record(connection, by, Act.INVITATION_REVOKED, invitation)

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

    def home(self, home_id: str) -> Home | None:
        """Return a home; None for one that has left."""
        with self._read() as connection:
            row = connection.execute(select(schema.home).where(schema.home.c.id == home_id)).one_or_none()
        return None if row is None else _home(row)

    def recipients(self, now: datetime) -> list[Home]:
        """Return the homes that are to be sent a plan.

        A suspended one is not, but for the first: with that it is told to leave its batteries alone, rather
        than to follow the plan that it holds until its lease is over.
        """
        homes, sent = schema.home, schema.dispatch
        follows_still = exists().where(
            sent.c.home_id == homes.c.id,
            sent.c.lease_until > now,
            sent.c.issued_at < homes.c.suspended_at,
        )
        told = exists().where(sent.c.home_id == homes.c.id, sent.c.issued_at >= homes.c.suspended_at)
        statement = select(homes).where(or_(homes.c.suspended_at.is_(None), and_(follows_still, ~told)))
        with self._read() as connection:
            rows = connection.execute(statement.order_by(homes.c.name, homes.c.id)).all()
        return [_home(row) for row in rows]

    def home_count(self) -> int:
        """Return how many homes take part."""
        with self._read() as connection:
            return connection.execute(select(func.count()).select_from(schema.home)).scalar_one()

    def homes_of_tokens(self, tokens: Collection[str]) -> dict[str, Home]:
        """Return, by token, the homes that these tokens were given to; without those that have left."""
        table = schema.home
        asked = {fingerprint(token): token for token in tokens}
        with self._read() as connection:
            rows = connection.execute(select(table).where(table.c.token_sha256.in_(asked))).all()
        return {asked[row.token_sha256]: _home(row) for row in rows}

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
            _erase(connection, home_id)

    def remove(self, home_id: str, by: Author) -> None:
        """Erase a home as if it had left. Raises NotFoundError for one that has."""
        with self._write() as connection:
            _erase(connection, home_id)
            record(connection, by, Act.HOME_REMOVED, home_id)

    def suspend(self, home_id: str, by: Author) -> None:
        """Have a home take no part until it is resumed. Raises NotFoundError for one that has left."""
        self._set_suspended(home_id, by.at, Act.HOME_SUSPENDED, by)

    def resume(self, home_id: str, by: Author) -> None:
        """Let a suspended home take part again. Raises NotFoundError for one that has left."""
        self._set_suspended(home_id, None, Act.HOME_RESUMED, by)

    def _set_suspended(self, home_id: str, at: datetime | None, act: Act, by: Author) -> None:
        """Change whether a home is suspended; one that is so already stays as it is."""
        table = schema.home
        with self._write() as connection:
            row = _existing(connection, home_id)
            if (row.suspended_at is None) != (at is None):
                connection.execute(update(table).where(table.c.id == home_id).values(suspended_at=at))
                record(connection, by, act, home_id)

    def move(self, home_id: str, transformer_id: str, by: Author) -> None:
        """Put a home behind another transformer, with all that it ever reported.

        Raises NotFoundError for a home that has left and a transformer that does not exist.
        """
        table = schema.home
        with self._write() as connection:
            row = _existing(connection, home_id)
            if not connection.scalar(is_transformer(transformer_id)):
                raise NotFoundError(f"there is no transformer {transformer_id}")
            if row.transformer_id != transformer_id:
                connection.execute(
                    update(table).where(table.c.id == home_id).values(transformer_id=transformer_id)
                )
                detail = f"{row.transformer_id} > {transformer_id}"
                record(connection, by, Act.HOME_MOVED, home_id, detail)

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

    def batteries_of(self, home_id: str) -> set[str]:
        """Return the batteries of one home, by its own ids."""
        table = schema.battery
        with self._read() as connection:
            return set(connection.scalars(select(table.c.battery_id).where(table.c.home_id == home_id)))


def invitation_id(code: str) -> str:
    """Return how an invitation is called where its code must not be told."""
    return fingerprint(code)[:_ID_DIGITS]


def _existing(connection: Connection, home_id: str) -> Row[Any]:
    row = connection.execute(select(schema.home).where(schema.home.c.id == home_id)).one_or_none()
    if row is None:
        raise NotFoundError(f"there is no home {home_id}")
    return row


def _erase(connection: Connection, home_id: str) -> None:
    if not connection.execute(delete(schema.home).where(schema.home.c.id == home_id)).rowcount:
        raise NotFoundError(f"there is no home {home_id}")


def _home(row: Row[Any]) -> Home:
    return Home(
        id=row.id,
        name=row.name,
        transformer_id=row.transformer_id,
        webhook_urls=tuple(json.loads(row.webhook_urls)),
        suspended_at=row.suspended_at,
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
