"""Rounds of neighbours' reviews; what an item asks of neighbours, which then only gives."""
# ruff: noqa: E501
import sqlalchemy as sa
from alembic import op

from models import schema

revision = "0025_reviews"
down_revision = "0024_waiting_by_line"
branch_labels = None
depends_on = None

TABLES = ("review_results", "review_slips", "review_seats", "reviewed_households", "review_rounds")
ROUND = "area_id, version_id, per_household, least_slips, opens_on, closes_on, seed, pool, opened_by_id, opened_at"


def upgrade():
    for column in ("asked_zh", "asked_en"):
        op.add_column("indicators", sa.Column(column, sa.Text(), server_default=sa.text("''"), nullable=False))
    schema.guard("indicators_asked_give", "INSERT", "indicators", "what neighbours are asked only gives",
                 "NEW.asked_zh <> '' AND (NEW.each_centipoints IS NULL OR NEW.each_centipoints <= 0 OR NEW.grade_rank IS NOT NULL)")
    schema.guard("indicators_asked_in_both", "INSERT", "indicators", "neighbours are asked in both languages", "(NEW.asked_zh = '') <> (NEW.asked_en = '')")
    _make_tables()
    schema.kept("review_rounds", ROUND, once=("closed_at",))
    schema.kept("reviewed_households", "round_id, file_id, place, seats", once=("slips",))
    schema.guard("reviewed_households_closed", "UPDATE OF is_open", "reviewed_households", "what was closed stays closed", "NOT OLD.is_open")
    schema.kept("review_seats", "reviewed_id, lot")
    schema.guard("review_seats_forgotten", "UPDATE OF is_handed_in", "review_seats", "who handed in is forgotten", "OLD.is_handed_in IS NULL")
    schema.guard("review_slips_stay", "UPDATE", "review_slips", "slips stay as they were handed in")
    schema.only_added("review_results")


def downgrade():
    for table in TABLES:
        op.drop_table(table)
    on_table = " ON indicators" if op.get_bind().dialect.name == "postgresql" else ""
    for name in ("indicators_asked_give", "indicators_asked_in_both"):
        op.execute(f"DROP TRIGGER {name}{on_table}")
    for column in ("asked_zh", "asked_en"):
        op.drop_column("indicators", column)


def _make_tables():
    op.create_table('review_rounds',
    sa.Column('area_id', sa.Uuid(), nullable=False),
    sa.Column('version_id', sa.Uuid(), nullable=False),
    sa.Column('per_household', sa.BigInteger(), nullable=False),
    sa.Column('least_slips', sa.BigInteger(), nullable=False),
    sa.Column('opens_on', sa.Date(), nullable=False),
    sa.Column('closes_on', sa.Date(), nullable=False),
    sa.Column('seed', sa.String(length=64), nullable=False),
    sa.Column('pool', sa.BigInteger(), nullable=False),
    sa.Column('opened_by_id', sa.Uuid(), nullable=False),
    sa.Column('opened_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('closed_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('closed_by_id', sa.Uuid(), nullable=True),
    sa.Column('slips', sa.BigInteger(), nullable=True),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.CheckConstraint('closes_on > opens_on', name=op.f('ck_review_rounds_lasts_days')),
    sa.CheckConstraint('least_slips >= 3 AND least_slips <= per_household', name=op.f('ck_review_rounds_least_slips_possible')),
    sa.CheckConstraint('per_household % 2 = 1 AND per_household <= 9', name=op.f('ck_review_rounds_seats_odd_and_few')),
    sa.CheckConstraint('slips IS NULL OR closed_at IS NOT NULL', name=op.f('ck_review_rounds_counted_when_closed')),
    sa.ForeignKeyConstraint(['area_id'], ['areas.id'], name=op.f('fk_review_rounds_area_id')),
    sa.ForeignKeyConstraint(['closed_by_id'], ['people.id'], name=op.f('fk_review_rounds_closed_by_id')),
    sa.ForeignKeyConstraint(['opened_by_id'], ['people.id'], name=op.f('fk_review_rounds_opened_by_id')),
    sa.ForeignKeyConstraint(['version_id'], ['rulebook_versions.id'], name=op.f('fk_review_rounds_version_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_review_rounds')),
    sqlite_strict=True
    )
    op.create_index('ix_review_rounds_area_id_id', 'review_rounds', ['area_id', 'id'], unique=False)
    op.create_index('uq_review_rounds_open', 'review_rounds', ['area_id'], unique=True, sqlite_where=sa.text('closed_at IS NULL'), postgresql_where=sa.text('closed_at IS NULL'))
    op.create_table('reviewed_households',
    sa.Column('round_id', sa.Uuid(), nullable=False),
    sa.Column('file_id', sa.Uuid(), nullable=False),
    sa.Column('place', sa.BigInteger(), nullable=False),
    sa.Column('seats', sa.BigInteger(), nullable=False),
    sa.Column('is_open', sa.Boolean(), nullable=False),
    sa.Column('slips', sa.BigInteger(), nullable=True),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.CheckConstraint('seats >= 0', name=op.f('ck_reviewed_households_seats_not_negative')),
    sa.CheckConstraint('slips IS NULL OR slips >= 3', name=op.f('ck_reviewed_households_no_few_slips')),
    sa.ForeignKeyConstraint(['file_id'], ['credit_files.id'], name=op.f('fk_reviewed_households_file_id')),
    sa.ForeignKeyConstraint(['round_id'], ['review_rounds.id'], name=op.f('fk_reviewed_households_round_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_reviewed_households')),
    sa.UniqueConstraint('round_id', 'file_id', name=op.f('uq_reviewed_households_round_id_file_id')),
    sa.UniqueConstraint('round_id', 'place', name=op.f('uq_reviewed_households_round_id_place')),
    sqlite_strict=True
    )
    op.create_index('ix_reviewed_households_file_id_id', 'reviewed_households', ['file_id', 'id'], unique=False)
    op.create_index('uq_reviewed_households_open', 'reviewed_households', ['file_id'], unique=True, sqlite_where=sa.text('is_open'), postgresql_where=sa.text('is_open'))
    op.create_table('review_results',
    sa.Column('reviewed_id', sa.Uuid(), nullable=False),
    sa.Column('code', sa.String(length=40), nullable=False),
    sa.Column('outcome', sa.String(length=10), nullable=False),
    sa.Column('entry_id', sa.Uuid(), nullable=True),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.CheckConstraint("entry_id IS NULL OR outcome = 'good'", name=op.f('ck_review_results_only_good_is_written')),
    sa.CheckConstraint("outcome IN ('good', 'ordinary', 'poor', 'too_few')", name=op.f('ck_review_results_outcome_known')),
    sa.ForeignKeyConstraint(['entry_id'], ['credit_entries.id'], name=op.f('fk_review_results_entry_id')),
    sa.ForeignKeyConstraint(['reviewed_id'], ['reviewed_households.id'], name=op.f('fk_review_results_reviewed_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_review_results')),
    sa.UniqueConstraint('reviewed_id', 'code', name=op.f('uq_review_results_reviewed_id_code')),
    sqlite_strict=True
    )
    op.create_index('ix_review_results_entry_id', 'review_results', ['entry_id'], unique=False)
    op.create_table('review_seats',
    sa.Column('reviewed_id', sa.Uuid(), nullable=False),
    sa.Column('person_id', sa.Uuid(), nullable=False),
    sa.Column('lot', sa.String(length=64), nullable=False),
    sa.Column('is_handed_in', sa.Boolean(), nullable=True),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.ForeignKeyConstraint(['person_id'], ['people.id'], name=op.f('fk_review_seats_person_id')),
    sa.ForeignKeyConstraint(['reviewed_id'], ['reviewed_households.id'], name=op.f('fk_review_seats_reviewed_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_review_seats')),
    sa.UniqueConstraint('reviewed_id', 'person_id', name=op.f('uq_review_seats_reviewed_id_person_id')),
    sqlite_strict=True
    )
    op.create_index('ix_review_seats_person_id_id', 'review_seats', ['person_id', 'id'], unique=False)
    op.create_table('review_slips',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('reviewed_id', sa.Uuid(), nullable=False),
    sa.Column('answers', sa.JSON(), nullable=False),
    sa.ForeignKeyConstraint(['reviewed_id'], ['reviewed_households.id'], name=op.f('fk_review_slips_reviewed_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_review_slips')),
    sqlite_strict=True,
    sqlite_with_rowid=False
    )
    op.create_index('ix_review_slips_reviewed_id', 'review_slips', ['reviewed_id'], unique=False)
