"""What the path by notifications adds: order, origin, quarantine and counts."""

import sqlalchemy as sa
from alembic.operations import Operations

revision = "0002"
down_revision = "0001"

MOMENT = sa.DateTime(timezone=True)


def upgrade(op: Operations) -> None:
    """Add two columns and two tables."""
    op.add_column("uploads", sa.Column("sequencer", sa.String(64)))
    op.add_column("uploads", sa.Column("found_by", sa.String(20)))
    op.create_table(
        "quarantine",
        sa.Column("digest", sa.String(64), primary_key=True),
        sa.Column("body", sa.Text, nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("message_id", sa.Text),
        sa.Column("first_seen_at", MOMENT, nullable=False),
        sa.Column("last_seen_at", MOMENT, nullable=False),
        sa.Column("times", sa.Integer, nullable=False),
    )
    op.create_table(
        "intake_counts",
        sa.Column("kind", sa.Text, primary_key=True),
        sa.Column("times", sa.Integer, nullable=False),
        sa.Column("last_at", MOMENT, nullable=False),
    )
