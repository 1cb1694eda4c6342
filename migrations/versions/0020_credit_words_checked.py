"""What residents write about their credit is shown to WeChat, as their other words are."""
from alembic import op

revision = "0020_credit_words_checked"
down_revision = "0019_civility_on_paper"
branch_labels = None
depends_on = None

TABLES = ("credit_objections", "repairs", "rulebook_comments", "support_applications")
STATES = "('pending', 'passed', 'review', 'refused')"


def upgrade():
    for table in TABLES:
        known = f"CONSTRAINT ck_{table}_text_state_known CHECK (text_state IN {STATES})"
        if op.get_bind().dialect.name == "postgresql":
            op.execute(f"ALTER TABLE {table} ADD COLUMN text_state VARCHAR(10) NOT NULL DEFAULT 'passed'")
            op.execute(f"ALTER TABLE {table} ADD {known} NOT VALID")
        else:  # adds a column with its constraint in place; Alembic would make the table again
            op.execute(f"ALTER TABLE {table} ADD COLUMN text_state TEXT NOT NULL DEFAULT 'passed' {known}")


def downgrade():
    for table in TABLES:
        op.execute(f"ALTER TABLE {table} DROP COLUMN text_state")
