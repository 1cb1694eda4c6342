"""The civility index: versions with their trees, periods, surveys, questionnaires, department figures, what came of them, and remarks.

What is published stays; a version's weights are 10,000 below each node, or it is not published.
"""
import sqlalchemy as sa
from alembic import op

revision = "0012_civility"
down_revision = "0011_operations"
branch_labels = None
depends_on = None

TABLES = (
    "civility_places", "civility_opt_outs", "civility_versions", "civility_nodes", "civility_periods", "civility_department_figures",
    "civility_figures", "civility_questionnaires", "civility_remarks", "civility_rounds", "civility_invitations", "civility_sheets",
    "civility_visits", "civility_pictures")
KEPT = ("civility_versions", "civility_periods", "civility_places", "civility_visits", "civility_invitations", "civility_department_figures",
        "civility_remarks")  # changed, never deleted
ONLY_ADDED = ("civility_rounds", "civility_questionnaires", "civility_sheets", "civility_pictures")
VERSION = ("area_id", "number", "title_zh", "title_en", "made_by_id", "made_at", "published_by_id", "published_at")
ENTERED = ("period_id", "area_id", "node_id", "value_hundredths", "people", "source", "document", "entered_by_id", "entered_at")
SAID = ("period_id", "area_id", "node_id", "said", "at")
VERSION_STAYS, UNBALANCED = "a published version stays as it is", "the weights below a node are 10000 together, and every branch ends in leaves"
PERIOD_STAYS, FIGURE_STAYS = "a published period stays as it is", "figures are only added"
BADLY_WEIGHED = """
    NOT EXISTS (SELECT 1 FROM civility_nodes WHERE version_id = NEW.id)
    OR EXISTS (SELECT 1 FROM civility_nodes WHERE version_id = NEW.id GROUP BY parent_code HAVING sum(weight_hundredths) <> 10000)
    OR EXISTS (SELECT 1 FROM civility_nodes child WHERE child.version_id = NEW.id AND child.parent_code <> '' AND NOT EXISTS (
        SELECT 1 FROM civility_nodes branch WHERE branch.version_id = NEW.id AND branch.code = child.parent_code AND branch.method IS NULL))
    OR EXISTS (SELECT 1 FROM civility_nodes branch WHERE branch.version_id = NEW.id AND branch.method IS NULL AND NOT EXISTS (
        SELECT 1 FROM civility_nodes child WHERE child.version_id = NEW.id AND child.parent_code = branch.code))
"""


def upgrade():
    _make_tables()
    (_guard_postgresql if op.get_bind().dialect.name == "postgresql" else _guard_sqlite)()


def _guard_sqlite():
    def trigger(name, when, said):
        op.execute(f"CREATE TRIGGER {name} BEFORE {when} BEGIN SELECT RAISE(ABORT, '{said}'); END")
    for table in KEPT:
        trigger(f"{table}_no_delete", f"DELETE ON {table}", f"{table} are kept")
    for table in ONLY_ADDED:
        for verb in ("UPDATE", "DELETE"):
            trigger(f"{table}_no_{verb.lower()}", f"{verb} ON {table}", f"{table} are only added")
    trigger("civility_versions_born_drafts", "INSERT ON civility_versions WHEN NEW.status <> 'draft'", "a version begins as a draft")
    same = " AND ".join(f"NEW.{name} IS OLD.{name}" for name in VERSION)
    trigger("civility_versions_stay", "UPDATE ON civility_versions WHEN OLD.status <> 'draft' AND NOT "
            f"({same} AND (NEW.status = 'retired' OR NEW.status IS OLD.status))", VERSION_STAYS)
    trigger("civility_versions_weighed", "UPDATE OF status ON civility_versions WHEN OLD.status = 'draft' AND NEW.status <> 'draft' "
            f"AND ({BADLY_WEIGHED})", UNBALANCED)
    for verb, row in (("INSERT", "NEW"), ("UPDATE", "OLD"), ("DELETE", "OLD")):
        trigger(f"civility_nodes_{verb.lower()}", f"{verb} ON civility_nodes WHEN "
                f"(SELECT status FROM civility_versions WHERE id = {row}.version_id) <> 'draft'", VERSION_STAYS)
    trigger("civility_periods_stay", "UPDATE ON civility_periods WHEN OLD.status = 'published'", PERIOD_STAYS)
    trigger("civility_figures_no_update", "UPDATE ON civility_figures", FIGURE_STAYS)
    trigger("civility_figures_no_delete", "DELETE ON civility_figures WHEN "
            "(SELECT status FROM civility_periods WHERE id = OLD.period_id) = 'published'", FIGURE_STAYS)
    trigger("civility_figures_insert", "INSERT ON civility_figures WHEN "
            "((SELECT status FROM civility_periods WHERE id = NEW.period_id) = 'published') = (NEW.revision = 1)", PERIOD_STAYS)
    trigger("civility_visits_stay", "UPDATE ON civility_visits WHEN OLD.made_at IS NOT NULL", "a visit stays as it was made")
    trigger("civility_invitations_stay", "UPDATE OF is_used ON civility_invitations WHEN OLD.is_used AND NOT NEW.is_used",
            "an invitation is used once")
    trigger("civility_department_figures_stay", f"UPDATE OF {', '.join(ENTERED)} ON civility_department_figures", "what was entered stays")
    trigger("civility_remarks_stay", f"UPDATE OF {', '.join(SAID)} ON civility_remarks", "what was said stays")
    trigger("civility_remarks_answered_once", "UPDATE OF answer ON civility_remarks WHEN OLD.status = 'answered'", "a remark is answered once")


def _guard_postgresql():
    for table in KEPT:
        op.execute(f"CREATE TRIGGER {table}_no_delete BEFORE DELETE ON {table} FOR EACH ROW EXECUTE FUNCTION linli_kept()")
    for table in ONLY_ADDED:
        op.execute(f"CREATE TRIGGER {table}_only_added BEFORE UPDATE OR DELETE ON {table} FOR EACH ROW EXECUTE FUNCTION linli_only_added()")
    for table in (*KEPT, *ONLY_ADDED, "civility_figures"):
        op.execute(f"CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table} FOR EACH STATEMENT EXECUTE FUNCTION linli_kept()")
    new, old = (", ".join(f"{row}.{name}" for name in VERSION) for row in ("NEW", "OLD"))
    _function("version", f"""
        IF TG_OP = 'INSERT' AND NEW.status <> 'draft' THEN {_raise("a version begins as a draft")} END IF;
        IF TG_OP = 'INSERT' THEN RETURN NEW; END IF;
        IF OLD.status <> 'draft' AND (({new}) IS DISTINCT FROM ({old}) OR (NEW.status <> 'retired' AND NEW.status <> OLD.status)) THEN
            {_raise(VERSION_STAYS)} END IF;
        IF OLD.status = 'draft' AND NEW.status <> 'draft' AND ({BADLY_WEIGHED}) THEN {_raise(UNBALANCED)} END IF;
        RETURN NEW;""")
    op.execute("CREATE TRIGGER civility_versions_stay BEFORE INSERT OR UPDATE ON civility_versions "
               "FOR EACH ROW EXECUTE FUNCTION linli_civility_version()")
    _function("node", f"""
        PERFORM 1 FROM civility_versions WHERE id = CASE TG_OP WHEN 'INSERT' THEN NEW.version_id ELSE OLD.version_id END
            AND status = 'draft' FOR SHARE;
        IF NOT FOUND THEN {_raise(VERSION_STAYS)} END IF;
        RETURN CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END;""")
    op.execute("CREATE TRIGGER civility_nodes_stay BEFORE INSERT OR UPDATE OR DELETE ON civility_nodes "
               "FOR EACH ROW EXECUTE FUNCTION linli_civility_node()")
    _function("figure", f"""
        IF TG_OP = 'UPDATE' THEN {_raise(FIGURE_STAYS)} END IF;
        IF TG_OP = 'DELETE' THEN
            PERFORM 1 FROM civility_periods WHERE id = OLD.period_id AND status = 'published';
            IF FOUND THEN {_raise(FIGURE_STAYS)} END IF;
            RETURN OLD;
        END IF;
        PERFORM 1 FROM civility_periods WHERE id = NEW.period_id AND (status = 'published') = (NEW.revision = 1);
        IF FOUND THEN {_raise(PERIOD_STAYS)} END IF;
        RETURN NEW;""")
    op.execute("CREATE TRIGGER civility_figures_stay BEFORE INSERT OR UPDATE OR DELETE ON civility_figures "
               "FOR EACH ROW EXECUTE FUNCTION linli_civility_figure()")
    _function("stays", _raise("% stay as they are", "TG_TABLE_NAME"))
    for table, what in (
            ("civility_periods", "UPDATE ON civility_periods FOR EACH ROW WHEN (OLD.status = 'published')"),
            ("civility_visits", "UPDATE ON civility_visits FOR EACH ROW WHEN (OLD.made_at IS NOT NULL)"),
            ("civility_invitations", "UPDATE OF is_used ON civility_invitations FOR EACH ROW WHEN (OLD.is_used AND NOT NEW.is_used)"),
            ("civility_department_figures", f"UPDATE OF {', '.join(ENTERED)} ON civility_department_figures FOR EACH ROW"),
            ("civility_remarks", f"UPDATE OF {', '.join(SAID)} ON civility_remarks FOR EACH ROW")):
        op.execute(f"CREATE TRIGGER {table}_stay BEFORE {what} EXECUTE FUNCTION linli_civility_stays()")
    op.execute("CREATE TRIGGER civility_remarks_answered_once BEFORE UPDATE OF answer ON civility_remarks FOR EACH ROW "
               "WHEN (OLD.status = 'answered') EXECUTE FUNCTION linli_civility_stays()")


def _raise(said: str, *values: str) -> str:
    return f"RAISE EXCEPTION '{', '.join([said + chr(39), *values])} USING ERRCODE = '23514';"


def _function(name: str, body: str) -> None:
    op.execute(f"CREATE FUNCTION linli_civility_{name}() RETURNS trigger LANGUAGE plpgsql AS $$BEGIN {body} END$$")


def downgrade():
    for table in reversed(TABLES):
        op.drop_table(table)
    if op.get_bind().dialect.name == "postgresql":
        for name in ("version", "node", "figure", "stays"):
            op.execute(f"DROP FUNCTION linli_civility_{name}()")


def _make_tables():
    op.create_table(
        "civility_places",
        sa.Column("area_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["area_id"], ["areas.id"], name="fk_civility_places_area_id"),
        sa.PrimaryKeyConstraint("id", name="pk_civility_places"),
        sqlite_strict=True,
    )
    op.create_index("ix_civility_places_area_id_id", "civility_places", ["area_id", "id"], unique=False)
    op.create_index("uq_civility_places_live", "civility_places", ["area_id", "name"], unique=True,
                    sqlite_where=sa.text("ended_at IS NULL"), postgresql_where=sa.text("ended_at IS NULL"))
    op.create_table(
        "civility_opt_outs",
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("since_on", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name="fk_civility_opt_outs_person_id"),
        sa.PrimaryKeyConstraint("person_id", name="pk_civility_opt_outs"),
        sqlite_strict=True,
    )
    op.create_table(
        "civility_versions",
        sa.Column("area_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("title_zh", sa.String(length=200), nullable=False),
        sa.Column("title_en", sa.String(length=200), nullable=False),
        sa.Column("status", sa.String(length=10), nullable=False),
        sa.Column("made_by_id", sa.Uuid(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("published_by_id", sa.Uuid(), nullable=True),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("retired_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("(status = 'draft') = (published_at IS NULL)", name=op.f("ck_civility_versions_published_has_time")),
        sa.CheckConstraint("status IN ('draft', 'published', 'retired')", name=op.f("ck_civility_versions_status_known")),
        sa.ForeignKeyConstraint(["area_id"], ["areas.id"], name="fk_civility_versions_area_id"),
        sa.ForeignKeyConstraint(["made_by_id"], ["people.id"], name="fk_civility_versions_made_by_id"),
        sa.ForeignKeyConstraint(["published_by_id"], ["people.id"], name="fk_civility_versions_published_by_id"),
        sa.PrimaryKeyConstraint("id", name="pk_civility_versions"),
        sa.UniqueConstraint("area_id", "number", name="uq_civility_versions_area_id_number"),
        sqlite_strict=True,
    )
    op.create_index("uq_civility_versions_in_use", "civility_versions", ["area_id"], unique=True,
                    sqlite_where=sa.text("status = 'published'"), postgresql_where=sa.text("status = 'published'"))
    op.create_table(
        "civility_nodes",
        sa.Column("version_id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.String(length=20), nullable=False),
        sa.Column("parent_code", sa.String(length=20), nullable=False),
        sa.Column("name_zh", sa.String(length=200), nullable=False),
        sa.Column("name_en", sa.String(length=200), nullable=False),
        sa.Column("weight_hundredths", sa.BigInteger(), nullable=False),
        sa.Column("part", sa.String(length=10), nullable=True),
        sa.Column("method", sa.String(length=15), nullable=True),
        sa.Column("measure", sa.String(length=30), nullable=True),
        sa.Column("answers", sa.String(length=10), nullable=True),
        sa.Column("scale_from_hundredths", sa.BigInteger(), nullable=True),
        sa.Column("scale_to_hundredths", sa.BigInteger(), nullable=True),
        sa.Column("evidence_zh", sa.Text(), nullable=False),
        sa.Column("evidence_en", sa.Text(), nullable=False),
        sa.Column("items", sa.JSON(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("(coalesce(method, '') = 'chain') = (measure IS NOT NULL)", name=op.f("ck_civility_nodes_chain_has_measure")),
        sa.CheckConstraint("(coalesce(method, '') = 'field_survey') = (coalesce(answers, '') = 'check')",
                           name=op.f("ck_civility_nodes_surveyor_checks")),
        sa.CheckConstraint("(coalesce(method, '') IN ('field_survey', 'questionnaire')) = (answers IS NOT NULL)",
                           name=op.f("ck_civility_nodes_asked_has_answers")),
        sa.CheckConstraint("answers IN ('scale', 'yes_no', 'check')", name=op.f("ck_civility_nodes_answers_known")),
        sa.CheckConstraint("measure IN ('volunteer_hours', 'residents_took_part', 'households_took_part', 'events_held', 'records_scanned',"
                           " 'objections_in_time', 'shops_took_part')",
                           name=op.f("ck_civility_nodes_measure_known")),
        sa.CheckConstraint("method IN ('chain', 'field_survey', 'questionnaire', 'department')", name=op.f("ck_civility_nodes_method_known")),
        sa.CheckConstraint("part IN ('personal', 'household', 'community', 'workplace')", name=op.f("ck_civility_nodes_part_known")),
        sa.CheckConstraint("(method IS NULL) = (part IS NULL)", name=op.f("ck_civility_nodes_leaf_has_part")),
        sa.CheckConstraint("(method IS NULL) = (scale_from_hundredths IS NULL) AND (method IS NULL) = (scale_to_hundredths IS NULL)",
                           name=op.f("ck_civility_nodes_leaf_has_scale")),
        sa.CheckConstraint("scale_from_hundredths <> scale_to_hundredths", name=op.f("ck_civility_nodes_scale_goes_somewhere")),
        sa.CheckConstraint("weight_hundredths BETWEEN 1 AND 10000", name=op.f("ck_civility_nodes_weight_possible")),
        sa.ForeignKeyConstraint(["version_id"], ["civility_versions.id"], name="fk_civility_nodes_version_id"),
        sa.PrimaryKeyConstraint("id", name="pk_civility_nodes"),
        sa.UniqueConstraint("version_id", "code", name="uq_civility_nodes_version_id_code"),
        sqlite_strict=True,
    )
    op.create_table(
        "civility_periods",
        sa.Column("version_id", sa.Uuid(), nullable=False),
        sa.Column("area_id", sa.Uuid(), nullable=False),
        sa.Column("first_on", sa.Date(), nullable=False),
        sa.Column("last_on", sa.Date(), nullable=False),
        sa.Column("status", sa.String(length=10), nullable=False),
        sa.Column("opened_by_id", sa.Uuid(), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closed_by_id", sa.Uuid(), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("published_by_id", sa.Uuid(), nullable=True),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("(status = 'open') = (closed_at IS NULL)", name=op.f("ck_civility_periods_closed_has_time")),
        sa.CheckConstraint("(status = 'published') = (published_at IS NOT NULL)", name=op.f("ck_civility_periods_published_has_time")),
        sa.CheckConstraint("status IN ('open', 'closed', 'published')", name=op.f("ck_civility_periods_status_known")),
        sa.CheckConstraint("first_on <= last_on", name=op.f("ck_civility_periods_days_in_order")),
        sa.CheckConstraint("published_by_id <> closed_by_id", name=op.f("ck_civility_periods_published_by_another")),
        sa.ForeignKeyConstraint(["area_id"], ["areas.id"], name="fk_civility_periods_area_id"),
        sa.ForeignKeyConstraint(["closed_by_id"], ["people.id"], name="fk_civility_periods_closed_by_id"),
        sa.ForeignKeyConstraint(["opened_by_id"], ["people.id"], name="fk_civility_periods_opened_by_id"),
        sa.ForeignKeyConstraint(["published_by_id"], ["people.id"], name="fk_civility_periods_published_by_id"),
        sa.ForeignKeyConstraint(["version_id"], ["civility_versions.id"], name="fk_civility_periods_version_id"),
        sa.PrimaryKeyConstraint("id", name="pk_civility_periods"),
        sa.UniqueConstraint("version_id", "first_on", name="uq_civility_periods_version_id_first_on"),
        sqlite_strict=True,
    )
    op.create_index("ix_civility_periods_area_id_first_on", "civility_periods", ["area_id", "first_on"], unique=False)
    op.create_table(
        "civility_department_figures",
        sa.Column("period_id", sa.Uuid(), nullable=False),
        sa.Column("area_id", sa.Uuid(), nullable=False),
        sa.Column("node_id", sa.Uuid(), nullable=False),
        sa.Column("value_hundredths", sa.BigInteger(), nullable=False),
        sa.Column("people", sa.BigInteger(), nullable=True),
        sa.Column("source", sa.String(length=200), nullable=False),
        sa.Column("document", sa.String(length=200), nullable=False),
        sa.Column("status", sa.String(length=10), nullable=False),
        sa.Column("entered_by_id", sa.Uuid(), nullable=False),
        sa.Column("entered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_by_id", sa.Uuid(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("(status = 'entered') = (decided_at IS NULL)", name=op.f("ck_civility_department_figures_decided_has_time")),
        sa.CheckConstraint("decided_by_id <> entered_by_id OR status <> 'confirmed'",
                           name=op.f("ck_civility_department_figures_confirmed_by_another")),
        sa.CheckConstraint("status IN ('entered', 'confirmed', 'withdrawn')", name=op.f("ck_civility_department_figures_status_known")),
        sa.CheckConstraint("people >= 0", name=op.f("ck_civility_department_figures_people_not_negative")),
        sa.ForeignKeyConstraint(["area_id"], ["areas.id"], name="fk_civility_department_figures_area_id"),
        sa.ForeignKeyConstraint(["decided_by_id"], ["people.id"], name="fk_civility_department_figures_decided_by_id"),
        sa.ForeignKeyConstraint(["entered_by_id"], ["people.id"], name="fk_civility_department_figures_entered_by_id"),
        sa.ForeignKeyConstraint(["node_id"], ["civility_nodes.id"], name="fk_civility_department_figures_node_id"),
        sa.ForeignKeyConstraint(["period_id"], ["civility_periods.id"], name="fk_civility_department_figures_period_id"),
        sa.PrimaryKeyConstraint("id", name="pk_civility_department_figures"),
        sqlite_strict=True,
    )
    op.create_index("ix_civility_department_figures_period_id_id", "civility_department_figures", ["period_id", "id"], unique=False)
    op.create_index("uq_civility_department_figures_live", "civility_department_figures", ["period_id", "area_id", "node_id"], unique=True,
                    sqlite_where=sa.text("status <> 'withdrawn'"), postgresql_where=sa.text("status <> 'withdrawn'"))
    op.create_table(
        "civility_figures",
        sa.Column("period_id", sa.Uuid(), nullable=False),
        sa.Column("area_id", sa.Uuid(), nullable=False),
        sa.Column("node_id", sa.Uuid(), nullable=False),
        sa.Column("revision", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("n", sa.BigInteger(), nullable=True),
        sa.Column("people", sa.BigInteger(), nullable=True),
        sa.Column("total", sa.BigInteger(), nullable=True),
        sa.Column("squares", sa.BigInteger(), nullable=True),
        sa.Column("value_hundredths", sa.BigInteger(), nullable=True),
        sa.Column("mark_hundredths", sa.BigInteger(), nullable=True),
        sa.Column("error_hundredths", sa.BigInteger(), nullable=True),
        sa.Column("evidence", sa.JSON(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("made_by_id", sa.Uuid(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("(state = 'measured') = (value_hundredths IS NOT NULL)"
                           " AND (state = 'measured') = (mark_hundredths IS NOT NULL) AND (state = 'measured') = (error_hundredths IS NOT NULL)",
                           name=op.f("ck_civility_figures_measured_has_value")),
        sa.CheckConstraint("state = 'measured' OR (n IS NULL AND people IS NULL AND total IS NULL AND squares IS NULL)",
                           name=op.f("ck_civility_figures_others_have_none")),
        sa.CheckConstraint("state IN ('measured', 'suppressed', 'missing')", name=op.f("ck_civility_figures_state_known")),
        sa.CheckConstraint("(revision > 1) = (reason IS NOT NULL)", name=op.f("ck_civility_figures_corrected_says_why")),
        sa.CheckConstraint("mark_hundredths BETWEEN 0 AND 10000", name=op.f("ck_civility_figures_mark_possible")),
        sa.CheckConstraint("people IS NULL OR people >= 10", name=op.f("ck_civility_figures_of_ten_people")),
        sa.CheckConstraint("revision >= 1", name=op.f("ck_civility_figures_revision_counts")),
        sa.ForeignKeyConstraint(["area_id"], ["areas.id"], name="fk_civility_figures_area_id"),
        sa.ForeignKeyConstraint(["made_by_id"], ["people.id"], name="fk_civility_figures_made_by_id"),
        sa.ForeignKeyConstraint(["node_id"], ["civility_nodes.id"], name="fk_civility_figures_node_id"),
        sa.ForeignKeyConstraint(["period_id"], ["civility_periods.id"], name="fk_civility_figures_period_id"),
        sa.PrimaryKeyConstraint("id", name="pk_civility_figures"),
        sa.UniqueConstraint("period_id", "area_id", "node_id", "revision", name="uq_civility_figures_period_id_area_id_node_id_revision"),
        sqlite_strict=True,
    )
    op.create_table(
        "civility_questionnaires",
        sa.Column("period_id", sa.Uuid(), nullable=False),
        sa.Column("area_id", sa.Uuid(), nullable=False),
        sa.Column("seed", sa.String(length=64), nullable=False),
        sa.Column("invited", sa.BigInteger(), nullable=False),
        sa.Column("of_residents", sa.BigInteger(), nullable=False),
        sa.Column("drawn_by_id", sa.Uuid(), nullable=False),
        sa.Column("drawn_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("invited > 0 AND invited <= of_residents", name=op.f("ck_civility_questionnaires_invited_possible")),
        sa.ForeignKeyConstraint(["area_id"], ["areas.id"], name="fk_civility_questionnaires_area_id"),
        sa.ForeignKeyConstraint(["drawn_by_id"], ["people.id"], name="fk_civility_questionnaires_drawn_by_id"),
        sa.ForeignKeyConstraint(["period_id"], ["civility_periods.id"], name="fk_civility_questionnaires_period_id"),
        sa.PrimaryKeyConstraint("id", name="pk_civility_questionnaires"),
        sa.UniqueConstraint("period_id", "area_id", name="uq_civility_questionnaires_period_id_area_id"),
        sqlite_strict=True,
    )
    op.create_table(
        "civility_remarks",
        sa.Column("period_id", sa.Uuid(), nullable=False),
        sa.Column("area_id", sa.Uuid(), nullable=False),
        sa.Column("node_id", sa.Uuid(), nullable=False),
        sa.Column("by_id", sa.Uuid(), nullable=False),
        sa.Column("said", sa.Text(), nullable=False),
        sa.Column("text_state", sa.String(length=10), server_default="passed", nullable=False),
        sa.Column("status", sa.String(length=10), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answered_by_id", sa.Uuid(), nullable=True),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answer", sa.Text(), nullable=True),
        sa.Column("corrected", sa.Boolean(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("(status = 'answered') = (answer IS NOT NULL)", name=op.f("ck_civility_remarks_answered_has_answer")),
        sa.CheckConstraint("status IN ('open', 'answered')", name=op.f("ck_civility_remarks_status_known")),
        sa.CheckConstraint("text_state IN ('pending', 'passed', 'review', 'refused')", name=op.f("ck_civility_remarks_text_state_known")),
        sa.ForeignKeyConstraint(["answered_by_id"], ["people.id"], name="fk_civility_remarks_answered_by_id"),
        sa.ForeignKeyConstraint(["area_id"], ["areas.id"], name="fk_civility_remarks_area_id"),
        sa.ForeignKeyConstraint(["by_id"], ["people.id"], name="fk_civility_remarks_by_id"),
        sa.ForeignKeyConstraint(["node_id"], ["civility_nodes.id"], name="fk_civility_remarks_node_id"),
        sa.ForeignKeyConstraint(["period_id"], ["civility_periods.id"], name="fk_civility_remarks_period_id"),
        sa.PrimaryKeyConstraint("id", name="pk_civility_remarks"),
        sqlite_strict=True,
    )
    op.create_index("ix_civility_remarks_by_id_id", "civility_remarks", ["by_id", "id"], unique=False)
    op.create_index("ix_civility_remarks_period_id_id", "civility_remarks", ["period_id", "id"], unique=False)
    op.create_index("uq_civility_remarks_open", "civility_remarks", ["period_id", "area_id", "node_id", "by_id"], unique=True,
                    sqlite_where=sa.text("status = 'open'"), postgresql_where=sa.text("status = 'open'"))
    op.create_table(
        "civility_rounds",
        sa.Column("period_id", sa.Uuid(), nullable=False),
        sa.Column("area_id", sa.Uuid(), nullable=False),
        sa.Column("surveyor_id", sa.Uuid(), nullable=False),
        sa.Column("seed", sa.String(length=64), nullable=False),
        sa.Column("drawn", sa.BigInteger(), nullable=False),
        sa.Column("of_places", sa.BigInteger(), nullable=False),
        sa.Column("drawn_by_id", sa.Uuid(), nullable=False),
        sa.Column("drawn_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("drawn > 0 AND drawn <= of_places", name=op.f("ck_civility_rounds_drawn_possible")),
        sa.ForeignKeyConstraint(["area_id"], ["areas.id"], name="fk_civility_rounds_area_id"),
        sa.ForeignKeyConstraint(["drawn_by_id"], ["people.id"], name="fk_civility_rounds_drawn_by_id"),
        sa.ForeignKeyConstraint(["period_id"], ["civility_periods.id"], name="fk_civility_rounds_period_id"),
        sa.ForeignKeyConstraint(["surveyor_id"], ["people.id"], name="fk_civility_rounds_surveyor_id"),
        sa.PrimaryKeyConstraint("id", name="pk_civility_rounds"),
        sa.UniqueConstraint("period_id", "area_id", name="uq_civility_rounds_period_id_area_id"),
        sqlite_strict=True,
    )
    op.create_index("ix_civility_rounds_surveyor_id_id", "civility_rounds", ["surveyor_id", "id"], unique=False)
    op.create_table(
        "civility_invitations",
        sa.Column("questionnaire_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("is_used", sa.Boolean(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name="fk_civility_invitations_person_id"),
        sa.ForeignKeyConstraint(["questionnaire_id"], ["civility_questionnaires.id"], name="fk_civility_invitations_questionnaire_id"),
        sa.PrimaryKeyConstraint("id", name="pk_civility_invitations"),
        sa.UniqueConstraint("questionnaire_id", "person_id", name="uq_civility_invitations_questionnaire_id_person_id"),
        sqlite_strict=True,
    )
    op.create_index("ix_civility_invitations_person_id_id", "civility_invitations", ["person_id", "id"], unique=False)
    op.create_table(
        "civility_sheets",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("questionnaire_id", sa.Uuid(), nullable=False),
        sa.Column("answers", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["questionnaire_id"], ["civility_questionnaires.id"], name="fk_civility_sheets_questionnaire_id"),
        sa.PrimaryKeyConstraint("id", name="pk_civility_sheets"),
        sqlite_strict=True,
        sqlite_with_rowid=False,
    )
    op.create_index("ix_civility_sheets_questionnaire_id", "civility_sheets", ["questionnaire_id"], unique=False)
    op.create_table(
        "civility_visits",
        sa.Column("round_id", sa.Uuid(), nullable=False),
        sa.Column("place_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("found", sa.JSON(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("made_by_id", sa.Uuid(), nullable=True),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("(made_at IS NULL) = (made_by_id IS NULL)", name=op.f("ck_civility_visits_made_by_somebody")),
        sa.ForeignKeyConstraint(["made_by_id"], ["people.id"], name="fk_civility_visits_made_by_id"),
        sa.ForeignKeyConstraint(["place_id"], ["civility_places.id"], name="fk_civility_visits_place_id"),
        sa.ForeignKeyConstraint(["round_id"], ["civility_rounds.id"], name="fk_civility_visits_round_id"),
        sa.PrimaryKeyConstraint("id", name="pk_civility_visits"),
        sa.UniqueConstraint("round_id", "number", name="uq_civility_visits_round_id_number"),
        sa.UniqueConstraint("round_id", "place_id", name="uq_civility_visits_round_id_place_id"),
        sqlite_strict=True,
    )
    op.create_table(
        "civility_pictures",
        sa.Column("evidence_id", sa.Uuid(), nullable=False),
        sa.Column("visit_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["evidence_id"], ["evidence.id"], name="fk_civility_pictures_evidence_id"),
        sa.ForeignKeyConstraint(["visit_id"], ["civility_visits.id"], name="fk_civility_pictures_visit_id"),
        sa.PrimaryKeyConstraint("evidence_id", name="pk_civility_pictures"),
        sqlite_strict=True,
    )
    op.create_index("ix_civility_pictures_visit_id", "civility_pictures", ["visit_id"], unique=False)

