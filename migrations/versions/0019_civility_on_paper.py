"""Questionnaires for who has no phone: a box of sheets without names, and how many of them were typed in."""
import sqlalchemy as sa
from alembic import op

from models import schema

revision = "0019_civility_on_paper"
down_revision = "0018_lapsed_letters"
branch_labels = None
depends_on = None


def upgrade():
    op.create_table(
        "civility_boxes",
        sa.Column("questionnaire_id", sa.Uuid(), nullable=False),
        sa.Column("handed_in", sa.BigInteger(), nullable=False),
        sa.Column("typed", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("typed >= 0 AND typed <= handed_in", name=op.f("ck_civility_boxes_typed_was_handed_in")),
        sa.ForeignKeyConstraint(["questionnaire_id"], ["civility_questionnaires.id"], name=op.f("fk_civility_boxes_questionnaire_id")),
        sa.PrimaryKeyConstraint("questionnaire_id", name=op.f("pk_civility_boxes")),
        sqlite_strict=True)
    schema.kept("civility_boxes")


def downgrade():
    op.drop_table("civility_boxes")
