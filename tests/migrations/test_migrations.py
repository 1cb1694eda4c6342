import psycopg
import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import CheckConstraint, event, inspect, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import OperationalError

from api import create_app
from models import db, schema
from models.schema import alembic_config, downgrade, upgrade

CURRENT = "alembic_version"


@pytest.fixture
def migrated(database, settings):
    app = create_app(settings)
    with app.app_context():
        yield
        db.session.remove()
        db.engine.dispose()


@pytest.fixture
def another_step(tmp_path):
    """`another_step("    op…")`: how to migrate where one more step does this."""
    def make(upgrades):
        config = alembic_config()
        versions = f"{config.get_main_option('script_location')}/versions"
        config.set_main_option("version_locations", f"{versions} {tmp_path}")
        config.set_main_option("path_separator", "space")
        (tmp_path / "9999_another.py").write_text(
            "from alembic import op\nimport sqlalchemy as sa\nfrom models import schema\n"
            f"revision, down_revision, branch_labels, depends_on = '9999_another', {schema.newest_revision()!r}, None, None\n"
            f"def upgrade():\n{upgrades}def downgrade():\n    pass\n")
        return config
    return make


def test_a_steps_file_has_its_name():
    steps = ScriptDirectory.from_config(alembic_config()).walk_revisions()
    assert [step.revision for step in steps][::-1] == schema.REVISIONS


def tables():
    return set(inspect(db.engine).get_table_names()) - {CURRENT}


def left_over():
    """Functions, triggers and views of ours."""
    listing = ("SELECT name FROM sqlite_master WHERE type IN ('trigger', 'view')" if db.engine.dialect.name == "sqlite" else
               "SELECT proname FROM pg_proc WHERE pronamespace = 'public'::regnamespace")
    return list(db.session.scalars(text(listing)))


class TestOnBothDatabases:
    def test_the_migrations_make_what_the_models_say(self, migrated):
        with db.engine.connect() as connection:
            context = MigrationContext.configure(connection, opts={"compare_type": True, "compare_server_default": True})
            assert compare_metadata(context, db.metadata) == []

    def test_checks_and_indexes_have_the_models_names(self, migrated):
        found = inspect(db.engine)
        for table in db.metadata.sorted_tables:
            checks = {str(check.name) for check in table.constraints if isinstance(check, CheckConstraint)}
            assert {check["name"] for check in found.get_check_constraints(table.name)} == checks, table.name
            indexes = {index["name"] for index in found.get_indexes(table.name) if not index.get("duplicates_constraint")}
            assert indexes == {str(index.name) for index in table.indexes}, table.name

    def test_down_leaves_nothing_and_up_again_makes_all(self, migrated):
        before, guards = tables(), sorted(left_over())
        db.session.remove()
        downgrade()
        assert tables() == set()
        assert left_over() == []
        db.session.remove()
        upgrade()
        assert tables() == before
        assert sorted(left_over()) == guards

    def test_a_failed_migration_changes_nothing(self, migrated, another_step):
        config = another_step("    op.create_table('half', sa.Column('id', sa.Integer))\n    raise ZeroDivisionError\n")
        before, head = tables(), _head()
        db.session.remove()
        with pytest.raises(ZeroDivisionError):
            command.upgrade(config, "head")
        assert tables() == before
        assert _head() == head

    def test_an_index_is_added_also_where_a_try_was_cut_off(self, migrated, another_step):
        config = another_step("    schema.add_index('ix_postings_memo', 'postings', ['memo'])\n")
        if db.engine.dialect.name == "postgresql":  # as a try that was cut off leaves one
            db.session.execute(text("CREATE INDEX ix_postings_memo ON postings (memo)"))
            db.session.execute(text("UPDATE pg_index SET indisvalid = false WHERE indexrelid = 'ix_postings_memo'::regclass"))
            db.session.commit()
        db.session.remove()
        command.upgrade(config, "head")
        assert "ix_postings_memo" in {index["name"] for index in inspect(db.engine).get_indexes("postings")}
        assert _head() == "9999_another"
        if db.engine.dialect.name == "postgresql":
            assert db.session.scalar(text("SELECT indisvalid FROM pg_index WHERE indexrelid = 'ix_postings_memo'::regclass"))


@pytest.mark.only("postgresql")
class TestAmongOthers:
    @pytest.fixture
    def reader(self, migrated, database):
        """Somebody who reads of events, and goes on doing so until `rollback`."""
        db.session.remove()
        downgrade("0005_lots_that_continue")
        with psycopg.connect(make_url(database).set(drivername="postgresql").render_as_string(hide_password=False)) as connection:
            connection.execute("SELECT count(*) FROM events")
            yield connection

    @pytest.fixture
    def refused(self, reader, monkeypatch):
        """The locks that a step of the schema did not get: it asks for them for a short time, and soon again."""
        refusals = []

        def note(context):
            if isinstance(context.original_exception, psycopg.errors.LockNotAvailable):
                refusals.append(context.statement)
        monkeypatch.setattr(schema, "LOCK_TIMEOUT", "20ms")
        monkeypatch.setattr(schema, "REST_S", 0)
        event.listen(db.engine, "handle_error", note)
        yield refusals
        event.remove(db.engine, "handle_error", note)

    def test_a_step_gives_way_to_a_long_reader_and_is_taken_afterwards(self, reader, refused):
        @event.listens_for(db.engine, "handle_error")
        def finish(_context):
            if len(refused) == 3:
                reader.rollback()
        upgrade()
        event.remove(db.engine, "handle_error", finish)
        assert len(refused) == 3 and _head() == schema.newest_revision()

    def test_one_who_reads_for_too_long_keeps_the_schema_as_it_was(self, reader, refused):
        with pytest.raises(OperationalError):
            upgrade()
        assert len(refused) == schema.TRIES
        assert _head() == "0005_lots_that_continue"
        reader.rollback()
        upgrade()
        assert _head() == schema.newest_revision()

    def test_afterwards_time_is_limited_as_before(self, migrated):
        upgrade()
        assert db.session.scalar(text("SHOW lock_timeout")) == "3s" and db.session.scalar(text("SHOW statement_timeout")) == "10s"


def _head():
    return db.session.scalar(text(f"SELECT version_num FROM {CURRENT}"))
