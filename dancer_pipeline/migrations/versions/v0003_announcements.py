"""What monitoring adds: what was measured or told already, so that nothing is twice."""

import sqlalchemy as sa
from alembic.operations import Operations

revision = "0003"
down_revision = "0002"


def upgrade(op: Operations) -> None:
    """Add a table."""
    op.create_table(
        "announcements",
        sa.Column("name", sa.String(400), primary_key=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False, index=True),
    )
