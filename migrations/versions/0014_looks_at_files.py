"""Who looked at a credit file is found by the file."""
import sqlalchemy as sa

from models import schema

revision = "0014_looks_at_files"
down_revision = "0013_credit"
branch_labels = None
depends_on = None

WHERE = "target_type = 'credit_file'"


def upgrade():
    schema.add_index("ix_audit_rows_credit_file", "audit_rows", ["target_id", "id"], sqlite_where=sa.text(WHERE),
                     postgresql_where=sa.text(WHERE))


def downgrade():
    from alembic import op

    op.drop_index("ix_audit_rows_credit_file", "audit_rows")
