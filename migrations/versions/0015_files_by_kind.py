"""A file and its kind can be named together."""
from models import schema

revision = "0015_files_by_kind"
down_revision = "0014_looks_at_files"
branch_labels = None
depends_on = None


def upgrade():
    schema.add_index("uq_credit_files_id_kind", "credit_files", ["id", "kind"], unique=True)


def downgrade():
    from alembic import op

    op.drop_index("uq_credit_files_id_kind", "credit_files")
