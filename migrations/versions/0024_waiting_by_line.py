"""The waiting list by its lines: their rows are checked, and an index has them in order."""
from alembic import op

from models import schema
from models.db import is_postgresql

revision = "0024_waiting_by_line"
down_revision = "0023_lines_of_a_queue"
branch_labels = None
depends_on = None


def upgrade():
    if is_postgresql():
        op.execute("ALTER TABLE sign_ups VALIDATE CONSTRAINT ck_sign_ups_line_known")
    schema.add_index("ix_sign_ups_waiting", "sign_ups", ["event_id", "status", "line", "id"])
    op.execute("DROP INDEX IF EXISTS ix_sign_ups_queue")


def downgrade():
    op.drop_index("ix_sign_ups_waiting", "sign_ups")
    op.create_index("ix_sign_ups_queue", "sign_ups", ["event_id", "status", "id"])
