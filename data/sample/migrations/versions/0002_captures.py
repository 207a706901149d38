"""Payments keep what the acquirer calls their capture."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    op.add_column("payments", sa.Column("capture_id", sa.String(64), nullable=True))


def downgrade() -> None:
    op.drop_column("payments", "capture_id")
