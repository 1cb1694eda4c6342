"""Who waits for a place at an event waits in one of two lines."""
import sqlalchemy as sa
from alembic import op

from models.db import is_postgresql

revision = "0023_lines_of_a_queue"
down_revision = "0022_queues_by_due_day"
branch_labels = None
depends_on = None

KNOWN = "CONSTRAINT ck_sign_ups_line_known CHECK (line IN (1, 2))"


def upgrade():
    if not is_postgresql():
        op.execute(f"ALTER TABLE sign_ups ADD COLUMN line INTEGER DEFAULT '2' NOT NULL {KNOWN}")
        return
    op.add_column("sign_ups", sa.Column("line", sa.BigInteger(), server_default="2", nullable=False))
    op.execute(f"ALTER TABLE sign_ups ADD {KNOWN} NOT VALID")


def downgrade():
    op.drop_column("sign_ups", "line")
