"""A trial run of many files is worked out a batch at a time: what it found is written when all is there."""
import sqlalchemy as sa
from alembic import op

from models import schema
from models.db import is_postgresql

revision = "0040_trials_by_batches"
down_revision = "0039_other_selves_found"
branch_labels = None
depends_on = None


def upgrade():
    op.create_table(
        "rulebook_trial_tasks",
        sa.Column("run_id", sa.Uuid(), nullable=False),
        sa.Column("of_version", sa.BigInteger(), nullable=False),
        sa.Column("files", sa.BigInteger(), nullable=False),
        sa.Column("done", sa.BigInteger(), nullable=False),
        sa.Column("after", sa.Uuid(), nullable=False),
        sa.Column("so_far", sa.JSON(), nullable=False),
        sa.CheckConstraint("files >= 0 AND done >= 0", name=op.f("ck_rulebook_trial_tasks_counted")),
        sa.ForeignKeyConstraint(["run_id"], ["rulebook_trials.id"], name=op.f("fk_rulebook_trial_tasks_run_id")),
        sa.PrimaryKeyConstraint("run_id", name=op.f("pk_rulebook_trial_tasks")),
        sqlite_strict=True)
    _drop("no_update")
    said = "rulebook_trials stay as they were written"
    schema.guard("rulebook_trials_stay", "UPDATE OF id, version_id, on_day, by_id, at", "rulebook_trials", said)
    text = "OLD.found::text" if is_postgresql() else "OLD.found"
    schema.guard("rulebook_trials_found_once", "UPDATE OF found", "rulebook_trials", "found is written once", f"{text} <> '{{}}'")


def downgrade():
    op.drop_table("rulebook_trial_tasks")
    for name in ("stay", "found_once"):
        _drop(name)
    schema.guard("rulebook_trials_no_update", "UPDATE", "rulebook_trials", "rulebook_trials are only added")


def _drop(name):
    op.execute(f"DROP TRIGGER rulebook_trials_{name}{' ON rulebook_trials' if is_postgresql() else ''}")
