"""Rewards by rulebook, constraints by law alone, inspections, support lists; reference letters and their recall; repair and its plans."""
# ruff: noqa: E501
import sqlalchemy as sa
from alembic import op

from models import schema

revision = "0016_measures"
down_revision = "0015_files_by_kind"
branch_labels = None
depends_on = None

TABLES = ("recalls", "letter_looks", "inspections", "support_applications", "repairs", "plan_steps", "plan_runners", "letters", "inspection_plans", "constraints", "support_lists", "rewards", "letter_receivers", "correction_plans", "constraint_lists", "calendar_days")
CONSTRAINT = ("file_id, kind, area_id, scene, list_id, list_for_persons, legal_basis, person_basis, facts, decision, scope_zh, scope_en, grade_class, "
              "months, from_on, ends_on, entered_by_id, entered_at")
TOO_LONG = {"postgresql": "NEW.ends_on > (NEW.from_on + make_interval(months => NEW.months::int))::date",
            "sqlite": "NEW.ends_on > date(NEW.from_on, NEW.months || ' months')"}


def upgrade():
    _make_tables()
    _guard(op.get_bind().dialect.name)


def _guard(dialect):
    schema.guard("indicators_repair_class", "INSERT", "indicators", "a fault is minor, ordinary or serious",
                 "NEW.repair_class NOT IN ('minor', 'ordinary', 'serious')")
    schema.kept("rewards", "rulebook_id, scene, from_rank, percent, from_on, made_by_id, made_at")
    schema.kept("constraint_lists", "name, authority, edition, for_persons, in_force_from, entered_by_id, entered_at", once=("ended_on",))
    schema.kept("constraints", CONSTRAINT, once=("confirmed_at", "lifted_at"))
    schema.guard("constraints_in_proportion", "INSERT", "constraints", "a constraint ends with its months", TOO_LONG[dialect])
    schema.kept("inspection_plans", "area_id, version_id, from_on, until_on, seed, shares, made_by_id, made_at")
    schema.kept("inspections", "plan_id, file_id, grade_rank", once=("done_on",))
    schema.kept("support_lists", "area_id, kind, support, opens_on, made_by_id, made_at")
    schema.kept("support_applications", "list_id, file_id, asked, at, by_id", once=("decided_at",))
    schema.kept("letter_receivers", "area_id, uscc, purpose, from_rank, registered_by_id, registered_at", once=("ended_at",))
    schema.kept("letters", "file_id, receiver_id, asked_by_id, asked_at, says, expires_on", once=("code_hash", "sent_at", "withdrawn_at"))
    schema.only_added("letter_looks")
    schema.kept("recalls", "letter_id, why, at", once=("acknowledged_at",))
    schema.kept("repairs", "entry_id, area_id, grade_class, by_id, pledge, evidence, at, due_on", once=("decided_at",))
    schema.kept("correction_plans", "person_id, area_id, from_on, made_by_id, made_at", once=("closed_at",))
    schema.only_added("plan_steps")


def downgrade():
    op.execute("DROP TRIGGER indicators_repair_class" + (" ON indicators" if op.get_bind().dialect.name == "postgresql" else ""))
    for table in TABLES:
        op.drop_table(table)
    op.drop_column("indicators", "repair_class")


def _make_tables():
    op.create_table('calendar_days',
    sa.Column('day', sa.Date(), nullable=False),
    sa.Column('is_worked', sa.Boolean(), nullable=False),
    sa.Column('note', sa.String(length=200), nullable=False),
    sa.Column('by_id', sa.Uuid(), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('version', sa.BigInteger(), nullable=False),
    sa.ForeignKeyConstraint(['by_id'], ['people.id'], name=op.f('fk_calendar_days_by_id')),
    sa.PrimaryKeyConstraint('day', name=op.f('pk_calendar_days')),
    sqlite_strict=True
    )
    op.create_table('constraint_lists',
    sa.Column('name', sa.String(length=200), nullable=False),
    sa.Column('authority', sa.String(length=120), nullable=False),
    sa.Column('edition', sa.String(length=40), nullable=False),
    sa.Column('for_persons', sa.Boolean(), nullable=False),
    sa.Column('in_force_from', sa.Date(), nullable=False),
    sa.Column('ended_on', sa.Date(), nullable=True),
    sa.Column('entered_by_id', sa.Uuid(), nullable=False),
    sa.Column('entered_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.CheckConstraint('ended_on IS NULL OR ended_on >= in_force_from', name=op.f('ck_constraint_lists_ends_after_beginning')),
    sa.CheckConstraint('length(name) >= 4 AND length(authority) >= 2 AND length(edition) >= 4', name=op.f('ck_constraint_lists_named')),
    sa.ForeignKeyConstraint(['entered_by_id'], ['people.id'], name=op.f('fk_constraint_lists_entered_by_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_constraint_lists')),
    sa.UniqueConstraint('id', 'for_persons', name='uq_constraint_lists_id_for_persons'),
    sqlite_strict=True
    )
    op.create_table('correction_plans',
    sa.Column('person_id', sa.Uuid(), nullable=False),
    sa.Column('area_id', sa.Uuid(), nullable=False),
    sa.Column('from_on', sa.Date(), nullable=False),
    sa.Column('until_on', sa.Date(), nullable=False),
    sa.Column('service_minutes', sa.BigInteger(), nullable=False),
    sa.Column('aims', sa.String(length=1000), nullable=False),
    sa.Column('status', sa.String(length=10), nullable=False),
    sa.Column('made_by_id', sa.Uuid(), nullable=False),
    sa.Column('made_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('closed_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('version', sa.BigInteger(), nullable=False),
    sa.CheckConstraint("status IN ('running', 'done', 'ended')", name=op.f('ck_correction_plans_status_known')),
    sa.CheckConstraint('service_minutes > 0', name=op.f('ck_correction_plans_service_asked')),
    sa.CheckConstraint('until_on > from_on', name=op.f('ck_correction_plans_ends_after_beginning')),
    sa.ForeignKeyConstraint(['area_id'], ['areas.id'], name=op.f('fk_correction_plans_area_id')),
    sa.ForeignKeyConstraint(['made_by_id'], ['people.id'], name=op.f('fk_correction_plans_made_by_id')),
    sa.ForeignKeyConstraint(['person_id'], ['people.id'], name=op.f('fk_correction_plans_person_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_correction_plans')),
    sqlite_strict=True
    )
    op.create_index('uq_correction_plans_running', 'correction_plans', ['person_id'], unique=True, sqlite_where=sa.text("status = 'running'"), postgresql_where=sa.text("status = 'running'"))
    op.create_table('letter_receivers',
    sa.Column('area_id', sa.Uuid(), nullable=False),
    sa.Column('name', sa.String(length=120), nullable=False),
    sa.Column('uscc', sa.String(length=18), nullable=False),
    sa.Column('purpose', sa.String(length=20), nullable=False),
    sa.Column('from_rank', sa.BigInteger(), nullable=False),
    sa.Column('offers_zh', sa.String(length=300), nullable=False),
    sa.Column('offers_en', sa.String(length=300), nullable=False),
    sa.Column('registered_by_id', sa.Uuid(), nullable=False),
    sa.Column('registered_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('ended_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('version', sa.BigInteger(), nullable=False),
    sa.CheckConstraint("purpose IN ('farm_loan', 'rent_deposit', 'medical_deposit', 'library_deposit', 'subsidy')", name=op.f('ck_letter_receivers_purpose_known')),
    sa.CheckConstraint('from_rank >= 1', name=op.f('ck_letter_receivers_rank_positive')),
    sa.ForeignKeyConstraint(['area_id'], ['areas.id'], name=op.f('fk_letter_receivers_area_id')),
    sa.ForeignKeyConstraint(['registered_by_id'], ['people.id'], name=op.f('fk_letter_receivers_registered_by_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_letter_receivers')),
    sqlite_strict=True
    )
    op.create_index('ix_letter_receivers_area_id_id', 'letter_receivers', ['area_id', 'id'], unique=False)
    op.create_index('uq_letter_receivers_live', 'letter_receivers', ['area_id', 'uscc', 'purpose'], unique=True, sqlite_where=sa.text('ended_at IS NULL'), postgresql_where=sa.text('ended_at IS NULL'))
    op.create_table('rewards',
    sa.Column('rulebook_id', sa.Uuid(), nullable=False),
    sa.Column('scene', sa.String(length=20), nullable=False),
    sa.Column('from_rank', sa.BigInteger(), nullable=False),
    sa.Column('percent', sa.BigInteger(), nullable=True),
    sa.Column('title_zh', sa.String(length=120), nullable=False),
    sa.Column('title_en', sa.String(length=200), nullable=False),
    sa.Column('terms_zh', sa.Text(), nullable=False),
    sa.Column('terms_en', sa.Text(), nullable=False),
    sa.Column('from_on', sa.Date(), nullable=False),
    sa.Column('until_on', sa.Date(), nullable=True),
    sa.Column('made_by_id', sa.Uuid(), nullable=False),
    sa.Column('made_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('version', sa.BigInteger(), nullable=False),
    sa.CheckConstraint("(scene = 'points_multiplier') = (percent IS NOT NULL)", name=op.f('ck_rewards_percent_of_multiplier')),
    sa.CheckConstraint("scene IN ('points_multiplier', 'event_priority', 'support_list', 'rent_deposit', 'medical_deposit', 'library_deposit', 'care_service', 'farm_produce_zone', 'market_stall', 'procurement', 'farm_loan')", name=op.f('ck_rewards_scene_known')),
    sa.CheckConstraint('from_rank >= 1', name=op.f('ck_rewards_rank_positive')),
    sa.CheckConstraint('percent IS NULL OR percent BETWEEN 101 AND 200', name=op.f('ck_rewards_percent_likely')),
    sa.CheckConstraint('until_on IS NULL OR until_on > from_on', name=op.f('ck_rewards_ends_after_beginning')),
    sa.ForeignKeyConstraint(['made_by_id'], ['people.id'], name=op.f('fk_rewards_made_by_id')),
    sa.ForeignKeyConstraint(['rulebook_id'], ['rulebooks.id'], name=op.f('fk_rewards_rulebook_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_rewards')),
    sqlite_strict=True
    )
    op.create_index('ix_rewards_rulebook_id_scene', 'rewards', ['rulebook_id', 'scene'], unique=False)
    op.create_table('support_lists',
    sa.Column('area_id', sa.Uuid(), nullable=False),
    sa.Column('kind', sa.String(length=10), nullable=False),
    sa.Column('support', sa.String(length=20), nullable=False),
    sa.Column('title_zh', sa.String(length=120), nullable=False),
    sa.Column('title_en', sa.String(length=200), nullable=False),
    sa.Column('places', sa.BigInteger(), nullable=False),
    sa.Column('granted', sa.BigInteger(), nullable=False),
    sa.Column('opens_on', sa.Date(), nullable=False),
    sa.Column('closes_on', sa.Date(), nullable=False),
    sa.Column('made_by_id', sa.Uuid(), nullable=False),
    sa.Column('made_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('version', sa.BigInteger(), nullable=False),
    sa.CheckConstraint("kind IN ('household', 'resident', 'merchant')", name=op.f('ck_support_lists_kind_known')),
    sa.CheckConstraint("support IN ('industry', 'interest_subsidy', 'allowance', 'procurement')", name=op.f('ck_support_lists_support_known')),
    sa.CheckConstraint('closes_on > opens_on', name=op.f('ck_support_lists_closes_after_opening')),
    sa.CheckConstraint('places > 0 AND granted >= 0 AND granted <= places', name=op.f('ck_support_lists_places_held')),
    sa.ForeignKeyConstraint(['area_id'], ['areas.id'], name=op.f('fk_support_lists_area_id')),
    sa.ForeignKeyConstraint(['made_by_id'], ['people.id'], name=op.f('fk_support_lists_made_by_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_support_lists')),
    sqlite_strict=True
    )
    op.create_index('ix_support_lists_area_id_id', 'support_lists', ['area_id', 'id'], unique=False)
    op.create_table('constraints',
    sa.Column('file_id', sa.Uuid(), nullable=False),
    sa.Column('kind', sa.String(length=10), nullable=False),
    sa.Column('area_id', sa.Uuid(), nullable=False),
    sa.Column('scene', sa.String(length=20), nullable=False),
    sa.Column('list_id', sa.Uuid(), nullable=False),
    sa.Column('list_for_persons', sa.Boolean(), nullable=False),
    sa.Column('legal_basis', sa.String(length=300), nullable=False),
    sa.Column('person_basis', sa.String(length=300), nullable=True),
    sa.Column('facts', sa.String(length=1000), nullable=False),
    sa.Column('decision', sa.String(length=200), nullable=False),
    sa.Column('scope_zh', sa.String(length=300), nullable=False),
    sa.Column('scope_en', sa.String(length=300), nullable=False),
    sa.Column('grade_class', sa.String(length=10), nullable=False),
    sa.Column('months', sa.BigInteger(), nullable=False),
    sa.Column('from_on', sa.Date(), nullable=False),
    sa.Column('ends_on', sa.Date(), nullable=False),
    sa.Column('entered_by_id', sa.Uuid(), nullable=False),
    sa.Column('entered_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('confirmed_by_id', sa.Uuid(), nullable=True),
    sa.Column('confirmed_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('lifted_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('lifted_reason', sa.String(length=500), nullable=True),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('version', sa.BigInteger(), nullable=False),
    sa.CheckConstraint("(grade_class = 'minor' AND months BETWEEN 1 AND 3) OR (grade_class = 'ordinary' AND months BETWEEN 3 AND 12) OR (grade_class = 'serious' AND months BETWEEN 12 AND 36)", name=op.f('ck_constraints_in_proportion')),
    sa.CheckConstraint("grade_class IN ('minor', 'ordinary', 'serious')", name=op.f('ck_constraints_grade_class_known')),
    sa.CheckConstraint("kind = 'merchant' OR (list_for_persons AND person_basis IS NOT NULL AND length(trim(person_basis)) >= 6)", name=op.f('ck_constraints_persons_by_their_own_basis')),
    sa.CheckConstraint("kind IN ('household', 'resident', 'merchant')", name=op.f('ck_constraints_kind_known')),
    sa.CheckConstraint("scene IN ('support_list', 'procurement', 'market_stall', 'honours', 'subsidy', 'more_inspections', 'fast_lane')", name=op.f('ck_constraints_scene_known')),
    sa.CheckConstraint('(lifted_at IS NULL) = (lifted_reason IS NULL)', name=op.f('ck_constraints_lifted_whole')),
    sa.CheckConstraint('ends_on > from_on', name=op.f('ck_constraints_ends_after_beginning')),
    sa.CheckConstraint('length(trim(decision)) >= 4 AND length(trim(facts)) >= 4', name=op.f('ck_constraints_decision_and_facts_given')),
    sa.CheckConstraint('length(trim(legal_basis)) >= 6', name=op.f('ck_constraints_legal_basis_given')),
    sa.CheckConstraint('length(trim(scope_zh)) >= 2 AND length(trim(scope_en)) >= 2', name=op.f('ck_constraints_scope_given')),
    sa.ForeignKeyConstraint(['area_id'], ['areas.id'], name=op.f('fk_constraints_area_id')),
    sa.ForeignKeyConstraint(['confirmed_by_id'], ['people.id'], name=op.f('fk_constraints_confirmed_by_id')),
    sa.ForeignKeyConstraint(['entered_by_id'], ['people.id'], name=op.f('fk_constraints_entered_by_id')),
    sa.ForeignKeyConstraint(['file_id', 'kind'], ['credit_files.id', 'credit_files.kind'], name='fk_constraints_file_id_kind'),
    sa.ForeignKeyConstraint(['list_id', 'list_for_persons'], ['constraint_lists.id', 'constraint_lists.for_persons'], name='fk_constraints_list_id_for_persons'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_constraints')),
    sqlite_strict=True
    )
    op.create_index('ix_constraints_area_id_id', 'constraints', ['area_id', 'id'], unique=False)
    op.create_index('ix_constraints_file_id', 'constraints', ['file_id'], unique=False)
    op.create_table('inspection_plans',
    sa.Column('area_id', sa.Uuid(), nullable=False),
    sa.Column('version_id', sa.Uuid(), nullable=False),
    sa.Column('from_on', sa.Date(), nullable=False),
    sa.Column('until_on', sa.Date(), nullable=False),
    sa.Column('seed', sa.String(length=64), nullable=False),
    sa.Column('shares', sa.JSON(), nullable=False),
    sa.Column('made_by_id', sa.Uuid(), nullable=False),
    sa.Column('made_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.CheckConstraint('until_on > from_on', name=op.f('ck_inspection_plans_ends_after_beginning')),
    sa.ForeignKeyConstraint(['area_id'], ['areas.id'], name=op.f('fk_inspection_plans_area_id')),
    sa.ForeignKeyConstraint(['made_by_id'], ['people.id'], name=op.f('fk_inspection_plans_made_by_id')),
    sa.ForeignKeyConstraint(['version_id'], ['rulebook_versions.id'], name=op.f('fk_inspection_plans_version_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_inspection_plans')),
    sqlite_strict=True
    )
    op.create_index('ix_inspection_plans_area_id_id', 'inspection_plans', ['area_id', 'id'], unique=False)
    op.create_table('letters',
    sa.Column('file_id', sa.Uuid(), nullable=False),
    sa.Column('receiver_id', sa.Uuid(), nullable=False),
    sa.Column('asked_by_id', sa.Uuid(), nullable=False),
    sa.Column('asked_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('says', sa.JSON(), nullable=False),
    sa.Column('expires_on', sa.Date(), nullable=False),
    sa.Column('status', sa.String(length=10), nullable=False),
    sa.Column('code_hash', sa.LargeBinary(), nullable=True),
    sa.Column('sent_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('withdrawn_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('version', sa.BigInteger(), nullable=False),
    sa.CheckConstraint("(status = 'draft') = (code_hash IS NULL)", name=op.f('ck_letters_code_when_sent')),
    sa.CheckConstraint("(status = 'draft') = (sent_at IS NULL)", name=op.f('ck_letters_sent_whole')),
    sa.CheckConstraint("status IN ('draft', 'sent', 'withdrawn')", name=op.f('ck_letters_status_known')),
    sa.ForeignKeyConstraint(['asked_by_id'], ['people.id'], name=op.f('fk_letters_asked_by_id')),
    sa.ForeignKeyConstraint(['file_id'], ['credit_files.id'], name=op.f('fk_letters_file_id')),
    sa.ForeignKeyConstraint(['receiver_id'], ['letter_receivers.id'], name=op.f('fk_letters_receiver_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_letters')),
    sqlite_strict=True
    )
    op.create_index('ix_letters_file_id_id', 'letters', ['file_id', 'id'], unique=False)
    op.create_index('uq_letters_code_hash', 'letters', ['code_hash'], unique=True)
    op.create_table('plan_runners',
    sa.Column('plan_id', sa.Uuid(), nullable=False),
    sa.Column('person_id', sa.Uuid(), nullable=False),
    sa.ForeignKeyConstraint(['person_id'], ['people.id'], name=op.f('fk_plan_runners_person_id')),
    sa.ForeignKeyConstraint(['plan_id'], ['correction_plans.id'], name=op.f('fk_plan_runners_plan_id')),
    sa.PrimaryKeyConstraint('plan_id', 'person_id', name=op.f('pk_plan_runners')),
    sqlite_strict=True
    )
    op.create_table('plan_steps',
    sa.Column('plan_id', sa.Uuid(), nullable=False),
    sa.Column('kind', sa.String(length=12), nullable=False),
    sa.Column('on_day', sa.Date(), nullable=False),
    sa.Column('minutes', sa.BigInteger(), nullable=True),
    sa.Column('note', sa.String(length=500), nullable=False),
    sa.Column('by_id', sa.Uuid(), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.CheckConstraint("(kind = 'service') = (minutes IS NOT NULL)", name=op.f('ck_plan_steps_minutes_of_service')),
    sa.CheckConstraint("kind IN ('rule_kept', 'rule_broken', 'service', 'work_found')", name=op.f('ck_plan_steps_kind_known')),
    sa.ForeignKeyConstraint(['by_id'], ['people.id'], name=op.f('fk_plan_steps_by_id')),
    sa.ForeignKeyConstraint(['plan_id'], ['correction_plans.id'], name=op.f('fk_plan_steps_plan_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_plan_steps')),
    sqlite_strict=True
    )
    op.create_index('ix_plan_steps_plan_id_id', 'plan_steps', ['plan_id', 'id'], unique=False)
    op.create_table('repairs',
    sa.Column('entry_id', sa.Uuid(), nullable=False),
    sa.Column('area_id', sa.Uuid(), nullable=False),
    sa.Column('grade_class', sa.String(length=10), nullable=False),
    sa.Column('by_id', sa.Uuid(), nullable=False),
    sa.Column('pledge', sa.String(length=1000), nullable=False),
    sa.Column('evidence', sa.String(length=1000), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('due_on', sa.Date(), nullable=False),
    sa.Column('status', sa.String(length=10), nullable=False),
    sa.Column('decided_by_id', sa.Uuid(), nullable=True),
    sa.Column('decided_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('decided_reason', sa.String(length=1000), nullable=True),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.CheckConstraint("(status IN ('granted', 'refused')) = (decided_reason IS NOT NULL)", name=op.f('ck_repairs_decided_in_writing')),
    sa.CheckConstraint("grade_class IN ('minor', 'ordinary', 'serious')", name=op.f('ck_repairs_grade_class_known')),
    sa.CheckConstraint("status IN ('open', 'granted', 'refused', 'withdrawn')", name=op.f('ck_repairs_status_known')),
    sa.CheckConstraint('length(trim(pledge)) >= 10', name=op.f('ck_repairs_pledged')),
    sa.ForeignKeyConstraint(['area_id'], ['areas.id'], name=op.f('fk_repairs_area_id')),
    sa.ForeignKeyConstraint(['by_id'], ['people.id'], name=op.f('fk_repairs_by_id')),
    sa.ForeignKeyConstraint(['decided_by_id'], ['people.id'], name=op.f('fk_repairs_decided_by_id')),
    sa.ForeignKeyConstraint(['entry_id'], ['credit_entries.id'], name=op.f('fk_repairs_entry_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_repairs')),
    sqlite_strict=True
    )
    op.create_index('ix_repairs_area_id_status_id', 'repairs', ['area_id', 'status', 'id'], unique=False)
    op.create_index('ix_repairs_by_id_id', 'repairs', ['by_id', 'id'], unique=False)
    op.create_index('ix_repairs_entry_id', 'repairs', ['entry_id'], unique=False)
    op.create_index('uq_repairs_open', 'repairs', ['entry_id'], unique=True, sqlite_where=sa.text("status = 'open'"), postgresql_where=sa.text("status = 'open'"))
    op.create_table('support_applications',
    sa.Column('list_id', sa.Uuid(), nullable=False),
    sa.Column('file_id', sa.Uuid(), nullable=False),
    sa.Column('grade_rank', sa.BigInteger(), nullable=True),
    sa.Column('asked', sa.String(length=1000), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('by_id', sa.Uuid(), nullable=False),
    sa.Column('status', sa.String(length=10), nullable=False),
    sa.Column('reason', sa.String(length=500), nullable=True),
    sa.Column('decided_by_id', sa.Uuid(), nullable=True),
    sa.Column('decided_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.CheckConstraint("(status IN ('granted', 'declined')) = (reason IS NOT NULL)", name=op.f('ck_support_applications_decided_with_reason')),
    sa.CheckConstraint("status IN ('open', 'granted', 'declined', 'withdrawn')", name=op.f('ck_support_applications_status_known')),
    sa.ForeignKeyConstraint(['by_id'], ['people.id'], name=op.f('fk_support_applications_by_id')),
    sa.ForeignKeyConstraint(['decided_by_id'], ['people.id'], name=op.f('fk_support_applications_decided_by_id')),
    sa.ForeignKeyConstraint(['file_id'], ['credit_files.id'], name=op.f('fk_support_applications_file_id')),
    sa.ForeignKeyConstraint(['list_id'], ['support_lists.id'], name=op.f('fk_support_applications_list_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_support_applications')),
    sqlite_strict=True
    )
    op.create_index('ix_support_applications_list_id_grade_rank_id', 'support_applications', ['list_id', 'grade_rank', 'id'], unique=False)
    op.create_index('ix_support_applications_by_id_id', 'support_applications', ['by_id', 'id'], unique=False)
    op.create_index('uq_support_applications_live', 'support_applications', ['list_id', 'file_id'], unique=True, sqlite_where=sa.text("status <> 'withdrawn'"), postgresql_where=sa.text("status <> 'withdrawn'"))
    op.create_table('inspections',
    sa.Column('plan_id', sa.Uuid(), nullable=False),
    sa.Column('file_id', sa.Uuid(), nullable=False),
    sa.Column('grade_rank', sa.BigInteger(), nullable=False),
    sa.Column('result', sa.String(length=15), nullable=True),
    sa.Column('found', sa.String(length=1000), nullable=True),
    sa.Column('done_on', sa.Date(), nullable=True),
    sa.Column('done_by_id', sa.Uuid(), nullable=True),
    sa.Column('entered_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.CheckConstraint("result IN ('clean', 'minor_fault', 'serious_fault')", name=op.f('ck_inspections_result_known')),
    sa.CheckConstraint('(result IS NULL) = (done_on IS NULL)', name=op.f('ck_inspections_done_whole')),
    sa.ForeignKeyConstraint(['done_by_id'], ['people.id'], name=op.f('fk_inspections_done_by_id')),
    sa.ForeignKeyConstraint(['file_id'], ['credit_files.id'], name=op.f('fk_inspections_file_id')),
    sa.ForeignKeyConstraint(['plan_id'], ['inspection_plans.id'], name=op.f('fk_inspections_plan_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_inspections')),
    sqlite_strict=True
    )
    op.create_index('uq_inspections_plan_id_file_id', 'inspections', ['plan_id', 'file_id'], unique=True)
    op.create_table('letter_looks',
    sa.Column('letter_id', sa.Uuid(), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.ForeignKeyConstraint(['letter_id'], ['letters.id'], name=op.f('fk_letter_looks_letter_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_letter_looks')),
    sqlite_strict=True
    )
    op.create_index('ix_letter_looks_letter_id_id', 'letter_looks', ['letter_id', 'id'], unique=False)
    op.create_table('recalls',
    sa.Column('letter_id', sa.Uuid(), nullable=False),
    sa.Column('why', sa.String(length=20), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('acknowledged_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.CheckConstraint("why IN ('repaired', 'objection_upheld', 'lapsed', 'left', 'withdrawn')", name=op.f('ck_recalls_why_known')),
    sa.ForeignKeyConstraint(['letter_id'], ['letters.id'], name=op.f('fk_recalls_letter_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_recalls')),
    sqlite_strict=True
    )
    op.create_index('ix_recalls_unheard', 'recalls', ['letter_id'], unique=False, sqlite_where=sa.text('acknowledged_at IS NULL'), postgresql_where=sa.text('acknowledged_at IS NULL'))
    op.create_index('uq_recalls_letter_id_why', 'recalls', ['letter_id', 'why'], unique=True)
    op.add_column('indicators', sa.Column('repair_class', sa.String(length=10), nullable=True))
