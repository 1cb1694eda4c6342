"""Objections to entries and repairs wait in the order of the day on which they are due."""
from models import schema

revision = "0022_queues_by_due_day"
down_revision = "0021_credit_words_validated"
branch_labels = None
depends_on = None

TABLES = ("credit_objections", "repairs")


def upgrade():
    for table in TABLES:
        schema.add_index(f"ix_{table}_area_id_status_due_on_id", table, ["area_id", "status", "due_on", "id"])
    _drop("status_id")


def downgrade():
    for table in TABLES:
        schema.add_index(f"ix_{table}_area_id_status_id", table, ["area_id", "status", "id"])
    _drop("status_due_on_id")


def _drop(which):
    """If it is there: a try that was cut off may have taken it away already."""
    from alembic import op

    for table in TABLES:
        op.drop_index(f"ix_{table}_area_id_{which}", table, if_exists=True)
