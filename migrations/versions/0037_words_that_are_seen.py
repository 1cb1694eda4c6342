"""What a constraint, its list, a pledge and a reason must say is said in letters that can be seen.

Triggers on what is written from now on, and no checks: what was written before cannot be changed, and can still be lifted.
"""
from alembic import op

from models import schema
from models.db import is_postgresql

revision = "0037_words_that_are_seen"
down_revision = "0036_confirmed_on_a_list"
branch_labels = None
depends_on = None

BLANKS = "\t\n\v\f\r\x1c\x1d\x1e\x1f \x85\xa0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u2028\u2029\u202f\u205f\u3000"
UNSEEN = ("\u00ad\u061c\u180e\u200b\u200c\u200d\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2060\u2061\u2062\u2063\u2064\u2066\u2067\u2068\u2069"
          "\u206a\u206b\u206c\u206d\u206e\u206f\ufeff\ufff9\ufffa\ufffb\u3164\u115f\u1160\uffa0\u2800\u034f"
          "\ufe00\ufe01\ufe02\ufe03\ufe04\ufe05\ufe06\ufe07\ufe08\ufe09\ufe0a\ufe0b\ufe0c\ufe0d\ufe0e\ufe0f")
WRITTEN = {  # table: its columns, each with the fewest letters
    "constraints": {"legal_basis": 6, "person_basis": 6, "facts": 4, "decision": 4, "scope_zh": 2, "scope_en": 2},
    "constraint_lists": {"name": 4, "authority": 2, "edition": 4}, "repairs": {"pledge": 10}}
REASONS = {"constraints": "lifted_reason", "review_rounds": "called_off_reason"}


def upgrade():
    for table, columns in WRITTEN.items():
        schema.guard(f"{table}_in_seen_words", "INSERT", table, "what has to be said is said in letters that are seen",
                     " OR ".join(_is_short(column, least) for column, least in columns.items()))
    for table, column in REASONS.items():
        schema.guard(f"{table}_{column}_seen", f"UPDATE OF {column}", table, "a reason is said in letters that are seen", _is_short(column, 1))


def _is_short(column, least):
    """Null of what is null, which refuses nothing."""
    return f"length(trim(NEW.{column}, '{BLANKS}{UNSEEN}')) < {least}"


def downgrade():
    names = [(f"{table}_in_seen_words", table) for table in WRITTEN] + [(f"{table}_{column}_seen", table) for table, column in REASONS.items()]
    for name, table in names:
        op.execute(f"DROP TRIGGER {name}{f' ON {table}' if is_postgresql() else ''}")
