"""Rewards and receivers of letters name a grade by its code: of the rank that they named, by the version in force.

A reward takes it from its rulebook's version in force, else the newest that was not dropped, else the newest; a receiver from what counts in
its area today, of residents, else of households, else of merchants. A rank past the last grade was open to all, and so is the last grade.
Where no version says whose rank it is the code stays empty, which no grade has: open to nobody, until it is ended and made anew.
"""
from datetime import datetime
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from alembic import op

from models import schema
from models.db import is_postgresql

revision = "0034_grades_by_code"
down_revision = "0033_recalled_again"
branch_labels = None
depends_on = None

HOLDS = "v.status = 'published' AND v.in_force_from <= :today AND (v.retired_on IS NULL OR v.retired_on > :today)"
OF_REWARDS = f"""
    SELECT g.code FROM grades g JOIN rulebook_versions v ON v.id = g.version_id
    WHERE v.rulebook_id = rewards.rulebook_id AND g.rank <= rewards.from_rank
    ORDER BY CASE WHEN {HOLDS} THEN 1 WHEN v.status <> 'dropped' THEN 2 ELSE 3 END, v.number DESC, g.rank DESC LIMIT 1"""
OF_RECEIVERS = f"""
    SELECT g.code FROM grades g JOIN rulebook_versions v ON v.id = g.version_id JOIN rulebooks b ON b.id = v.rulebook_id
    JOIN areas a ON a.id = b.area_id JOIN areas own ON substr(own.path, 1, length(a.path)) = a.path
    WHERE own.id = letter_receivers.area_id AND g.rank <= letter_receivers.from_rank AND {HOLDS}
    ORDER BY CASE b.kind WHEN 'resident' THEN 1 WHEN 'household' THEN 2 ELSE 3 END, length(a.path) DESC, v.number DESC, g.rank DESC LIMIT 1"""


def upgrade():
    today = sa.bindparam("today", datetime.now(ZoneInfo("Asia/Shanghai")).date(), type_=sa.Date())
    for table, code in (("rewards", OF_REWARDS), ("letter_receivers", OF_RECEIVERS)):
        op.add_column(table, sa.Column("from_grade", sa.String(10), server_default=sa.text("''"), nullable=False))
        op.get_bind().execute(sa.text(f"UPDATE {table} SET from_grade = coalesce(({code}), '') WHERE from_grade = ''").bindparams(today))
        schema.guard(f"{table}_from_grade_stays", "UPDATE OF from_grade", table, f"{table} stay as they were written")


def downgrade():
    for table in ("rewards", "letter_receivers"):
        op.execute(f"DROP TRIGGER {table}_from_grade_stays{f' ON {table}' if is_postgresql() else ''}")
        op.drop_column(table, "from_grade")
