"""What grid operators call the parts of the village."""

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0023"


def upgrade() -> None:
    """Add the column, empty: names are kept when an operator's resources are listed next."""
    op.add_column("operator_line", sa.Column("resource_names_json", sa.Text))
