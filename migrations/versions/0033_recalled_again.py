"""While a recall is unheard the same is not told twice; once it was acknowledged, another of its kind is told."""
import sqlalchemy as sa
from alembic import op

from models import schema
from models.db import is_postgresql

revision = "0033_recalled_again"
down_revision = "0032_constraints_validated"
branch_labels = None
depends_on = None

UNHEARD = sa.text("acknowledged_at IS NULL")


def upgrade():
    schema.add_index("uq_recalls_unheard", "recalls", ["letter_id", "why"], unique=True, sqlite_where=UNHEARD, postgresql_where=UNHEARD)
    schema.add_index("ix_recalls_letter_id_id", "recalls", ["letter_id", "id"])
    for index in ("uq_recalls_letter_id_why", "ix_recalls_unheard"):
        op.execute(f"DROP INDEX IF EXISTS {index}")


def downgrade():
    op.execute(f"DROP TRIGGER recalls_no_delete{' ON recalls' if is_postgresql() else ''}")
    op.execute("DELETE FROM recalls WHERE EXISTS (SELECT 1 FROM recalls newer WHERE newer.letter_id = recalls.letter_id AND newer.why = recalls.why "
               "AND newer.id > recalls.id)")
    schema.guard("recalls_no_delete", "DELETE", "recalls", "recalls are kept")
    op.create_index("uq_recalls_letter_id_why", "recalls", ["letter_id", "why"], unique=True)
    op.create_index("ix_recalls_unheard", "recalls", ["letter_id"], sqlite_where=UNHEARD, postgresql_where=UNHEARD)
    for index in ("uq_recalls_unheard", "ix_recalls_letter_id_id"):
        op.drop_index(index)
