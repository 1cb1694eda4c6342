"""A constraint stands on a list in force, in its file's area, by two people, in words that are no blanks, to the day that its months say."""
import sqlalchemy as sa
from alembic import op

from models import schema
from models.db import is_postgresql

revision = "0031_constraints_as_told"
down_revision = "0030_called_off"
branch_labels = None
depends_on = None

BLANKS = "\t\n\v\f\r\x1c\x1d\x1e\x1f \x85\xa0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u2028\u2029\u202f\u205f\u3000"
INSERT = {
    "constraints_on_a_list_in_force": (
        "a constraint stands on a list in force on its first day",
        "NOT EXISTS (SELECT 1 FROM constraint_lists WHERE id = NEW.list_id AND in_force_from <= NEW.from_on "
        "AND (ended_on IS NULL OR ended_on > NEW.from_on))"),
    "constraints_in_their_files_area": (
        "a constraint is of the area of its file", "NOT EXISTS (SELECT 1 FROM credit_files WHERE id = NEW.file_id AND area_id = NEW.area_id)")}
CONFIRMED = {"confirmed_whole": "(confirmed_at IS NULL) = (confirmed_by_id IS NULL)", "confirmed_by_another": "confirmed_by_id <> entered_by_id"}
OTHERS = {
    "in_proportion": "(grade_class = 'minor' AND months BETWEEN 1 AND 3) OR (grade_class = 'ordinary' AND months BETWEEN 3 AND 12)"
                     " OR (grade_class = 'serious' AND months BETWEEN 12 AND 36)",
    "grade_class_known": "grade_class IN ('minor', 'ordinary', 'serious')", "kind_known": "kind IN ('household', 'resident', 'merchant')",
    "scene_known": "scene IN ('support_list', 'procurement', 'market_stall', 'honours', 'subsidy', 'more_inspections', 'fast_lane')",
    "lifted_whole": "(lifted_at IS NULL) = (lifted_reason IS NULL)", "ends_after_beginning": "ends_on > from_on"}
WRITTEN = ("file_id, kind, area_id, scene, list_id, list_for_persons, legal_basis, person_basis, facts, decision, scope_zh, scope_en, grade_class, "
           "months, from_on, ends_on, entered_by_id, entered_at")
DECIDED = "confirmed_by_id, confirmed_at, lifted_at, lifted_reason"


def upgrade():
    _drop_guards(["constraints_in_proportion"])
    _checked(_in_words(f", '{BLANKS}'") | CONFIRMED, instead_of=_in_words(""))
    on_postgresql = "NEW.ends_on <> (NEW.from_on + make_interval(months => NEW.months::int))::date"
    on_sqlite = ("NEW.ends_on <> min(date(NEW.from_on, NEW.months || ' months'), "
                 "date(NEW.from_on, 'start of month', (NEW.months + 1) || ' months', '-1 day'))")  # the same day, or that month's last
    schema.guard("constraints_in_proportion", "INSERT", "constraints", "a constraint ends with its months",
                 on_postgresql if is_postgresql() else on_sqlite)
    schema.guard("constraints_confirmed_by_id_once", "UPDATE OF confirmed_by_id", "constraints", "confirmed_by_id is written once",
                 "OLD.confirmed_by_id IS NOT NULL")
    for name, (said, when) in INSERT.items():
        _guard_by_others(name, said, when)


def _guard_by_others(name, said, when):
    """A trigger that looks at another table: PostgreSQL does that in a function alone."""
    if not is_postgresql():
        schema.guard(name, "INSERT", "constraints", said, when)
        return
    op.execute(f"CREATE FUNCTION linli_{name}() RETURNS trigger LANGUAGE plpgsql AS $$BEGIN IF {when} THEN "
               f"RAISE EXCEPTION '{said}' USING ERRCODE = '23514'; END IF; RETURN NEW; END$$")
    op.execute(f"CREATE TRIGGER {name} BEFORE INSERT ON constraints FOR EACH ROW EXECUTE FUNCTION linli_{name}()")


def downgrade():
    _drop_guards(["constraints_in_proportion", "constraints_confirmed_by_id_once", *INSERT])
    _checked(_in_words(""), instead_of=_in_words(f", '{BLANKS}'") | CONFIRMED)
    schema.guard("constraints_in_proportion", "INSERT", "constraints", "a constraint ends with its months",
                 "NEW.ends_on > (NEW.from_on + make_interval(months => NEW.months::int))::date" if is_postgresql() else
                 "NEW.ends_on > date(NEW.from_on, NEW.months || ' months')")
    for name in INSERT if is_postgresql() else ():
        op.execute(f"DROP FUNCTION linli_{name}()")


def _drop_guards(names):
    for name in names:
        op.execute(f"DROP TRIGGER {name}{' ON constraints' if is_postgresql() else ''}")


def _in_words(blanks):
    def least(letters, *columns):
        return " AND ".join(f"length(trim({column}{blanks})) >= {letters}" for column in columns)
    return {"legal_basis_given": least(6, "legal_basis"), "scope_given": least(2, "scope_zh", "scope_en"),
            "decision_and_facts_given": least(4, "decision", "facts"),
            "persons_by_their_own_basis": f"kind = 'merchant' OR (list_for_persons AND person_basis IS NOT NULL AND {least(6, 'person_basis')})"}


def _checked(checks, *, instead_of):
    if not is_postgresql():
        _make_again(checks | OTHERS)
        return
    for name in instead_of:
        op.drop_constraint(op.f(f"ck_constraints_{name}"), "constraints")
    for name, check in checks.items():
        op.execute(f"ALTER TABLE constraints ADD CONSTRAINT ck_constraints_{name} CHECK ({check}) NOT VALID")  # the next step validates it


def _make_again(checks):
    op.execute("ALTER TABLE constraints RENAME TO constraints_before")
    for index in ("ix_constraints_area_id_id", "ix_constraints_file_id"):
        op.drop_index(index)
    _make_table([sa.CheckConstraint(check, name=op.f(f"ck_constraints_{name}")) for name, check in checks.items()])
    columns = f"{WRITTEN}, {DECIDED}, id, version"
    op.execute(f"INSERT INTO constraints ({columns}) SELECT {columns} FROM constraints_before")
    op.execute("DROP TABLE constraints_before")
    op.create_index("ix_constraints_area_id_id", "constraints", ["area_id", "id"])
    op.create_index("ix_constraints_file_id", "constraints", ["file_id"])
    schema.kept("constraints", WRITTEN, once=("confirmed_at", "lifted_at"))


def _make_table(checks):
    op.create_table(
        "constraints",
        sa.Column("file_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("area_id", sa.Uuid(), nullable=False),
        sa.Column("scene", sa.String(length=20), nullable=False),
        sa.Column("list_id", sa.Uuid(), nullable=False),
        sa.Column("list_for_persons", sa.Boolean(), nullable=False),
        sa.Column("legal_basis", sa.String(length=300), nullable=False),
        sa.Column("person_basis", sa.String(length=300), nullable=True),
        sa.Column("facts", sa.String(length=1000), nullable=False),
        sa.Column("decision", sa.String(length=200), nullable=False),
        sa.Column("scope_zh", sa.String(length=300), nullable=False),
        sa.Column("scope_en", sa.String(length=300), nullable=False),
        sa.Column("grade_class", sa.String(length=10), nullable=False),
        sa.Column("months", sa.BigInteger(), nullable=False),
        sa.Column("from_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.Column("entered_by_id", sa.Uuid(), nullable=False),
        sa.Column("entered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("confirmed_by_id", sa.Uuid(), nullable=True),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("lifted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("lifted_reason", sa.String(length=500), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        *checks,
        sa.ForeignKeyConstraint(["area_id"], ["areas.id"], name=op.f("fk_constraints_area_id")),
        sa.ForeignKeyConstraint(["confirmed_by_id"], ["people.id"], name=op.f("fk_constraints_confirmed_by_id")),
        sa.ForeignKeyConstraint(["entered_by_id"], ["people.id"], name=op.f("fk_constraints_entered_by_id")),
        sa.ForeignKeyConstraint(["file_id", "kind"], ["credit_files.id", "credit_files.kind"], name="fk_constraints_file_id_kind"),
        sa.ForeignKeyConstraint(["list_id", "list_for_persons"], ["constraint_lists.id", "constraint_lists.for_persons"],
                                name="fk_constraints_list_id_for_persons"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_constraints")),
        sqlite_strict=True)
