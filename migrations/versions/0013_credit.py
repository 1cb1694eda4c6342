"""Credit files, entries and rulebooks: what stands in them stays; a version's rules stay from the day its consultation begins."""
# ruff: noqa: E501
import sqlalchemy as sa
from alembic import op

from models import schema

revision = "0013_credit"
down_revision = "0012_civility"
branch_labels = None
depends_on = None

TABLES = ("rulebook_trials", "rulebook_comments", "indicators", "grades", "credit_standings", "credit_objections", "credit_file_facts", "credit_enrolments", "rulebook_versions", "person_traits", "household_members", "credit_files", "credit_entries", "rulebooks", "credit_marks")
FACTS = ("household_id, merchant_id, area_id, code, measured, quantity, happened_on, entered_on, entered_at, deed, title, source, source_ref, "
         "source_name, evidence, entered_by_id")
PUBLISHED = ("UPDATE OF status, consulted_from, consulted_until, voted_on, voters, eligible, present, votes_for, votes_against, minutes, published_by_id, "
             "in_force_from")
BEGAN = {"postgresql": "(created_at AT TIME ZONE 'Asia/Shanghai')::date", "sqlite": "date(created_at, '+8 hours')"}


def upgrade():
    _make_tables()
    _fill_households()
    _guard()


def _fill_households():
    """Whoever is of a household now has been since they are known; the row has the person's own key, which sorts by time as it should."""
    op.execute("INSERT INTO household_members (id, household_id, person_id, joined_on, joined_how) "
               f"SELECT id, household_id, id, {BEGAN[op.get_bind().dialect.name]}, 'moved_in' FROM people "
               "WHERE household_id IS NOT NULL AND joined_into_id IS NULL")


def _guard():
    if op.get_bind().dialect.name == "postgresql":
        op.execute("CREATE FUNCTION linli_refuse() RETURNS trigger LANGUAGE plpgsql AS "
                   "$$BEGIN RAISE EXCEPTION '%', TG_ARGV[0] USING ERRCODE = '23514'; END$$")
    schema.kept("credit_files", "kind, household_id, merchant_id, opened_at")
    schema.kept("credit_enrolments", "file_id, joined_on, joined_at, joined_by_id, text_version", once=("left_at",))
    schema.kept("household_members", "household_id, joined_on, joined_how", once=("left_on",))
    schema.kept("credit_file_facts", "file_id, kind, label, quantity, unit, from_on, source, entered_by_id, entered_at", once=("ended_at",))
    schema.kept("credit_entries", FACTS, once=("voided_at", "stopped_at"))
    schema.kept("credit_objections", "entry_id, area_id, by_id, reason, at, due_on", once=("decided_at",))
    schema.kept("rulebook_comments", "version_id, by_id, said, at", once=("answered_at",))
    schema.only_added("rulebook_trials")
    schema.kept("rulebooks", "area_id, kind, created_at")
    schema.kept("rulebook_versions", "rulebook_id, number, made_by_id, made_at", once=("voted_on", "published_at", "retired_on"))
    schema.guard("rulebook_versions_frozen", "UPDATE OF template_id, base_centipoints, most_centipoints", "rulebook_versions",
                 "rules stay once they are consulted on", "OLD.status <> 'draft'")
    schema.guard("rulebook_versions_in_force", PUBLISHED, "rulebook_versions",
                 "a published version stays", "OLD.status = 'published'")
    for table in ("indicators", "grades"):
        _frozen_with_version(table)


def _frozen_with_version(table):
    """Rules are written and taken away while their version is a draft, never changed."""
    schema.guard(f"{table}_no_update", "UPDATE", table, f"{table} are written anew, not changed")
    said = "rules stay once they are consulted on"
    if op.get_bind().dialect.name == "postgresql":
        for event, row in (("INSERT", "NEW"), ("DELETE", "OLD")):
            op.execute(f"CREATE FUNCTION linli_{table}_{event.lower()}() RETURNS trigger LANGUAGE plpgsql AS $$BEGIN "
                       f"IF (SELECT status FROM rulebook_versions WHERE id = {row}.version_id) <> 'draft' THEN "
                       f"RAISE EXCEPTION '{said}' USING ERRCODE = '23514'; END IF; RETURN {row}; END$$")
            op.execute(f"CREATE TRIGGER {table}_frozen_{event.lower()} BEFORE {event} ON {table} FOR EACH ROW "
                       f"EXECUTE FUNCTION linli_{table}_{event.lower()}()")
        return
    for event, row in (("INSERT", "NEW"), ("DELETE", "OLD")):
        schema.guard(f"{table}_frozen_{event.lower()}", event, table, said,
                     f"(SELECT status FROM rulebook_versions WHERE id = {row}.version_id) <> 'draft'")


def downgrade():
    for table in TABLES:
        op.drop_table(table)
    if op.get_bind().dialect.name == "postgresql":
        for table in ("indicators", "grades"):
            for event in ("insert", "delete"):
                op.execute(f"DROP FUNCTION linli_{table}_{event}()")
        op.execute("DROP FUNCTION linli_refuse()")


def _make_tables():
    op.create_table('credit_marks',
    sa.Column('name', sa.String(length=20), nullable=False),
    sa.Column('upto', sa.Uuid(), nullable=False),
    sa.PrimaryKeyConstraint('name', name=op.f('pk_credit_marks')),
    sqlite_strict=True
    )
    op.create_table('rulebooks',
    sa.Column('area_id', sa.Uuid(), nullable=False),
    sa.Column('kind', sa.String(length=10), nullable=False),
    sa.Column('title_zh', sa.String(length=120), nullable=False),
    sa.Column('title_en', sa.String(length=200), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.CheckConstraint("kind IN ('household', 'resident', 'merchant')", name=op.f('ck_rulebooks_kind_known')),
    sa.ForeignKeyConstraint(['area_id'], ['areas.id'], name=op.f('fk_rulebooks_area_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_rulebooks')),
    sqlite_strict=True
    )
    op.create_index('uq_rulebooks_area_id_kind', 'rulebooks', ['area_id', 'kind'], unique=True)
    op.create_table('credit_entries',
    sa.Column('person_id', sa.Uuid(), nullable=True),
    sa.Column('household_id', sa.Uuid(), nullable=True),
    sa.Column('merchant_id', sa.Uuid(), nullable=True),
    sa.Column('area_id', sa.Uuid(), nullable=False),
    sa.Column('code', sa.String(length=40), nullable=False),
    sa.Column('measured', sa.String(length=10), nullable=False),
    sa.Column('quantity', sa.BigInteger(), nullable=False),
    sa.Column('happened_on', sa.Date(), nullable=False),
    sa.Column('entered_on', sa.Date(), nullable=False),
    sa.Column('entered_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('deed', sa.String(length=160).with_variant(sa.String(length=160, collation='C'), 'postgresql'), nullable=False),
    sa.Column('title', sa.String(length=200), nullable=False),
    sa.Column('source', sa.String(length=12), nullable=False),
    sa.Column('source_ref', sa.String(length=160).with_variant(sa.String(length=160, collation='C'), 'postgresql'), nullable=False),
    sa.Column('source_name', sa.String(length=120), nullable=False),
    sa.Column('evidence', sa.String(length=500), nullable=False),
    sa.Column('entered_by_id', sa.Uuid(), nullable=True),
    sa.Column('voided_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('voided_reason', sa.Text(), nullable=True),
    sa.Column('voided_by_id', sa.Uuid(), nullable=True),
    sa.Column('stopped_on', sa.Date(), nullable=True),
    sa.Column('stopped_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.CheckConstraint("measured IN ('minutes', 'times')", name=op.f('ck_credit_entries_measured_known')),
    sa.CheckConstraint("source IN ('chain', 'department', 'grid_worker', 'review', 'inspection')", name=op.f('ck_credit_entries_source_known')),
    sa.CheckConstraint('(CASE WHEN person_id IS NULL THEN 0 ELSE 1 END) + (CASE WHEN household_id IS NULL THEN 0 ELSE 1 END) + (CASE WHEN merchant_id IS NULL THEN 0 ELSE 1 END) = 1', name=op.f('ck_credit_entries_one_subject')),
    sa.CheckConstraint('(stopped_at IS NULL) = (stopped_on IS NULL)', name=op.f('ck_credit_entries_stopped_whole')),
    sa.CheckConstraint('(voided_at IS NULL) = (voided_reason IS NULL)', name=op.f('ck_credit_entries_voided_whole')),
    sa.CheckConstraint('quantity > 0', name=op.f('ck_credit_entries_quantity_positive')),
    sa.ForeignKeyConstraint(['area_id'], ['areas.id'], name=op.f('fk_credit_entries_area_id')),
    sa.ForeignKeyConstraint(['entered_by_id'], ['people.id'], name=op.f('fk_credit_entries_entered_by_id')),
    sa.ForeignKeyConstraint(['household_id'], ['households.id'], name=op.f('fk_credit_entries_household_id')),
    sa.ForeignKeyConstraint(['merchant_id'], ['merchants.id'], name=op.f('fk_credit_entries_merchant_id')),
    sa.ForeignKeyConstraint(['person_id'], ['people.id'], name=op.f('fk_credit_entries_person_id')),
    sa.ForeignKeyConstraint(['voided_by_id'], ['people.id'], name=op.f('fk_credit_entries_voided_by_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_credit_entries')),
    sqlite_strict=True
    )
    op.create_index('ix_credit_entries_area_id_id', 'credit_entries', ['area_id', 'id'], unique=False)
    op.create_index('ix_credit_entries_household_id_happened_on', 'credit_entries', ['household_id', 'happened_on'], unique=False, sqlite_where=sa.text('household_id IS NOT NULL'), postgresql_where=sa.text('household_id IS NOT NULL'))
    op.create_index('ix_credit_entries_merchant_id_happened_on', 'credit_entries', ['merchant_id', 'happened_on'], unique=False, sqlite_where=sa.text('merchant_id IS NOT NULL'), postgresql_where=sa.text('merchant_id IS NOT NULL'))
    op.create_index('ix_credit_entries_person_id_happened_on', 'credit_entries', ['person_id', 'happened_on'], unique=False, sqlite_where=sa.text('person_id IS NOT NULL'), postgresql_where=sa.text('person_id IS NOT NULL'))
    op.create_index('uq_credit_entries_source', 'credit_entries', ['source', 'source_ref'], unique=True)
    op.create_table('credit_files',
    sa.Column('kind', sa.String(length=10), nullable=False),
    sa.Column('person_id', sa.Uuid(), nullable=True),
    sa.Column('household_id', sa.Uuid(), nullable=True),
    sa.Column('merchant_id', sa.Uuid(), nullable=True),
    sa.Column('area_id', sa.Uuid(), nullable=False),
    sa.Column('without_volunteering', sa.Boolean(), nullable=False),
    sa.Column('opened_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('version', sa.BigInteger(), nullable=False),
    sa.CheckConstraint("(kind = 'resident') = (person_id IS NOT NULL) AND (kind = 'household') = (household_id IS NOT NULL)", name=op.f('ck_credit_files_kind_fits')),
    sa.CheckConstraint("kind IN ('household', 'resident', 'merchant')", name=op.f('ck_credit_files_kind_known')),
    sa.CheckConstraint('(CASE WHEN person_id IS NULL THEN 0 ELSE 1 END) + (CASE WHEN household_id IS NULL THEN 0 ELSE 1 END) + (CASE WHEN merchant_id IS NULL THEN 0 ELSE 1 END) = 1', name=op.f('ck_credit_files_one_subject')),
    sa.ForeignKeyConstraint(['area_id'], ['areas.id'], name=op.f('fk_credit_files_area_id')),
    sa.ForeignKeyConstraint(['household_id'], ['households.id'], name=op.f('fk_credit_files_household_id')),
    sa.ForeignKeyConstraint(['merchant_id'], ['merchants.id'], name=op.f('fk_credit_files_merchant_id')),
    sa.ForeignKeyConstraint(['person_id'], ['people.id'], name=op.f('fk_credit_files_person_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_credit_files')),
    sqlite_strict=True
    )
    op.create_index('ix_credit_files_area_id_kind_id', 'credit_files', ['area_id', 'kind', 'id'], unique=False)
    op.create_index('uq_credit_files_household_id', 'credit_files', ['household_id'], unique=True, sqlite_where=sa.text('household_id IS NOT NULL'), postgresql_where=sa.text('household_id IS NOT NULL'))
    op.create_index('uq_credit_files_merchant_id', 'credit_files', ['merchant_id'], unique=True, sqlite_where=sa.text('merchant_id IS NOT NULL'), postgresql_where=sa.text('merchant_id IS NOT NULL'))
    op.create_index('uq_credit_files_person_id', 'credit_files', ['person_id'], unique=True, sqlite_where=sa.text('person_id IS NOT NULL'), postgresql_where=sa.text('person_id IS NOT NULL'))
    op.create_table('household_members',
    sa.Column('household_id', sa.Uuid(), nullable=False),
    sa.Column('person_id', sa.Uuid(), nullable=False),
    sa.Column('joined_on', sa.Date(), nullable=False),
    sa.Column('joined_how', sa.String(length=12), nullable=False),
    sa.Column('left_on', sa.Date(), nullable=True),
    sa.Column('left_how', sa.String(length=12), nullable=True),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.CheckConstraint("joined_how IN ('founded', 'born', 'married_in', 'moved_in', 'split')", name=op.f('ck_household_members_joined_how_known')),
    sa.CheckConstraint("left_how IN ('married_out', 'moved_out', 'split', 'died')", name=op.f('ck_household_members_left_how_known')),
    sa.CheckConstraint('(left_on IS NULL) = (left_how IS NULL)', name=op.f('ck_household_members_left_whole')),
    sa.CheckConstraint('left_on IS NULL OR left_on >= joined_on', name=op.f('ck_household_members_leaves_after_joining')),
    sa.ForeignKeyConstraint(['household_id'], ['households.id'], name=op.f('fk_household_members_household_id')),
    sa.ForeignKeyConstraint(['person_id'], ['people.id'], name=op.f('fk_household_members_person_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_household_members')),
    sqlite_strict=True
    )
    op.create_index('ix_household_members_household_id_joined_on', 'household_members', ['household_id', 'joined_on'], unique=False)
    op.create_index('ix_household_members_person_id_joined_on', 'household_members', ['person_id', 'joined_on'], unique=False)
    op.create_index('uq_household_members_live', 'household_members', ['person_id'], unique=True, sqlite_where=sa.text('left_on IS NULL'), postgresql_where=sa.text('left_on IS NULL'))
    op.create_table('person_traits',
    sa.Column('person_id', sa.Uuid(), nullable=False),
    sa.Column('born_year', sa.BigInteger(), nullable=True),
    sa.Column('sex', sa.String(length=10), nullable=True),
    sa.Column('hukou', sa.String(length=12), nullable=True),
    sa.Column('has_disability', sa.Boolean(), nullable=True),
    sa.Column('told_at', sa.DateTime(timezone=True), nullable=False),
    sa.CheckConstraint("hukou IN ('here_rural', 'here_urban', 'elsewhere', 'abroad')", name=op.f('ck_person_traits_hukou_known')),
    sa.CheckConstraint("sex IN ('female', 'male', 'other')", name=op.f('ck_person_traits_sex_known')),
    sa.CheckConstraint('born_year BETWEEN 1900 AND 2100', name=op.f('ck_person_traits_born_year_likely')),
    sa.ForeignKeyConstraint(['person_id'], ['people.id'], name=op.f('fk_person_traits_person_id')),
    sa.PrimaryKeyConstraint('person_id', name=op.f('pk_person_traits')),
    sqlite_strict=True
    )
    op.create_table('rulebook_versions',
    sa.Column('rulebook_id', sa.Uuid(), nullable=False),
    sa.Column('number', sa.BigInteger(), nullable=False),
    sa.Column('template_id', sa.Uuid(), nullable=True),
    sa.Column('status', sa.String(length=10), nullable=False),
    sa.Column('base_centipoints', sa.BigInteger(), nullable=False),
    sa.Column('most_centipoints', sa.BigInteger(), nullable=False),
    sa.Column('made_by_id', sa.Uuid(), nullable=False),
    sa.Column('made_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('consulted_from', sa.Date(), nullable=True),
    sa.Column('consulted_until', sa.Date(), nullable=True),
    sa.Column('voted_on', sa.Date(), nullable=True),
    sa.Column('voters', sa.String(length=10), nullable=True),
    sa.Column('eligible', sa.BigInteger(), nullable=True),
    sa.Column('present', sa.BigInteger(), nullable=True),
    sa.Column('votes_for', sa.BigInteger(), nullable=True),
    sa.Column('votes_against', sa.BigInteger(), nullable=True),
    sa.Column('minutes', sa.Text(), nullable=True),
    sa.Column('published_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('published_by_id', sa.Uuid(), nullable=True),
    sa.Column('in_force_from', sa.Date(), nullable=True),
    sa.Column('retired_on', sa.Date(), nullable=True),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('version', sa.BigInteger(), nullable=False),
    sa.CheckConstraint("(status = 'published') = (in_force_from IS NOT NULL)", name=op.f('ck_rulebook_versions_published_with_its_day')),
    sa.CheckConstraint("status IN ('draft', 'consulted', 'voted', 'published', 'dropped')", name=op.f('ck_rulebook_versions_status_known')),
    sa.CheckConstraint('base_centipoints >= 0 AND base_centipoints <= most_centipoints', name=op.f('ck_rulebook_versions_base_within_most')),
    sa.CheckConstraint('consulted_until IS NULL OR consulted_until > consulted_from', name=op.f('ck_rulebook_versions_consulted_for_days')),
    sa.CheckConstraint('retired_on IS NULL OR retired_on >= in_force_from', name=op.f('ck_rulebook_versions_retired_after_force')),
    sa.CheckConstraint('votes_for IS NULL OR (votes_for >= 0 AND votes_against >= 0 AND present >= votes_for + votes_against AND eligible >= present)', name=op.f('ck_rulebook_versions_votes_add_up')),
    sa.ForeignKeyConstraint(['made_by_id'], ['people.id'], name=op.f('fk_rulebook_versions_made_by_id')),
    sa.ForeignKeyConstraint(['published_by_id'], ['people.id'], name=op.f('fk_rulebook_versions_published_by_id')),
    sa.ForeignKeyConstraint(['rulebook_id'], ['rulebooks.id'], name=op.f('fk_rulebook_versions_rulebook_id')),
    sa.ForeignKeyConstraint(['template_id'], ['rulebook_versions.id'], name=op.f('fk_rulebook_versions_template_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_rulebook_versions')),
    sqlite_strict=True
    )
    op.create_index('uq_rulebook_versions_live', 'rulebook_versions', ['rulebook_id'], unique=True, sqlite_where=sa.text("status = 'published' AND retired_on IS NULL"), postgresql_where=sa.text("status = 'published' AND retired_on IS NULL"))
    op.create_index('uq_rulebook_versions_rulebook_id_number', 'rulebook_versions', ['rulebook_id', 'number'], unique=True)
    op.create_table('credit_enrolments',
    sa.Column('file_id', sa.Uuid(), nullable=False),
    sa.Column('joined_on', sa.Date(), nullable=False),
    sa.Column('joined_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('joined_by_id', sa.Uuid(), nullable=False),
    sa.Column('text_version', sa.String(length=20), nullable=False),
    sa.Column('left_on', sa.Date(), nullable=True),
    sa.Column('left_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('left_by_id', sa.Uuid(), nullable=True),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.CheckConstraint('(left_on IS NULL) = (left_at IS NULL)', name=op.f('ck_credit_enrolments_left_whole')),
    sa.CheckConstraint('left_on IS NULL OR left_on >= joined_on', name=op.f('ck_credit_enrolments_leaves_after_joining')),
    sa.ForeignKeyConstraint(['file_id'], ['credit_files.id'], name=op.f('fk_credit_enrolments_file_id')),
    sa.ForeignKeyConstraint(['joined_by_id'], ['people.id'], name=op.f('fk_credit_enrolments_joined_by_id')),
    sa.ForeignKeyConstraint(['left_by_id'], ['people.id'], name=op.f('fk_credit_enrolments_left_by_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_credit_enrolments')),
    sqlite_strict=True
    )
    op.create_index('ix_credit_enrolments_file_id_joined_on', 'credit_enrolments', ['file_id', 'joined_on'], unique=False)
    op.create_index('uq_credit_enrolments_live', 'credit_enrolments', ['file_id'], unique=True, sqlite_where=sa.text('left_on IS NULL'), postgresql_where=sa.text('left_on IS NULL'))
    op.create_table('credit_file_facts',
    sa.Column('file_id', sa.Uuid(), nullable=False),
    sa.Column('kind', sa.String(length=20), nullable=False),
    sa.Column('label', sa.String(length=200), nullable=False),
    sa.Column('quantity', sa.BigInteger(), nullable=False),
    sa.Column('unit', sa.String(length=15), nullable=False),
    sa.Column('from_on', sa.Date(), nullable=False),
    sa.Column('until_on', sa.Date(), nullable=True),
    sa.Column('source', sa.String(length=200), nullable=False),
    sa.Column('entered_by_id', sa.Uuid(), nullable=False),
    sa.Column('entered_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('ended_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('ended_by_id', sa.Uuid(), nullable=True),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.CheckConstraint("kind IN ('registration', 'contracted_land', 'planting', 'livestock', 'lease_in', 'lease_out', 'loan', 'licence')", name=op.f('ck_credit_file_facts_kind_known')),
    sa.CheckConstraint("unit IN ('none', 'mu_hundredths', 'head', 'fen', 'kg', 'persons')", name=op.f('ck_credit_file_facts_unit_known')),
    sa.CheckConstraint('quantity >= 0', name=op.f('ck_credit_file_facts_quantity_not_negative')),
    sa.ForeignKeyConstraint(['ended_by_id'], ['people.id'], name=op.f('fk_credit_file_facts_ended_by_id')),
    sa.ForeignKeyConstraint(['entered_by_id'], ['people.id'], name=op.f('fk_credit_file_facts_entered_by_id')),
    sa.ForeignKeyConstraint(['file_id'], ['credit_files.id'], name=op.f('fk_credit_file_facts_file_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_credit_file_facts')),
    sqlite_strict=True
    )
    op.create_index('ix_credit_file_facts_file_id_id', 'credit_file_facts', ['file_id', 'id'], unique=False)
    op.create_table('credit_objections',
    sa.Column('entry_id', sa.Uuid(), nullable=False),
    sa.Column('area_id', sa.Uuid(), nullable=False),
    sa.Column('by_id', sa.Uuid(), nullable=False),
    sa.Column('reason', sa.Text(), nullable=False),
    sa.Column('status', sa.String(length=10), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('due_on', sa.Date(), nullable=False),
    sa.Column('decided_by_id', sa.Uuid(), nullable=True),
    sa.Column('decided_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('decided_reason', sa.Text(), nullable=True),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.CheckConstraint("(status = 'open') = (decided_at IS NULL)", name=op.f('ck_credit_objections_decided_whole')),
    sa.CheckConstraint("status IN ('open', 'upheld', 'dismissed')", name=op.f('ck_credit_objections_status_known')),
    sa.CheckConstraint('(decided_at IS NULL) = (decided_reason IS NULL)', name=op.f('ck_credit_objections_decided_in_writing')),
    sa.ForeignKeyConstraint(['area_id'], ['areas.id'], name=op.f('fk_credit_objections_area_id')),
    sa.ForeignKeyConstraint(['by_id'], ['people.id'], name=op.f('fk_credit_objections_by_id')),
    sa.ForeignKeyConstraint(['decided_by_id'], ['people.id'], name=op.f('fk_credit_objections_decided_by_id')),
    sa.ForeignKeyConstraint(['entry_id'], ['credit_entries.id'], name=op.f('fk_credit_objections_entry_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_credit_objections')),
    sqlite_strict=True
    )
    op.create_index('ix_credit_objections_area_id_status_id', 'credit_objections', ['area_id', 'status', 'id'], unique=False)
    op.create_index('ix_credit_objections_entry_id', 'credit_objections', ['entry_id'], unique=False)
    op.create_index('uq_credit_objections_open', 'credit_objections', ['entry_id'], unique=True, sqlite_where=sa.text("status = 'open'"), postgresql_where=sa.text("status = 'open'"))
    op.create_table('credit_standings',
    sa.Column('file_id', sa.Uuid(), nullable=False),
    sa.Column('version_id', sa.Uuid(), nullable=False),
    sa.Column('on_day', sa.Date(), nullable=False),
    sa.Column('centipoints', sa.BigInteger(), nullable=False),
    sa.Column('low', sa.BigInteger(), nullable=False),
    sa.Column('high', sa.BigInteger(), nullable=False),
    sa.Column('grade_rank', sa.BigInteger(), nullable=False),
    sa.Column('worked_out_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['file_id'], ['credit_files.id'], name=op.f('fk_credit_standings_file_id')),
    sa.ForeignKeyConstraint(['version_id'], ['rulebook_versions.id'], name=op.f('fk_credit_standings_version_id')),
    sa.PrimaryKeyConstraint('file_id', name=op.f('pk_credit_standings')),
    sqlite_strict=True
    )
    op.create_index('ix_credit_standings_version_id_grade_rank', 'credit_standings', ['version_id', 'grade_rank'], unique=False)
    op.create_table('grades',
    sa.Column('version_id', sa.Uuid(), nullable=False),
    sa.Column('rank', sa.BigInteger(), nullable=False),
    sa.Column('code', sa.String(length=10), nullable=False),
    sa.Column('name_zh', sa.String(length=60), nullable=False),
    sa.Column('name_en', sa.String(length=100), nullable=False),
    sa.Column('opens_zh', sa.Text(), nullable=False),
    sa.Column('opens_en', sa.Text(), nullable=False),
    sa.Column('from_centipoints', sa.BigInteger(), nullable=False),
    sa.Column('below_centipoints', sa.BigInteger(), nullable=True),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.CheckConstraint('from_centipoints >= 0 AND (below_centipoints IS NULL OR below_centipoints > from_centipoints)', name=op.f('ck_grades_band')),
    sa.ForeignKeyConstraint(['version_id'], ['rulebook_versions.id'], name=op.f('fk_grades_version_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_grades')),
    sqlite_strict=True
    )
    op.create_index('uq_grades_version_id_code', 'grades', ['version_id', 'code'], unique=True)
    op.create_index('uq_grades_version_id_rank', 'grades', ['version_id', 'rank'], unique=True)
    op.create_table('indicators',
    sa.Column('version_id', sa.Uuid(), nullable=False),
    sa.Column('parent_id', sa.Uuid(), nullable=True),
    sa.Column('place', sa.BigInteger(), nullable=False),
    sa.Column('code', sa.String(length=40), nullable=False),
    sa.Column('layer', sa.String(length=10), nullable=False),
    sa.Column('own_slot', sa.BigInteger(), nullable=True),
    sa.Column('name_zh', sa.String(length=120), nullable=False),
    sa.Column('name_en', sa.String(length=200), nullable=False),
    sa.Column('measured', sa.String(length=10), nullable=True),
    sa.Column('each_centipoints', sa.BigInteger(), nullable=True),
    sa.Column('per_quantity', sa.BigInteger(), nullable=True),
    sa.Column('deed_most', sa.BigInteger(), nullable=True),
    sa.Column('most', sa.BigInteger(), nullable=True),
    sa.Column('least', sa.BigInteger(), nullable=True),
    sa.Column('term_months', sa.BigInteger(), nullable=True),
    sa.Column('doubles', sa.Boolean(), nullable=False),
    sa.Column('grade_rank', sa.BigInteger(), nullable=True),
    sa.Column('not_before_force', sa.Boolean(), nullable=False),
    sa.Column('evidence_zh', sa.Text(), nullable=False),
    sa.Column('evidence_en', sa.Text(), nullable=False),
    sa.Column('basis', sa.Text(), nullable=False),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.CheckConstraint("(layer = 'own' AND each_centipoints IS NOT NULL) = (own_slot IS NOT NULL) AND (own_slot IS NULL OR own_slot BETWEEN 1 AND 5)", name=op.f('ck_indicators_own_items_few')),
    sa.CheckConstraint("layer IN ('district', 'shared', 'own')", name=op.f('ck_indicators_layer_known')),
    sa.CheckConstraint("measured IN ('minutes', 'times')", name=op.f('ck_indicators_measured_known')),
    sa.CheckConstraint('(parent_id IS NULL) = (each_centipoints IS NULL)', name=op.f('ck_indicators_branch_or_item')),
    sa.CheckConstraint('NOT doubles OR each_centipoints < 0', name=op.f('ck_indicators_only_faults_double')),
    sa.CheckConstraint('deed_most IS NULL OR deed_most > 0', name=op.f('ck_indicators_deed_most_positive')),
    sa.CheckConstraint('each_centipoints >= 0 OR term_months IS NOT NULL', name=op.f('ck_indicators_faults_lapse')),
    sa.CheckConstraint('each_centipoints IS NULL OR per_quantity > 0', name=op.f('ck_indicators_item_is_counted')),
    sa.CheckConstraint('least IS NULL OR least <= 0', name=op.f('ck_indicators_least_not_positive')),
    sa.CheckConstraint('most IS NULL OR most >= 0', name=op.f('ck_indicators_most_not_negative')),
    sa.CheckConstraint('own_slot IS NULL OR abs(each_centipoints) <= 200 AND coalesce(deed_most, abs(each_centipoints)) <= 200', name=op.f('ck_indicators_own_items_small')),
    sa.CheckConstraint('term_months IS NULL OR term_months > 0', name=op.f('ck_indicators_term_positive')),
    sa.ForeignKeyConstraint(['parent_id'], ['indicators.id'], name=op.f('fk_indicators_parent_id')),
    sa.ForeignKeyConstraint(['version_id'], ['rulebook_versions.id'], name=op.f('fk_indicators_version_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_indicators')),
    sqlite_strict=True
    )
    op.create_index('uq_indicators_own_minus', 'indicators', ['version_id', 'own_slot'], unique=True, sqlite_where=sa.text('each_centipoints <= 0'), postgresql_where=sa.text('each_centipoints <= 0'))
    op.create_index('uq_indicators_own_plus', 'indicators', ['version_id', 'own_slot'], unique=True, sqlite_where=sa.text('each_centipoints > 0'), postgresql_where=sa.text('each_centipoints > 0'))
    op.create_index('uq_indicators_version_id_code', 'indicators', ['version_id', 'code'], unique=True)
    op.create_table('rulebook_comments',
    sa.Column('version_id', sa.Uuid(), nullable=False),
    sa.Column('by_id', sa.Uuid(), nullable=False),
    sa.Column('said', sa.Text(), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('answer', sa.Text(), nullable=True),
    sa.Column('answered_by_id', sa.Uuid(), nullable=True),
    sa.Column('answered_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.ForeignKeyConstraint(['answered_by_id'], ['people.id'], name=op.f('fk_rulebook_comments_answered_by_id')),
    sa.ForeignKeyConstraint(['by_id'], ['people.id'], name=op.f('fk_rulebook_comments_by_id')),
    sa.ForeignKeyConstraint(['version_id'], ['rulebook_versions.id'], name=op.f('fk_rulebook_comments_version_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_rulebook_comments')),
    sqlite_strict=True
    )
    op.create_index('ix_rulebook_comments_version_id_id', 'rulebook_comments', ['version_id', 'id'], unique=False)
    op.create_table('rulebook_trials',
    sa.Column('version_id', sa.Uuid(), nullable=False),
    sa.Column('on_day', sa.Date(), nullable=False),
    sa.Column('by_id', sa.Uuid(), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('found', sa.JSON(), nullable=False),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.ForeignKeyConstraint(['by_id'], ['people.id'], name=op.f('fk_rulebook_trials_by_id')),
    sa.ForeignKeyConstraint(['version_id'], ['rulebook_versions.id'], name=op.f('fk_rulebook_trials_version_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_rulebook_trials')),
    sqlite_strict=True
    )
    op.create_index('ix_rulebook_trials_version_id_id', 'rulebook_trials', ['version_id', 'id'], unique=False)
