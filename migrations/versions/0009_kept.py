"""What the chain and the money consist of is never deleted: rows are marked (annulled, withdrawn, reversed, cancelled) or handed over.

The lines of a settlement are not changed either.
"""
from alembic import op

revision = "0009_kept"
down_revision = "0008_old_scan_keys"
branch_labels = None
depends_on = None

KEPT = ("check_ins", "activity_records", "objections", "lots", "coupons", "redemptions", "settlements", "settlement_lines", "funds",
        "offers", "events", "sign_ups")
NOT_CHANGED = ("settlement_lines",)


def upgrade():
    (_upgrade_postgresql if op.get_bind().dialect.name == "postgresql" else _upgrade_sqlite)()


def _upgrade_sqlite():
    for table in KEPT:
        op.execute(f"CREATE TRIGGER {table}_no_delete BEFORE DELETE ON {table} BEGIN SELECT RAISE(ABORT, '{table} are kept'); END")
    for table in NOT_CHANGED:
        op.execute(f"CREATE TRIGGER {table}_no_update BEFORE UPDATE ON {table} BEGIN SELECT RAISE(ABORT, '{table} are only added'); END")


def _upgrade_postgresql():
    op.execute("CREATE FUNCTION linli_kept() RETURNS trigger LANGUAGE plpgsql AS "
               "$$BEGIN RAISE EXCEPTION '% are kept', TG_TABLE_NAME USING ERRCODE = '23514'; END$$")
    for table in KEPT:
        op.execute(f"CREATE TRIGGER {table}_no_delete BEFORE DELETE ON {table} FOR EACH ROW EXECUTE FUNCTION linli_kept()")
        op.execute(f"CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table} FOR EACH STATEMENT EXECUTE FUNCTION linli_kept()")
    for table in NOT_CHANGED:
        op.execute(f"CREATE TRIGGER {table}_no_update BEFORE UPDATE ON {table} FOR EACH ROW EXECUTE FUNCTION linli_only_added()")


def downgrade():
    if op.get_bind().dialect.name == "postgresql":
        for table in NOT_CHANGED:
            op.execute(f"DROP TRIGGER {table}_no_update ON {table}")
        op.execute("DROP FUNCTION linli_kept() CASCADE")
        return
    for table in NOT_CHANGED:
        op.execute(f"DROP TRIGGER {table}_no_update")
    for table in KEPT:
        op.execute(f"DROP TRIGGER {table}_no_delete")
