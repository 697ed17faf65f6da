"""Plans that take less room."""

import zlib

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"

_AT_ONCE = 500
"""Plans that are held in memory."""


def upgrade() -> None:
    """Put every plan that was sent in fewer bytes. Backups make room first: the table is written anew."""
    op.add_column("dispatch", sa.Column("plan", sa.LargeBinary))
    connection = op.get_bind()
    for home_id in connection.scalars(sa.text("SELECT id FROM home")).all():
        _compress(connection, home_id)
    with op.batch_alter_table("dispatch") as table:
        table.drop_column("plan_json")
        table.alter_column("plan", existing_type=sa.LargeBinary, nullable=False)


def _compress(connection: sa.Connection, home_id: str) -> None:
    some = sa.text(
        "SELECT sequence, plan_json FROM dispatch WHERE home_id = :home_id AND sequence > :last"
        " ORDER BY sequence LIMIT :most"
    )
    keep = sa.text("UPDATE dispatch SET plan = :plan WHERE home_id = :home_id AND sequence = :sequence")
    last = -1
    while rows := connection.execute(some, {"home_id": home_id, "last": last, "most": _AT_ONCE}).all():
        connection.execute(
            keep,
            [
                {"home_id": home_id, "sequence": row.sequence, "plan": zlib.compress(row.plan_json.encode())}
                for row in rows
            ],
        )
        last = rows[-1].sequence
