"""Rounds of approval: a record that an objection opened again may be approved by whom the first round had already heard."""
import sqlalchemy as sa
from alembic import op

from models import schema
from models.db import is_postgresql

revision = "0007_rounds"
down_revision = "0006_closed_at_and_joined"
branch_labels = None
depends_on = None

TABLES = ("activity_records", "record_steps")
COUNT_ROUNDS = ("UPDATE activity_records SET round = 1 + (SELECT count(*) FROM record_steps "  # approvals from before count no more
                "WHERE record_steps.record_id = activity_records.id AND record_steps.action = 'uphold') "
                "WHERE id IN (SELECT record_id FROM record_steps WHERE action = 'uphold')")  # few: every other row is left alone
ONCE, APPROVALS = "uq_record_steps_one_approval_each", sa.text("action = 'approve'")


def upgrade():
    if is_postgresql():
        _upgrade_between_others()
        return
    for table in TABLES:
        op.add_column(table, sa.Column("round", sa.BigInteger(), nullable=False, server_default="1"))
    op.execute(COUNT_ROUNDS)
    _once("record_id", "round", "by_id")


def _upgrade_between_others():
    """The new index is made while others write; a try that was cut off there is taken up again."""
    for table in TABLES:
        op.execute(f"ALTER TABLE {table} ADD COLUMN IF NOT EXISTS round BIGINT DEFAULT '1' NOT NULL")
    op.execute(COUNT_ROUNDS)
    schema.add_index(f"{ONCE}_new", "record_steps", ["record_id", "round", "by_id"], unique=True, postgresql_where=APPROVALS)
    op.drop_index(ONCE, table_name="record_steps", if_exists=True)
    op.execute(f"ALTER INDEX {ONCE}_new RENAME TO {ONCE}")


def _once(*columns: str) -> None:
    op.drop_index(ONCE, table_name="record_steps")
    op.create_index(ONCE, "record_steps", columns, unique=True, sqlite_where=APPROVALS, postgresql_where=APPROVALS)


def downgrade():
    """Refused by the index where somebody has approved a record in two rounds: that cannot be said without them."""
    _once("record_id", "by_id")
    for table in TABLES:
        op.drop_column(table, "round")
