"""What was said of the states of words in credit holds for every row: looked at while others write."""
from alembic import op

revision = "0021_credit_words_validated"
down_revision = "0020_credit_words_checked"
branch_labels = None
depends_on = None

TABLES = ("credit_objections", "repairs", "rulebook_comments", "support_applications")


def upgrade():
    if op.get_bind().dialect.name == "postgresql":
        for table in TABLES:
            op.execute(f"ALTER TABLE {table} VALIDATE CONSTRAINT ck_{table}_text_state_known")


def downgrade():
    """A constraint that was looked at stays so."""
