"""The uploads and the audit; made only where they are not: the first ledgers noted no version."""

import sqlalchemy as sa
from alembic.operations import Operations

revision = "0001"
down_revision = None

MOMENT = sa.DateTime(timezone=True)


def upgrade(op: Operations) -> None:
    """Make both tables and their indexes."""
    op.create_table(
        "uploads",
        sa.Column("video_id", sa.String(80), primary_key=True),
        sa.Column("version", sa.String(200), primary_key=True),
        sa.Column("bucket", sa.Text, nullable=False),
        sa.Column("key", sa.Text, nullable=False),
        sa.Column("owner", sa.Text),
        sa.Column("size_bytes", sa.BigInteger, nullable=False),
        sa.Column("uploaded_at", MOMENT, nullable=False),
        sa.Column("received_at", MOMENT, nullable=False),
        sa.Column("changed_at", MOMENT, nullable=False),
        sa.Column("state", sa.String(20), nullable=False),
        sa.Column("attempt", sa.Integer, nullable=False),
        sa.Column("cleanup_attempt", sa.Integer, nullable=False),
        sa.Column("worker_losses", sa.Integer, nullable=False),
        sa.Column("not_before", MOMENT),
        sa.Column("cleanup_pending", sa.Boolean, nullable=False),
        sa.Column("report_pending", sa.Boolean, nullable=False),
        sa.Column("problem", sa.String(20)),
        sa.Column("reason", sa.Text),
        sa.Column("run_id", sa.String(40)),
        sa.Column("analysed_at", MOMENT),
        sa.Column("deleted_at", MOMENT),
        if_not_exists=True,
    )
    op.create_table(
        "audit",
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=True),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("video_id", sa.String(80), nullable=False),
        sa.Column("version", sa.String(200), nullable=False),
        sa.Column("action", sa.String(40), nullable=False),
        sa.Column("outcome", sa.Text, nullable=False),
        sa.Column("is_dry_run", sa.Boolean, nullable=False),
        sa.Column("run_id", sa.String(40)),
        if_not_exists=True,
    )
    for table, column in (("uploads", "owner"), ("uploads", "state"), ("audit", "video_id")):
        op.create_index(f"ix_{table}_{column}", table, [column], if_not_exists=True)
