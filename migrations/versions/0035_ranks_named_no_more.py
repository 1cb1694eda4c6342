"""Rewards and receivers of letters name no rank: no version that was given out ever wrote one.

On the way down a code is a rank again by the versions that 0034 read it from; where none has it, the first: open to the fewest.
"""
from datetime import datetime
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from alembic import op

from models import schema
from models.db import is_postgresql

revision = "0035_ranks_named_no_more"
down_revision = "0034_grades_by_code"
branch_labels = None
depends_on = None

TABLES = ("rewards", "letter_receivers")
SCENES = ("points_multiplier", "event_priority", "support_list", "rent_deposit", "medical_deposit", "library_deposit", "care_service",
          "farm_produce_zone", "market_stall", "procurement", "farm_loan")
PURPOSES = ("farm_loan", "rent_deposit", "medical_deposit", "library_deposit", "subsidy")
STAYS = {"rewards": "rulebook_id, scene, {}, percent, from_on, made_by_id, made_at",
         "letter_receivers": "area_id, uscc, purpose, {}, registered_by_id, registered_at"}
ONCE = {"rewards": (), "letter_receivers": ("ended_at",)}
HOLDS = "v.status = 'published' AND v.in_force_from <= :today AND (v.retired_on IS NULL OR v.retired_on > :today)"
RANKS = {
    "rewards": f"""
        SELECT g.rank FROM grades g JOIN rulebook_versions v ON v.id = g.version_id
        WHERE v.rulebook_id = rewards.rulebook_id AND g.code = rewards.from_grade
        ORDER BY CASE WHEN {HOLDS} THEN 1 WHEN v.status <> 'dropped' THEN 2 ELSE 3 END, v.number DESC LIMIT 1""",
    "letter_receivers": f"""
        SELECT g.rank FROM grades g JOIN rulebook_versions v ON v.id = g.version_id JOIN rulebooks b ON b.id = v.rulebook_id
        JOIN areas a ON a.id = b.area_id JOIN areas own ON substr(own.path, 1, length(a.path)) = a.path
        WHERE own.id = letter_receivers.area_id AND g.code = letter_receivers.from_grade AND {HOLDS}
        ORDER BY CASE b.kind WHEN 'resident' THEN 1 WHEN 'household' THEN 2 ELSE 3 END, length(a.path) DESC, v.number DESC LIMIT 1"""}
RANK = "CONSTRAINT ck_{}_rank_positive CHECK (from_rank >= 1)"


def upgrade():
    for table in TABLES:
        if not is_postgresql():
            _make_again(table, without=["from_rank"])
            continue
        for trigger in ("stay", "from_grade_stays"):
            op.execute(f"DROP TRIGGER {table}_{trigger} ON {table}")
        op.drop_column(table, "from_rank")
        op.alter_column(table, "from_grade", server_default=None)
        _stay(table, "from_grade")


def downgrade():
    today = sa.bindparam("today", datetime.now(ZoneInfo("Asia/Shanghai")).date(), type_=sa.Date())
    for table in TABLES:
        if is_postgresql():
            op.execute(f"DROP TRIGGER {table}_stay ON {table}")
            op.add_column(table, sa.Column("from_rank", sa.BigInteger(), server_default="1", nullable=False))
            op.execute(f"ALTER TABLE {table} ADD {RANK.format(table)}")
            op.alter_column(table, "from_grade", server_default=sa.text("''"))
        else:
            _make_again(table, without=[])
            op.execute(f"DROP TRIGGER {table}_stay")
        op.get_bind().execute(sa.text(f"UPDATE {table} SET from_rank = coalesce(({RANKS[table]}), 1) WHERE from_rank = 1").bindparams(today))
        if is_postgresql():
            op.alter_column(table, "from_rank", server_default=None)
        _stay(table, "from_rank")
        schema.guard(f"{table}_from_grade_stays", "UPDATE OF from_grade", table, f"{table} stay as they were written")


def _stay(table, grade):
    schema.guard(f"{table}_stay", f"UPDATE OF {STAYS[table].format(grade)}", table, f"{table} stay as they were written")


def _make_again(table, *, without):
    """SQLite drops no column that a check of the table names."""
    columns, rest = {"rewards": _rewards, "letter_receivers": _letter_receivers}[table]()
    kept = [column for column in columns if column.name not in without]
    names = ", ".join(column.name for column in kept)
    ranked = [] if without else [sa.CheckConstraint("from_rank >= 1", name=op.f(f"ck_{table}_rank_positive"))]
    next(column for column in kept if column.name == "from_grade").server_default = sa.DefaultClause(sa.text("''")) if ranked else None
    op.create_table(f"{table}_again", *kept, *rest, *ranked, sqlite_strict=True)
    op.execute(f"INSERT INTO {table}_again ({names}) SELECT {names.replace('from_rank', '1')} FROM {table}")
    op.drop_table(table)
    op.rename_table(f"{table}_again", table)  # in this order: what refers to the table goes on referring to its name
    if table == "rewards":
        op.create_index("ix_rewards_rulebook_id_scene", table, ["rulebook_id", "scene"])
    else:
        op.create_index("ix_letter_receivers_area_id_id", table, ["area_id", "id"])
        op.create_index("uq_letter_receivers_live", table, ["area_id", "uscc", "purpose"], unique=True, sqlite_where=sa.text("ended_at IS NULL"))
    schema.kept(table, STAYS[table].format("from_grade"), once=ONCE[table])


def _rewards():
    return [
        sa.Column("rulebook_id", sa.Uuid(), nullable=False),
        sa.Column("scene", sa.String(length=20), nullable=False),
        sa.Column("from_rank", sa.BigInteger(), nullable=False),
        sa.Column("from_grade", sa.String(length=10), nullable=False),
        sa.Column("percent", sa.BigInteger(), nullable=True),
        sa.Column("title_zh", sa.String(length=120), nullable=False),
        sa.Column("title_en", sa.String(length=200), nullable=False),
        sa.Column("terms_zh", sa.Text(), nullable=False),
        sa.Column("terms_en", sa.Text(), nullable=False),
        sa.Column("from_on", sa.Date(), nullable=False),
        sa.Column("until_on", sa.Date(), nullable=True),
        sa.Column("made_by_id", sa.Uuid(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
    ], [
        sa.CheckConstraint("(scene = 'points_multiplier') = (percent IS NOT NULL)", name=op.f("ck_rewards_percent_of_multiplier")),
        sa.CheckConstraint(f"scene IN {SCENES}", name=op.f("ck_rewards_scene_known")),
        sa.CheckConstraint("percent IS NULL OR percent BETWEEN 101 AND 200", name=op.f("ck_rewards_percent_likely")),
        sa.CheckConstraint("until_on IS NULL OR until_on > from_on", name=op.f("ck_rewards_ends_after_beginning")),
        sa.ForeignKeyConstraint(["made_by_id"], ["people.id"], name=op.f("fk_rewards_made_by_id")),
        sa.ForeignKeyConstraint(["rulebook_id"], ["rulebooks.id"], name=op.f("fk_rewards_rulebook_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rewards"))]


def _letter_receivers():
    return [
        sa.Column("area_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("uscc", sa.String(length=18), nullable=False),
        sa.Column("purpose", sa.String(length=20), nullable=False),
        sa.Column("from_rank", sa.BigInteger(), nullable=False),
        sa.Column("from_grade", sa.String(length=10), nullable=False),
        sa.Column("offers_zh", sa.String(length=300), nullable=False),
        sa.Column("offers_en", sa.String(length=300), nullable=False),
        sa.Column("registered_by_id", sa.Uuid(), nullable=False),
        sa.Column("registered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
    ], [
        sa.CheckConstraint(f"purpose IN {PURPOSES}", name=op.f("ck_letter_receivers_purpose_known")),
        sa.ForeignKeyConstraint(["area_id"], ["areas.id"], name=op.f("fk_letter_receivers_area_id")),
        sa.ForeignKeyConstraint(["registered_by_id"], ["people.id"], name=op.f("fk_letter_receivers_registered_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_letter_receivers"))]
