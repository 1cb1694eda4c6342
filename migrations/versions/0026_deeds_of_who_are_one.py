"""What two people were credited for who turned out to be one counts once."""
import sqlalchemy as sa
from alembic import op

revision = "0026_deeds_of_who_are_one"
down_revision = "0025_reviews"
branch_labels = None
depends_on = None

REF = sa.String(length=160).with_variant(sa.String(length=160, collation="C"), "postgresql")


def upgrade():
    op.add_column("credit_entries", sa.Column("joined_deed", REF, nullable=True))


def downgrade():
    op.drop_column("credit_entries", "joined_deed")
