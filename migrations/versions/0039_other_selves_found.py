"""What was of another self is found by an index; what was said of it holds for every row: looked at while others write."""
import sqlalchemy as sa
from alembic import op

from models import schema
from models.db import is_postgresql

revision = "0039_other_selves_found"
down_revision = "0038_other_selves"
branch_labels = None
depends_on = None

RULES = (("credit_enrolments", "fk_credit_enrolments_area_id_areas"), ("credit_entries", "fk_credit_entries_was_of_id_people"),
         ("credit_entries", "ck_credit_entries_handed_over_whole"))
HANDED_OVER = sa.text("was_of_id IS NOT NULL")


def upgrade():
    for table, name in RULES if is_postgresql() else ():
        op.execute(f"ALTER TABLE {table} VALIDATE CONSTRAINT {name}")
    schema.add_index("ix_credit_entries_was_of_id", "credit_entries", ["was_of_id"], sqlite_where=HANDED_OVER, postgresql_where=HANDED_OVER)


def downgrade():
    op.drop_index("ix_credit_entries_was_of_id", "credit_entries")
