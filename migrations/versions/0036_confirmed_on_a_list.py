"""A constraint is confirmed while its list is in force on its first day."""
from alembic import op

from models import schema
from models.db import is_postgresql

revision = "0036_confirmed_on_a_list"
down_revision = "0035_ranks_named_no_more"
branch_labels = None
depends_on = None

NAME = "constraints_confirmed_on_a_list"
SAID = "a constraint is confirmed on a list in force on its first day"
CONFIRMED = "OLD.confirmed_at IS NULL AND NEW.confirmed_at IS NOT NULL"
NOT_IN_FORCE = ("NOT EXISTS (SELECT 1 FROM constraint_lists WHERE id = NEW.list_id AND in_force_from <= NEW.from_on "
                "AND (ended_on IS NULL OR ended_on > NEW.from_on))")


def upgrade():
    if not is_postgresql():
        schema.guard(NAME, "UPDATE OF confirmed_at", "constraints", SAID, f"{CONFIRMED} AND {NOT_IN_FORCE}")
        return
    op.execute(f"CREATE FUNCTION linli_{NAME}() RETURNS trigger LANGUAGE plpgsql AS $$BEGIN IF {NOT_IN_FORCE} THEN "
               f"RAISE EXCEPTION '{SAID}' USING ERRCODE = '23514'; END IF; RETURN NEW; END$$")
    op.execute(f"CREATE TRIGGER {NAME} BEFORE UPDATE OF confirmed_at ON constraints FOR EACH ROW WHEN ({CONFIRMED}) "
               f"EXECUTE FUNCTION linli_{NAME}()")


def downgrade():
    op.execute(f"DROP TRIGGER {NAME}{' ON constraints' if is_postgresql() else ''}")
    if is_postgresql():
        op.execute(f"DROP FUNCTION linli_{NAME}()")
