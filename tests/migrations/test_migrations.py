import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import CheckConstraint, inspect, text

from api import create_app
from models import db
from models.schema import alembic_config, downgrade, upgrade

CURRENT = "alembic_version"


@pytest.fixture
def migrated(database, settings):
    app = create_app(settings)
    with app.app_context():
        yield
        db.session.remove()
        db.engine.dispose()


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

    def test_a_failed_migration_changes_nothing(self, migrated, tmp_path):
        config = alembic_config()
        versions = f"{config.get_main_option('script_location')}/versions"
        config.set_main_option("version_locations", f"{versions} {tmp_path}")
        config.set_main_option("path_separator", "space")
        (tmp_path / "9999_broken.py").write_text(
            "from alembic import op\nimport sqlalchemy as sa\n"
            f"revision, down_revision, branch_labels, depends_on = '9999_broken', {_head()!r}, None, None\n"
            "def upgrade():\n    op.create_table('half', sa.Column('id', sa.Integer))\n    raise ZeroDivisionError\n"
            "def downgrade():\n    pass\n")
        head = _head()
        db.session.remove()
        before = tables()
        with pytest.raises(ZeroDivisionError):
            command.upgrade(config, "head")
        assert tables() == before
        assert _head() == head


def _head():
    return db.session.scalar(text(f"SELECT version_num FROM {CURRENT}"))
