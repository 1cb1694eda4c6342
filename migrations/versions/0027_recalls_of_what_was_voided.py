"""A letter is recalled for what was voided behind it too."""
import sqlalchemy as sa
from alembic import op

from models import schema
from models.db import is_postgresql

revision = "0027_recalls_of_what_was_voided"
down_revision = "0026_deeds_of_who_are_one"
branch_labels = None
depends_on = None

BEFORE = "'repaired', 'objection_upheld', 'lapsed', 'left', 'withdrawn'"
NAME = "ck_recalls_why_known"


def upgrade():
    _known(f"{BEFORE}, 'voided'")


def downgrade():
    for trigger in ("recalls_no_delete", "recalls_no_truncate") if is_postgresql() else ("recalls_no_delete",):
        op.execute(f"DROP TRIGGER {trigger}{' ON recalls' if is_postgresql() else ''}")
    op.execute("DELETE FROM recalls WHERE why = 'voided'")
    if is_postgresql():
        schema.kept("recalls")
    _known(BEFORE)


def _known(words: str):
    if is_postgresql():
        op.drop_constraint(op.f(NAME), "recalls")
        op.execute(f"ALTER TABLE recalls ADD CONSTRAINT {NAME} CHECK (why IN ({words})) NOT VALID")  # the next step validates it
        return
    op.execute("ALTER TABLE recalls RENAME TO recalls_before")
    op.drop_index("ix_recalls_unheard")
    op.drop_index("uq_recalls_letter_id_why")
    op.create_table(
        "recalls",
        sa.Column("letter_id", sa.Uuid(), nullable=False),
        sa.Column("why", sa.String(length=20), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("acknowledged_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(f"why IN ({words})", name=op.f(NAME)),
        sa.ForeignKeyConstraint(["letter_id"], ["letters.id"], name=op.f("fk_recalls_letter_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recalls")),
        sqlite_strict=True)
    op.execute("INSERT INTO recalls (letter_id, why, at, acknowledged_at, id) SELECT letter_id, why, at, acknowledged_at, id FROM recalls_before")
    op.execute("DROP TABLE recalls_before")
    op.create_index("ix_recalls_unheard", "recalls", ["letter_id"], sqlite_where=sa.text("acknowledged_at IS NULL"))
    op.create_index("uq_recalls_letter_id_why", "recalls", ["letter_id", "why"], unique=True)
    schema.kept("recalls", "letter_id, why, at", once=("acknowledged_at",))
