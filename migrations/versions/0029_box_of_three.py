"""Of a box of questionnaires nothing is typed in before three sheets lie in it, and nothing is put in once the last ones were taken out."""
from alembic import op

from models import schema
from models.db import is_postgresql

revision = "0029_box_of_three"
down_revision = "0028_recalls_validated"
branch_labels = None
depends_on = None


def upgrade():
    schema.guard("civility_boxes_of_three", "UPDATE OF typed", "civility_boxes", "three sheets lie in the box at least",
                 "NEW.typed > OLD.typed AND NEW.handed_in < 3")
    schema.guard("civility_boxes_emptied", "UPDATE OF handed_in", "civility_boxes", "the last sheets were taken out",
                 "NEW.handed_in > OLD.handed_in AND OLD.typed > 0 AND OLD.handed_in - OLD.typed < 2")


def downgrade():
    on_table = " ON civility_boxes" if is_postgresql() else ""
    for name in ("civility_boxes_of_three", "civility_boxes_emptied"):
        op.execute(f"DROP TRIGGER {name}{on_table}")
