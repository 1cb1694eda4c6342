"""When an event was closed, so that nobody is paid beyond it; and an index to find who was joined into a person."""
import sqlalchemy as sa
from alembic import op

revision = "0006_closed_at_and_joined"
down_revision = "0005_lots_that_continue"
branch_labels = None
depends_on = None


def upgrade():
    op.add_column("events", sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True))
    op.create_index("ix_people_joined_into_id", "people", ["joined_into_id"],
                    sqlite_where=sa.text("joined_into_id IS NOT NULL"), postgresql_where=sa.text("joined_into_id IS NOT NULL"))


def downgrade():
    op.drop_index("ix_people_joined_into_id", table_name="people")
    op.drop_column("events", "closed_at")
