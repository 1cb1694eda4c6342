"""Whoever holds the database's own password may rewrite the audit log, and it shows; TAMPERINGS says how often it is tried.

A chain that was cut or made anew from somewhere on shows only beside a checkpoint that is kept elsewhere.
"""
import os
from datetime import timedelta
from random import Random
from uuid import UUID, uuid4

import pytest
from sqlalchemy import delete, insert, select, text, update

from models import AuditRow, AuditSeal, db
from services.audit import audit, audit_chain, audit_checkpoints
from tests.conftest import KEYS, NOON

TAMPERINGS = int(os.environ.get("TAMPERINGS", "150"))
LONG = 16
ROWS, SEALS = AuditRow.__table__, AuditSeal.__table__
CHANGED = {"at": lambda was, chance: was + timedelta(microseconds=chance.choice((-1, 1, 10**9))), "action": lambda was, chance: was[:-1] + "~",
           "by_id": lambda was, chance: None if was else uuid4(), "target_type": lambda was, chance: was + "s",
           "target_id": lambda was, chance: UUID(int=was.int ^ 1 << chance.randrange(100)), "area_id": lambda was, chance: None if was else uuid4(),
           "detail": lambda was, chance: {**was, "points": was["points"] + chance.choice((-1, 1))},
           "request_id": lambda was, chance: f"{was}x"}


@pytest.fixture
def chain(town, wang, monkeypatch):
    """Sealed rows of all kinds, the rights of a superuser, and the signed checkpoints of half of them and of all."""
    for number in range(LONG):
        audit.write("event.plan", "event", uuid4(), by=wang.id if number % 3 else None, area_id=town.grid_a.id if number % 2 else None,
                    now=NOON + timedelta(minutes=number), points=number, note="积分")
    db.session.flush()
    held = []
    audit_chain.seal()
    held.append(audit_checkpoints.make(KEYS["fields"], NOON))
    for number in range(LONG):
        audit.write("event.cancel", "event", uuid4(), by=wang.id, area_id=town.grid_a.id, now=NOON + timedelta(hours=1, minutes=number),
                    points=number)
    audit_chain.seal()
    held.append(audit_checkpoints.make(KEYS["fields"], NOON))
    db.session.commit()
    if db.engine.dialect.name == "postgresql":
        db.session.execute(text("SET LOCAL session_replication_role = replica"))
    else:
        for table in ("audit_rows", "audit_seals"):
            for verb in ("update", "delete"):
                db.session.execute(text(f"DROP TRIGGER {table}_no_{verb}"))
        db.session.execute(text("PRAGMA defer_foreign_keys = ON"))  # nothing of this is committed
    yield held
    db.session.rollback()


def seals():
    return db.session.execute(select(SEALS).order_by(SEALS.c.seq)).all()


def row_of(seal):
    return db.session.execute(select(ROWS).where(ROWS.c.id == seal.row_id)).one()


def change_a_row(chance):
    row = row_of(chance.choice(seals()))
    column = chance.choice(list(CHANGED))
    value = CHANGED[column](getattr(row, column), chance)
    db.session.execute(update(ROWS).where(ROWS.c.id == row.id).values({column: value}))
    return column


def swap_two_rows(chance):
    one, other = (row_of(seal) for seal in chance.sample(seals(), 2))
    kept = ("at", "action", "target_id", "detail")
    for here, there in ((one, other), (other, one)):
        db.session.execute(update(ROWS).where(ROWS.c.id == here.id).values({name: getattr(there, name) for name in kept}))


def remove_a_row(chance):
    db.session.execute(delete(ROWS).where(ROWS.c.id == chance.choice(seals()).row_id))


def remove_a_row_with_its_seal(chance):
    seal = chance.choice(seals()[:-1])  # the last is a cut end
    db.session.execute(delete(SEALS).where(SEALS.c.seq == seal.seq))
    db.session.execute(delete(ROWS).where(ROWS.c.id == seal.row_id))


def close_the_gap(chance):
    """A row goes, and the later seals are numbered anew."""
    seal = chance.choice(seals()[:-1])
    db.session.execute(delete(SEALS).where(SEALS.c.seq == seal.seq))
    for later in seals()[seal.seq - 1:]:
        db.session.execute(update(SEALS).where(SEALS.c.seq == later.seq).values(seq=later.seq - 1))


def change_a_seal(chance):
    seal = chance.choice(seals())
    column = chance.choice(("hash", "previous"))
    was = bytearray(getattr(seal, column))
    was[chance.randrange(32)] ^= 1 << chance.randrange(8)
    db.session.execute(update(SEALS).where(SEALS.c.seq == seal.seq).values({column: bytes(was)}))
    return column


def slip_a_row_in(chance):
    """A row with a seal of its own between two others."""
    before = chance.choice(seals()[:-1])
    for later in reversed(seals()[before.seq:]):
        db.session.execute(update(SEALS).where(SEALS.c.seq == later.seq).values(seq=later.seq + 1))
    made = dict(row_of(before)._mapping) | {"id": uuid4(), "action": "fund.top_up"}
    db.session.execute(insert(ROWS).values(made))
    link = audit_chain._link(before.hash, AuditRow(**made))
    db.session.execute(insert(SEALS).values(seq=before.seq + 1, row_id=made["id"], previous=link, hash=link))


def seal_another_row(chance):
    """A seal that stood on one row stands on a copy of it that says something else."""
    seal = chance.choice(seals())
    made = dict(row_of(seal)._mapping) | {"id": uuid4(), "action": "x"}
    db.session.execute(insert(ROWS).values(made))
    db.session.execute(update(SEALS).where(SEALS.c.seq == seal.seq).values(row_id=made["id"]))


def cut_the_end(chance):
    seal = chance.choice(seals())
    db.session.execute(delete(SEALS).where(SEALS.c.seq >= seal.seq))
    db.session.execute(delete(ROWS).where(ROWS.c.id >= seal.row_id))


def make_the_rest_anew(chance):
    seal = chance.choice(seals())
    db.session.execute(update(ROWS).where(ROWS.c.id == seal.row_id).values(action="x"))
    previous = seal.previous
    for each in seals()[seal.seq - 1:]:
        link = audit_chain._link(previous, AuditRow(**row_of(each)._mapping))
        db.session.execute(update(SEALS).where(SEALS.c.seq == each.seq).values(previous=previous, hash=link))
        previous = link


IN_THE_CHAIN = (change_a_row, change_a_row, swap_two_rows, remove_a_row, remove_a_row_with_its_seal, close_the_gap, change_a_seal, slip_a_row_in,
                seal_another_row)
BESIDE_A_CHECKPOINT = (cut_the_end, make_the_rest_anew)


def found(held):
    db.session.expire_all()
    return audit_chain.problems(), audit_checkpoints.problems(held, KEYS["fields"])


def test_every_tampering_shows(chain):
    chance = Random(5)
    assert found(chain) == ([], [])
    for number in range(TAMPERINGS):
        tamper = chance.choice(IN_THE_CHAIN + BESIDE_A_CHECKPOINT)
        with db.session.begin_nested() as savepoint:
            how = tamper(chance)
            db.session.flush()
            alone, beside = found(chain)
            savepoint.rollback()
        if tamper in IN_THE_CHAIN:
            assert alone, (number, tamper.__name__, how)
        else:
            assert beside and not alone, (number, tamper.__name__)
    assert found(chain) == ([], []), "what was taken back is as it was"


def test_what_came_after_the_last_checkpoint_can_be_cut_unnoticed(chain):
    """So checkpoints are made each day, and the page of promises says so."""
    db.session.execute(delete(SEALS).where(SEALS.c.seq > LONG))
    assert found(chain[:1]) == ([], [])
    assert found(chain)[1] != []
