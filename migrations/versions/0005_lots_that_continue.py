"""A lot remembers which lot it continues in another wallet, after two people were joined."""
import sqlalchemy as sa
from alembic import op

revision = "0005_lots_that_continue"
down_revision = "0004_browser_sessions"
branch_labels = None
depends_on = None


def upgrade():
    with op.batch_alter_table("lots") as lots:
        lots.add_column(sa.Column("continues_id", sa.Uuid(), nullable=True))
        lots.create_foreign_key("fk_lots_continues_id", "lots", ["continues_id"], ["id"])
        lots.create_index("ix_lots_continues_id", ["continues_id"])
    op.execute("UPDATE lots SET continues_id = postings.because_id FROM postings "  # few: every other row is left alone
               "WHERE postings.id = lots.posting_id AND postings.kind = 'join' AND postings.because_type = 'lot'")


def downgrade():
    with op.batch_alter_table("lots") as lots:
        lots.drop_index("ix_lots_continues_id")
        lots.drop_constraint("fk_lots_continues_id", type_="foreignkey")
        lots.drop_column("continues_id")
