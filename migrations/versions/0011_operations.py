"""What an operator follows: the request that a message began with, and what the last look at books, chain and backups found."""
import sqlalchemy as sa
from alembic import op

revision = "0011_operations"
down_revision = "0010_consents"
branch_labels = None
depends_on = None

CARRIES = ("messages", "outbox_messages")


def upgrade():
    for table in CARRIES:
        op.add_column(table, sa.Column("request_id", sa.String(length=64), nullable=True))
    op.create_table(
        "last_checks",
        sa.Column("name", sa.String(length=10), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("problems", sa.BigInteger(), nullable=False),
        sa.Column("said", sa.Text(), nullable=False),
        sa.CheckConstraint("name IN ('ledger', 'audit', 'backup')", name=op.f("ck_last_checks_name_known")),
        sa.PrimaryKeyConstraint("name", name="pk_last_checks"),
        sqlite_strict=True,
    )


def downgrade():
    op.drop_table("last_checks")
    for table in CARRIES:
        op.drop_column(table, "request_id")
