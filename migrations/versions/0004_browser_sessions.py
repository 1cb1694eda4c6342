"""A session of a browser: the hash of its cookie, and until when it may stay unused."""
import sqlalchemy as sa
from alembic import op

revision = "0004_browser_sessions"
down_revision = "0003_messages"
branch_labels = None
depends_on = None


def upgrade():
    op.add_column("sessions", sa.Column("cookie_hash", sa.LargeBinary(), nullable=True))
    op.add_column("sessions", sa.Column("idle_until", sa.DateTime(timezone=True), nullable=True))
    op.create_index("uq_sessions_cookie_hash", "sessions", ["cookie_hash"], unique=True)


def downgrade():
    op.drop_index("uq_sessions_cookie_hash", table_name="sessions")
    op.drop_column("sessions", "idle_until")
    op.drop_column("sessions", "cookie_hash")
