"""Orders, their lines and payments."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    op.create_table(
        "orders",
        sa.Column("id", sa.String(26), primary_key=True),
        sa.Column("tenant_id", sa.String(26), nullable=False),
        sa.Column("currency", sa.String(3), nullable=False),
    )
    op.create_index("orders_by_tenant", "orders", ["tenant_id"])
    op.create_table(
        "order_lines",
        sa.Column("id", sa.BigInteger, primary_key=True),
        sa.Column("order_id", sa.ForeignKey("orders.id", ondelete="CASCADE"), nullable=False),
        sa.Column("amount", sa.BigInteger, nullable=False),
    )
    op.create_table(
        "payments",
        sa.Column("id", sa.String(26), primary_key=True),
        sa.Column("order_id", sa.ForeignKey("orders.id"), nullable=False, unique=True),
        sa.Column("amount", sa.BigInteger, nullable=False),
    )


def downgrade() -> None:
    for table in ("payments", "order_lines", "orders"):
        op.drop_table(table)
