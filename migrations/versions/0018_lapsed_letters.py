"""A letter says nothing more once what it said has lapsed."""
import sqlalchemy as sa
from alembic import op

from models import schema

revision = "0018_lapsed_letters"
down_revision = "0017_culture"
branch_labels = None
depends_on = None


def upgrade():
    op.add_column("letters", sa.Column("lapsed_at", sa.DateTime(timezone=True), nullable=True))
    schema.guard("letters_lapsed_at_once", "UPDATE OF lapsed_at", "letters", "lapsed_at is written once", "OLD.lapsed_at IS NOT NULL")


def downgrade():
    op.execute("DROP TRIGGER letters_lapsed_at_once" + (" ON letters" if op.get_bind().dialect.name == "postgresql" else ""))
    op.drop_column("letters", "lapsed_at")
