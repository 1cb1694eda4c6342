"""Why letters are recalled is known of every row: looked at while others write."""
from alembic import op

revision = "0028_recalls_validated"
down_revision = "0027_recalls_of_what_was_voided"
branch_labels = None
depends_on = None


def upgrade():
    if op.get_bind().dialect.name == "postgresql":
        op.execute("ALTER TABLE recalls VALIDATE CONSTRAINT ck_recalls_why_known")


def downgrade():
    """A constraint that was looked at stays so."""
