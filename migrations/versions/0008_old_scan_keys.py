"""Keys of scans by their age, for the worker that forgets the old ones."""
from alembic import op

revision = "0008_old_scan_keys"
down_revision = "0007_rounds"
branch_labels = None
depends_on = None


def upgrade():
    op.create_index("ix_scan_keys_at", "scan_keys", ["at"], unique=False)


def downgrade():
    op.drop_index("ix_scan_keys_at", table_name="scan_keys")
