"""What people agreed to, each purpose by itself, and when they took it back."""
import sqlalchemy as sa
from alembic import op

revision = "0010_consents"
down_revision = "0009_kept"
branch_labels = None
depends_on = None

GIVEN = "purpose, text_version, given_at"  # a consent follows its person when two are joined
SAID = "a consent stays as it was given"


def upgrade():
    op.create_table(
        "consents",
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("purpose", sa.String(length=20), nullable=False),
        sa.Column("text_version", sa.String(length=20), nullable=False),
        sa.Column("given_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("purpose IN ('location', 'wechat_messages', 'phone_number')", name=op.f("ck_consents_purpose_known")),
        sa.CheckConstraint("given_at IS NOT NULL OR withdrawn_at IS NOT NULL", name=op.f("ck_consents_given_or_refused")),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name="fk_consents_person_id"),
        sa.PrimaryKeyConstraint("id", name="pk_consents"),
        sqlite_strict=True,
    )
    op.create_index("ix_consents_person_id_id", "consents", ["person_id", "id"], unique=False)
    op.create_index("uq_consents_live", "consents", ["person_id", "purpose"], unique=True,
                    sqlite_where=sa.text("withdrawn_at IS NULL"), postgresql_where=sa.text("withdrawn_at IS NULL"))
    if op.get_bind().dialect.name == "postgresql":
        op.execute("CREATE FUNCTION linli_consent_kept() RETURNS trigger LANGUAGE plpgsql AS "
                   f"$$BEGIN RAISE EXCEPTION '{SAID}' USING ERRCODE = '23514'; END$$")
        op.execute(f"CREATE TRIGGER consents_stay BEFORE UPDATE OF {GIVEN} ON consents FOR EACH ROW EXECUTE FUNCTION linli_consent_kept()")
        op.execute("CREATE TRIGGER consents_end_once BEFORE UPDATE OF withdrawn_at ON consents FOR EACH ROW "
                   "WHEN (OLD.withdrawn_at IS NOT NULL) EXECUTE FUNCTION linli_consent_kept()")
        op.execute("CREATE TRIGGER consents_no_delete BEFORE DELETE ON consents FOR EACH ROW EXECUTE FUNCTION linli_consent_kept()")
        return
    raising = f"BEGIN SELECT RAISE(ABORT, '{SAID}'); END"
    op.execute(f"CREATE TRIGGER consents_stay BEFORE UPDATE OF {GIVEN} ON consents {raising}")
    op.execute(f"CREATE TRIGGER consents_end_once BEFORE UPDATE OF withdrawn_at ON consents WHEN OLD.withdrawn_at IS NOT NULL {raising}")
    op.execute(f"CREATE TRIGGER consents_no_delete BEFORE DELETE ON consents {raising}")


def downgrade():
    op.drop_table("consents")
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP FUNCTION linli_consent_kept()")
