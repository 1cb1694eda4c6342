"""Lists of objections, repairs and constraints: each reason to see a row is found by its own index, and one entry's alone if asked."""
from datetime import date

import pytest
from sqlalchemy import insert, text
from uuid_utils.compat import uuid7

from models import Constraint, CreditEntry, EntryObjection, Repair, Role, db
from models.db import is_postgresql
from services.credit import objections, repairs
from services.measures import constraints
from services.months import months_later
from services.refusals import NotFound
from tests.conftest import NOON
from tests.credit_books import entry, file_of, in_force
from tests.measure_rows import PLEDGE, WHOLE, a_list

DAY = date(2026, 1, 5)
MANY = 2_000


@pytest.fixture
def faults(town, zhao, li, live):
    """A fault of Li's with an objection and a repair; and two thousand of forty people's elsewhere, decided on, with as many constraints."""
    in_force(town.district, by=zhao)
    own = entry(file_of(li), "litter", DAY)
    others_files = [file_of(live(f"居民{number}", town.grid_c)) for number in range(40)]
    objections.object_to(own.id, reason="x", by=li, now=NOON)
    repairs.ask(own.id, pledge=PLEDGE, evidence="x", by=li, now=NOON)
    others = {uuid7(): others_files[number % len(others_files)] for number in range(MANY)}
    decided = {"area_id": town.grid_c.id, "by_id": zhao.id, "at": NOON, "due_on": DAY, "decided_by_id": zhao.id, "decided_at": NOON,
               "decided_reason": "x", "text_state": "passed"}
    db.session.execute(insert(CreditEntry), [{
        "id": key, "person_id": file.person_id, "area_id": town.grid_c.id, "code": "litter", "measured": "times", "quantity": 1, "happened_on": DAY,
        "entered_on": DAY, "entered_at": NOON, "deed": str(key), "title": "x", "source": "grid_worker", "source_ref": str(key), "source_name": "",
        "evidence": "x"} for key, file in others.items()])
    db.session.execute(insert(EntryObjection), [{"id": uuid7(), "entry_id": key, "reason": "x", "status": "dismissed", **decided} for key in others])
    db.session.execute(insert(Repair), [{"id": uuid7(), "entry_id": key, "grade_class": "minor", "pledge": PLEDGE, "evidence": "x",
                                         "status": "refused", **decided} for key in others])
    listed = a_list(zhao)
    elsewhere = [town.grid_b, town.grid_c, town.other, town.street, town.district]
    measure = {**WHOLE, "list_id": listed.id, "kind": "resident",
               "list_for_persons": True, "from_on": DAY, "ends_on": months_later(DAY, WHOLE["months"]), "entered_by_id": zhao.id, "entered_at": NOON}
    known = set(Constraint.__table__.c.keys())
    measure = {name: value for name, value in measure.items() if name in known}
    for number, file in enumerate(others_files):
        file.area_id = elsewhere[number % 5].id
    db.session.flush()
    db.session.execute(insert(Constraint), [{"id": uuid7(), "file_id": file.id, "area_id": file.area_id, **measure} for file in others.values()])
    db.session.commit()
    db.session.execute(text("ANALYZE"))
    return own, next(iter(others))


def plan(query):
    compiled = query.compile(db.engine, compile_kwargs={"render_postcompile": True})
    how = "EXPLAIN" if is_postgresql() else "EXPLAIN QUERY PLAN"
    values, made = compiled.construct_params(), compiled._bind_processors
    bound = {name: (made.get(name) or made.get(name.rpartition("_")[0]) or (lambda each: each))(value)  # those of an IN are numbered
             for name, value in values.items()}
    given = bound if is_postgresql() else tuple(bound[name] for name in compiled.positiontup)
    return "\n".join(str(row[-1]) for row in db.session.connection().exec_driver_sql(f"{how} {compiled}", given))


class TestOnBothDatabases:
    def test_what_concerns_somebody_is_found_by_index_however_much_there_is_elsewhere(self, faults, li, live, town):
        admin = live("主任", town.grid_a, Role.AREA_ADMIN, town.grid_a)
        lists = [(EntryObjection, objections.search), (Repair, repairs.search)]
        for by in (li, admin):
            if is_postgresql():  # SQLite knows too little of so few files to prefer an index that does not hold all it needs
                assert "ix_constraints_file_id" in plan(constraints.search(by, NOON).order_by(Constraint.id.desc()).limit(51))
            for row, search in lists if by is li else ():  # of eight areas an administrator's is an eighth: PostgreSQL would rather read all
                found = plan(search(by, NOON).order_by(row.id.desc()).limit(51))
                assert f"Seq Scan on {row.__tablename__}" not in found and f"SCAN {row.__tablename__}" not in found, found
            for row, search in lists:
                waiting = search(by, NOON, status="open").order_by(row.due_on, row.id).limit(51)
                assert len(db.session.scalars(waiting).all()) == 1
                found = plan(waiting)
                assert f"Seq Scan on {row.__tablename__}" not in found and f"SCAN {row.__tablename__}" not in found, found

    def test_of_one_entry_alone_for_who_sees_it(self, faults, li, zhao, wang, zhang):
        own, other = faults
        for search in (objections.search, repairs.search):
            for by, count in ((li, 1), (zhao, 1), (wang, 0)):
                assert len(db.session.scalars(search(by, NOON, entry_id=own.id)).all()) == count
            for by, entry_id in ((zhang, own.id), (li, other), (li, uuid7())):
                with pytest.raises(NotFound):
                    search(by, NOON, entry_id=entry_id)
