"""What no code of ours may do, the database refuses: history is only added to, wallets are born empty."""
from alembic import op

revision = "0002_guards"
down_revision = "0001_main_job"
branch_labels = None
depends_on = None

ONLY_ADDED = ("postings", "lot_uses", "audit_rows", "audit_seals", "record_steps", "top_ups")


def upgrade():
    (_upgrade_postgresql if op.get_bind().dialect.name == "postgresql" else _upgrade_sqlite)()


def _upgrade_sqlite():
    for table in ONLY_ADDED:
        for verb in ("UPDATE", "DELETE"):
            op.execute(f"CREATE TRIGGER {table}_no_{verb.lower()} BEFORE {verb} ON {table} "
                       f"BEGIN SELECT RAISE(ABORT, '{table} are only added'); END")
    op.execute("CREATE TRIGGER wallets_born_empty BEFORE INSERT ON wallets WHEN NEW.balance <> 0 "
               "BEGIN SELECT RAISE(ABORT, 'a wallet is born empty'); END")
    op.execute("CREATE TRIGGER wallets_stay BEFORE UPDATE OF owner_id, kind, unit ON wallets "
               "BEGIN SELECT RAISE(ABORT, 'a wallet keeps its owner, kind and unit'); END")
    op.execute("CREATE TRIGGER wallets_no_delete BEFORE DELETE ON wallets "
               "BEGIN SELECT RAISE(ABORT, 'wallets are kept'); END")


def _upgrade_postgresql():
    op.execute("CREATE FUNCTION linli_only_added() RETURNS trigger LANGUAGE plpgsql AS "
               "$$BEGIN RAISE EXCEPTION '% are only added', TG_TABLE_NAME USING ERRCODE = '23514'; END$$")
    for table in ONLY_ADDED:
        op.execute(f"CREATE TRIGGER {table}_only_added BEFORE UPDATE OR DELETE ON {table} "
                   "FOR EACH ROW EXECUTE FUNCTION linli_only_added()")
        op.execute(f"CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table} "
                   "FOR EACH STATEMENT EXECUTE FUNCTION linli_only_added()")
    op.execute("CREATE FUNCTION linli_wallet_kept() RETURNS trigger LANGUAGE plpgsql AS "
               "$$BEGIN RAISE EXCEPTION 'a wallet is born empty and keeps its owner' USING ERRCODE = '23514'; END$$")
    op.execute("CREATE TRIGGER wallets_born_empty BEFORE INSERT ON wallets FOR EACH ROW WHEN (NEW.balance <> 0) "
               "EXECUTE FUNCTION linli_wallet_kept()")
    op.execute("CREATE TRIGGER wallets_stay BEFORE UPDATE OF owner_id, kind, unit ON wallets "
               "FOR EACH ROW EXECUTE FUNCTION linli_wallet_kept()")
    op.execute("CREATE TRIGGER wallets_no_delete BEFORE DELETE ON wallets "
               "FOR EACH ROW EXECUTE FUNCTION linli_wallet_kept()")


def downgrade():
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP FUNCTION linli_only_added() CASCADE")
        op.execute("DROP FUNCTION linli_wallet_kept() CASCADE")
        return
    for table in ONLY_ADDED:
        op.execute(f"DROP TRIGGER {table}_no_update")
        op.execute(f"DROP TRIGGER {table}_no_delete")
    for name in ("wallets_born_empty", "wallets_stay", "wallets_no_delete"):
        op.execute(f"DROP TRIGGER {name}")
