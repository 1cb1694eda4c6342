"""Rounds of approval: a record that an objection opened again may be approved by whom the first round had already heard."""
import sqlalchemy as sa
from alembic import op

revision = "0007_rounds"
down_revision = "0006_closed_at_and_joined"
branch_labels = None
depends_on = None

TABLES = ("activity_records", "record_steps")
ONCE, APPROVALS = "uq_record_steps_one_approval_each", sa.text("action = 'approve'")


def upgrade():
    for table in TABLES:
        op.add_column(table, sa.Column("round", sa.BigInteger(), nullable=False, server_default="1"))
    op.execute("UPDATE activity_records SET round = 1 + (SELECT count(*) FROM record_steps "  # approvals from before count no more
               "WHERE record_steps.record_id = activity_records.id AND record_steps.action = 'uphold')")
    _once("record_id", "round", "by_id")


def _once(*columns: str) -> None:
    op.drop_index(ONCE, table_name="record_steps")
    op.create_index(ONCE, "record_steps", columns, unique=True, sqlite_where=APPROVALS, postgresql_where=APPROVALS)


def downgrade():
    """Refused by the index where somebody has approved a record in two rounds: that cannot be said without them."""
    _once("record_id", "by_id")
    for table in TABLES:
        op.drop_column(table, "round")
