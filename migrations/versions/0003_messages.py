"""What people are told, what WeChat was asked for and pushed, and what it said of residents' words and pictures."""
# ruff: noqa: E501
import sqlalchemy as sa
from alembic import op

revision = "0003_messages"
down_revision = "0002_guards"
branch_labels = None
depends_on = None

CHECKED = (("activity_records", "text_state"), ("evidence", "state"), ("objections", "text_state"), ("people", "name_state"))
STATES = "('pending', 'passed', 'review', 'refused')"
TABLES = ("subscription_rights", "deliveries", "messages", "content_checks", "wechat_access_tokens", "push_receipts",
          "mini_program_codes", "content_verdicts")  # each after those that name it
STAYS = "topic, payload, day, at"  # of a message; it is read, and follows its person when two are joined


def upgrade():
    op.create_table('content_verdicts',
        sa.Column('trace_id', sa.String(length=64), nullable=False),
        sa.Column('suggest', sa.String(length=10), nullable=False),
        sa.Column('label', sa.BigInteger(), nullable=True),
        sa.Column('at', sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint('trace_id', name='pk_content_verdicts'),
        sqlite_strict=True
    )
    op.create_table('mini_program_codes',
        sa.Column('app_id', sa.String(length=64), nullable=False),
        sa.Column('scene', sa.String(length=32), nullable=False),
        sa.Column('page', sa.String(length=120), nullable=False),
        sa.Column('env_version', sa.String(length=10), nullable=False),
        sa.Column('picture', sa.LargeBinary(), nullable=False),
        sa.Column('at', sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint('app_id', 'scene', 'page', 'env_version', name='pk_mini_program_codes'),
        sqlite_strict=True
    )
    op.create_table('push_receipts',
        sa.Column('digest', sa.LargeBinary(), nullable=False),
        sa.Column('signed', sa.LargeBinary(), nullable=False),
        sa.Column('at', sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint('digest', name='pk_push_receipts'),
        sa.UniqueConstraint('signed', name='uq_push_receipts_signed'),
        sqlite_strict=True
    )
    op.create_index('ix_push_receipts_at', 'push_receipts', ['at'], unique=False)
    op.create_table('wechat_access_tokens',
        sa.Column('app_id', sa.String(length=64), nullable=False),
        sa.Column('data_key', sa.LargeBinary(), nullable=False),
        sa.Column('token_sealed', sa.LargeBinary(), nullable=True),
        sa.Column('fingerprint', sa.LargeBinary(), nullable=True),
        sa.Column('expires_at', sa.DateTime(timezone=True), nullable=True),
        sa.Column('renew_at', sa.DateTime(timezone=True), nullable=True),
        sa.Column('lease_owner', sa.String(length=64), nullable=True),
        sa.Column('lease_until', sa.DateTime(timezone=True), nullable=True),
        sa.Column('forced_at', sa.DateTime(timezone=True), nullable=True),
        sa.Column('forced_on', sa.Date(), nullable=True),
        sa.Column('forced_count', sa.BigInteger(), nullable=False),
        sa.Column('id', sa.Uuid(), nullable=False),
        sa.CheckConstraint('forced_count >= 0', name=op.f('ck_wechat_access_tokens_forced_count_not_negative')),
        sa.PrimaryKeyConstraint('id', name='pk_wechat_access_tokens'),
        sa.UniqueConstraint('app_id', name='uq_wechat_access_tokens_app_id'),
        sqlite_strict=True
    )
    op.create_table('content_checks',
        sa.Column('target_type', sa.String(length=20), nullable=False),
        sa.Column('target_id', sa.Uuid(), nullable=False),
        sa.Column('author_id', sa.Uuid(), nullable=False),
        sa.Column('content_hash', sa.LargeBinary(), nullable=False),
        sa.Column('was', sa.Text(), nullable=True),
        sa.Column('state', sa.String(length=10), nullable=False),
        sa.Column('label', sa.BigInteger(), nullable=True),
        sa.Column('trace_id', sa.String(length=64), nullable=True),
        sa.Column('at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('decided_at', sa.DateTime(timezone=True), nullable=True),
        sa.Column('id', sa.Uuid(), nullable=False),
        sa.CheckConstraint("state IN ('pending', 'passed', 'review', 'refused')", name=op.f('ck_content_checks_state_known')),
        sa.ForeignKeyConstraint(['author_id'], ['people.id'], name='fk_content_checks_author_id'),
        sa.PrimaryKeyConstraint('id', name='pk_content_checks'),
        sa.UniqueConstraint('trace_id', name='uq_content_checks_trace_id'),
        sqlite_strict=True
    )
    op.create_index('ix_content_checks_state_at', 'content_checks', ['state', 'at'], unique=False)
    op.create_index('ix_content_checks_target', 'content_checks', ['target_type', 'target_id'], unique=False)
    op.create_table('messages',
        sa.Column('person_id', sa.Uuid(), nullable=False),
        sa.Column('topic', sa.String(length=40), nullable=False),
        sa.Column('payload', sa.JSON(), nullable=False),
        sa.Column('day', sa.Date(), nullable=True),
        sa.Column('at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('read_at', sa.DateTime(timezone=True), nullable=True),
        sa.Column('noticed_at', sa.DateTime(timezone=True), nullable=True),
        sa.Column('id', sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(['person_id'], ['people.id'], name='fk_messages_person_id'),
        sa.PrimaryKeyConstraint('id', name='pk_messages'),
        sqlite_strict=True
    )
    op.create_index('ix_messages_person_id_id', 'messages', ['person_id', 'id'], unique=False)
    op.create_index('ix_messages_unnoticed', 'messages', ['id'], unique=False, sqlite_where=sa.text('noticed_at IS NULL'), postgresql_where=sa.text('noticed_at IS NULL'))
    op.create_index('ix_messages_unread', 'messages', ['person_id', 'id'], unique=False, sqlite_where=sa.text('read_at IS NULL'), postgresql_where=sa.text('read_at IS NULL'))
    op.create_index('uq_messages_once_a_day', 'messages', ['person_id', 'topic', 'day'], unique=True, sqlite_where=sa.text('day IS NOT NULL'), postgresql_where=sa.text('day IS NOT NULL'))
    op.create_table('deliveries',
        sa.Column('message_id', sa.Uuid(), nullable=False),
        sa.Column('app_id', sa.String(length=64), nullable=False),
        sa.Column('openid', sa.String(length=128), nullable=False),
        sa.Column('template_id', sa.String(length=64), nullable=False),
        sa.Column('state', sa.String(length=10), nullable=False),
        sa.Column('platform_id', sa.String(length=64), nullable=True),
        sa.Column('error', sa.Text(), nullable=True),
        sa.Column('began_at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('ended_at', sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("state IN ('sending', 'waiting', 'unknown', 'sent', 'failed')", name=op.f('ck_deliveries_state_known')),
        sa.ForeignKeyConstraint(['message_id'], ['messages.id'], name='fk_deliveries_message_id'),
        sa.PrimaryKeyConstraint('message_id', name='pk_deliveries'),
        sqlite_strict=True
    )
    op.create_index('ix_deliveries_app_id_openid', 'deliveries', ['app_id', 'openid'], unique=False)
    op.create_index('uq_deliveries_one_at_a_time', 'deliveries', ['app_id', 'openid'], unique=True, sqlite_where=sa.text("state = 'sending'"), postgresql_where=sa.text("state = 'sending'"))
    op.create_table('subscription_rights',
        sa.Column('app_id', sa.String(length=64), nullable=False),
        sa.Column('openid', sa.String(length=128), nullable=False),
        sa.Column('template_id', sa.String(length=64), nullable=False),
        sa.Column('rights', sa.BigInteger(), nullable=False),
        sa.Column('client_ahead', sa.BigInteger(), nullable=False),
        sa.Column('changed_at', sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint('rights >= 0', name=op.f('ck_subscription_rights_rights_not_negative')),
        sa.ForeignKeyConstraint(['app_id', 'openid'], ['wechat_logins.app_id', 'wechat_logins.openid'], name='fk_subscription_rights_app_id_openid', ondelete='CASCADE'),
        sa.PrimaryKeyConstraint('app_id', 'openid', 'template_id', name='pk_subscription_rights'),
        sqlite_strict=True
    )

    for table, column in CHECKED:
        _add_state(table, column)
    (_guard_postgresql if _is_postgresql() else _guard_sqlite)()


def _is_postgresql() -> bool:
    return op.get_bind().dialect.name == "postgresql"


def _add_state(table: str, column: str) -> None:
    """SQLite adds a column with its constraint in place; Alembic would make the table again."""
    op.execute(f"ALTER TABLE {table} ADD COLUMN {column} {'VARCHAR(10)' if _is_postgresql() else 'TEXT'} NOT NULL DEFAULT 'passed' "
               f"CONSTRAINT ck_{table}_{column}_known CHECK ({column} IN {STATES})")


def _guard_sqlite():
    op.execute(f"CREATE TRIGGER messages_stay BEFORE UPDATE OF {STAYS} ON messages "
               "BEGIN SELECT RAISE(ABORT, 'a message stays as it was written'); END")
    for table, verbs in (("content_verdicts", ("UPDATE", "DELETE")), ("push_receipts", ("UPDATE",))):
        for verb in verbs:
            op.execute(f"CREATE TRIGGER {table}_no_{verb.lower()} BEFORE {verb} ON {table} "
                       f"BEGIN SELECT RAISE(ABORT, '{table} are only added'); END")


def _guard_postgresql():
    op.execute("CREATE FUNCTION linli_message_kept() RETURNS trigger LANGUAGE plpgsql AS "
               "$$BEGIN RAISE EXCEPTION 'a message stays as it was written' USING ERRCODE = '23514'; END$$")
    op.execute(f"CREATE TRIGGER messages_stay BEFORE UPDATE OF {STAYS} ON messages FOR EACH ROW EXECUTE FUNCTION linli_message_kept()")
    op.execute("CREATE TRIGGER content_verdicts_only_added BEFORE UPDATE OR DELETE ON content_verdicts "
               "FOR EACH ROW EXECUTE FUNCTION linli_only_added()")
    op.execute("CREATE TRIGGER push_receipts_no_update BEFORE UPDATE ON push_receipts "
               "FOR EACH ROW EXECUTE FUNCTION linli_only_added()")


def downgrade():
    for table in TABLES:
        op.drop_table(table)
    if _is_postgresql():
        op.execute("DROP FUNCTION linli_message_kept()")
    for table, column in CHECKED:
        op.execute(f"ALTER TABLE {table} DROP COLUMN {column}")
