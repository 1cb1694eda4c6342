"""A round of reviews that was opened by mistake is called off: it is closed without a result, and says why."""
import sqlalchemy as sa
from alembic import op

from models import schema
from models.db import is_postgresql

revision = "0030_called_off"
down_revision = "0029_box_of_three"
branch_labels = None
depends_on = None

GUARDS = ("review_rounds_called_off_once", "review_rounds_called_off_open", "review_rounds_called_off_empty")


def upgrade():
    op.add_column("review_rounds", sa.Column("called_off_reason", sa.Text(), nullable=True))
    once, opened, empty = GUARDS
    schema.guard(once, "UPDATE OF called_off_reason", "review_rounds", "a reason stays as it was written", "OLD.called_off_reason IS NOT NULL")
    schema.guard(opened, "UPDATE OF called_off_reason", "review_rounds", "what was closed is not called off",
                 "OLD.closed_at IS NOT NULL AND NEW.called_off_reason IS NOT NULL")
    schema.guard(empty, "UPDATE", "review_rounds", "a round that was called off is closed and has no slips",
                 "NEW.called_off_reason IS NOT NULL AND (NEW.closed_at IS NULL OR NEW.slips IS NOT NULL)")


def downgrade():
    for name in GUARDS:
        op.execute(f"DROP TRIGGER {name}{' ON review_rounds' if is_postgresql() else ''}")
    op.drop_column("review_rounds", "called_off_reason")
