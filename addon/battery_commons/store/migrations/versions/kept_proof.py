"""What batteries did in the quarter hours that were asked; and objects of the VTN found by whose they are."""

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"


def upgrade() -> None:
    """Add columns, empty, and the index. The columns are filled once a day, as quarter hours are closed."""
    op.add_column("activation_slot", sa.Column("drawn_w", sa.Float))
    op.add_column("activation_slot", sa.Column("silent", sa.Integer))
    op.add_column("activation_slot", sa.Column("silent_w", sa.Float))
    op.create_index("vtn_object_by_client", "vtn_object", ["client_id", "kind", "created_at"])
