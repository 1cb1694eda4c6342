"""What a step of the schema may not do on PostgreSQL to a table that is large somewhere, by the text of its statements.

Each rule is a pattern of what locks a table for as long as its rows take to be read or written, and what to do instead.
"""
import re

SMALL = {  # some thousand rows in the largest city; every other table grows by what people do
    "area_rules", "areas", "funds", "last_checks", "merchants", "mini_program_codes", "offer_shops", "offers", "role_grants", "settlements", "shops",
    "staff_logins", "top_ups", "wechat_access_tokens"}
RULES = (
    (r"CREATE (?:UNIQUE )?INDEX (?!CONCURRENTLY)\S+ ON (?P<table>\w+)", "models.schema.add_index makes it while others write"),
    (r"ALTER TABLE (?P<table>\w+) ADD COLUMN (?!.*\bDEFAULT\b).*\bNOT NULL\b", "a column that must be filled needs a DEFAULT"),
    (r"ALTER TABLE (?P<table>\w+) ADD COLUMN .*\bDEFAULT (?:gen_random_uuid|random|clock_timestamp|nextval)\b",
     "such a DEFAULT writes every row anew"),
    (r"ALTER TABLE (?P<table>\w+) ADD COLUMN .*\b(?:CHECK|REFERENCES|UNIQUE)\b",
     "a constraint comes after its column, NOT VALID, and is validated then"),
    (r"ALTER TABLE (?P<table>\w+) ALTER COLUMN \w+ (?:SET DATA )?TYPE\b", "another type writes every row anew: add a column"),
    (r"ALTER TABLE (?P<table>\w+) ALTER COLUMN \w+ SET NOT NULL", "every row is read: CHECK (… IS NOT NULL) NOT VALID, validated in the next step"),
    (r"ALTER TABLE (?P<table>\w+) ADD (?:CONSTRAINT \w+ )?(?:CHECK|FOREIGN KEY)\b(?!.*NOT VALID)",
     "a constraint is added NOT VALID, and validated in the next step"),
    (r"ALTER TABLE (?P<table>\w+) ADD (?:CONSTRAINT \w+ )?(?:UNIQUE|PRIMARY KEY|EXCLUDE) ?\(",
     "make the index CONCURRENTLY, then ADD CONSTRAINT … USING INDEX"),
    (r"(?:UPDATE|DELETE FROM) (?P<table>\w+)\b(?!.*\bWHERE\b)", "every row is written: say which, or leave it to the worker in batches"),
    (r"LOCK TABLE (?P<table>\w+)", "nobody can use the table until the step has ended"),
)


def broken_by(statements: list[str]) -> list[str]:
    """What one step does that it may not; a table that it makes itself has no rows yet."""
    made = {name for statement in statements for name in re.findall(r"^\s*CREATE TABLE (\w+)", statement)}
    return [f"{statement[:120]}: {instead}" for statement in (" ".join(each.split()) for each in statements) for pattern, instead in RULES
            if (told := re.match(pattern, statement)) and told["table"] not in SMALL | made]
