"""What was in the file of another self, or of another area, counts for those days as it did there."""
import sqlalchemy as sa
from alembic import op

from models.db import is_postgresql

revision = "0038_other_selves"
down_revision = "0037_words_that_are_seen"
branch_labels = None
depends_on = None


def upgrade():
    """What is looked at row by row on PostgreSQL, the next step looks at."""
    _add("credit_enrolments", "area_id", sa.Uuid(), "fk_credit_enrolments_area_id_areas", "REFERENCES areas (id)")
    _add("credit_entries", "was_of_id", sa.Uuid(), "fk_credit_entries_was_of_id_people", "REFERENCES people (id)")
    whole = "CHECK ((was_of_id IS NULL) = (handed_over_on IS NULL))"
    _add("credit_entries", "handed_over_on", sa.Date(), "ck_credit_entries_handed_over_whole", whole)


def _add(table, column, kind, name, rule):
    if is_postgresql():
        op.add_column(table, sa.Column(column, kind, nullable=True))
        of = f"FOREIGN KEY ({column}) {rule}" if rule.startswith("REFERENCES") else rule
        op.execute(f"ALTER TABLE {table} ADD CONSTRAINT {name} {of} NOT VALID")
    else:
        op.execute(f"ALTER TABLE {table} ADD COLUMN {column} {kind.compile(dialect=op.get_bind().dialect)} CONSTRAINT {name} {rule}")


def downgrade():
    for table, column in (("credit_entries", "handed_over_on"), ("credit_entries", "was_of_id"), ("credit_enrolments", "area_id")):
        op.drop_column(table, column)
