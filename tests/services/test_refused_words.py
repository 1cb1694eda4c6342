"""Words that WeChat's check did not let pass: read by who decides, never on one's own, and the log keeps it."""
from datetime import date, timedelta

import pytest
from sqlalchemy import select

from models import AuditRow, CheckState, Role
from models import db as database
from services.credit import objections as credit_objections
from services.credit import repairs
from services.records import objections, records, refused_words
from services.records.steps import OwnRecord
from services.refusals import Conflict, Forbidden, NotFound
from tests import credit_books
from tests.conftest import NOON


@pytest.fixture
def deed(town, li):
    return records.declare(by=li, now=NOON, category="care", area_id=town.grid_a.id, description="骂人的话",
                           started_at=NOON - timedelta(hours=3), ended_at=NOON - timedelta(hours=2))


@pytest.fixture
def objection(deed, li):
    return objections.object_to(deed.id, by=li, now=NOON, reason="更多骂人的话")


@pytest.fixture(params=["activity_record", "objection"])
def refused(request, deed, objection):
    """A row whose words were refused, how they are read, and what they are."""
    row, read = (deed, refused_words.read_record) if request.param == "activity_record" else (objection, refused_words.read_objection)
    row.text_state = CheckState.REFUSED
    database.session.flush()
    return request.param, row, read


def looks():
    return database.session.execute(select(AuditRow.action, AuditRow.target_id, AuditRow.by_id).where(AuditRow.action.endswith(".look"))).all()


def test_who_decides_reads_them_and_the_log_keeps_who_did(refused, zhao):
    kind, row, read = refused
    assert read(row.id, by=zhao, now=NOON) in ("骂人的话", "更多骂人的话")
    assert looks() == [(f"{kind}.look", row.id, zhao.id)]


def test_who_does_not_decide_does_not_read_them(refused, zhou, wang, sun):
    _, row, read = refused
    for who, refusal in ((zhou, NotFound), (wang, Forbidden), (sun, Forbidden)):
        with pytest.raises(refusal):
            read(row.id, by=who, now=NOON)
    assert looks() == []


def test_nobody_reads_them_on_a_record_of_their_own(refused, live, town, li):
    _, row, read = refused
    admin = live("冉主任", town.grid_a, Role.AREA_ADMIN, town.community)
    admin.household_id = li.household_id = live("邻居", town.grid_a, household="冉家").household_id
    database.session.flush()
    with pytest.raises(OwnRecord):
        read(row.id, by=admin, now=NOON)
    assert looks() == []


@pytest.mark.parametrize("state", sorted(set(CheckState) - {CheckState.REFUSED}))
def test_what_is_not_hidden_is_not_read_here(refused, zhao, state):
    _, row, read = refused
    row.text_state = state
    with pytest.raises(Conflict):
        read(row.id, by=zhao, now=NOON)
    assert looks() == []


@pytest.fixture
def fault(town, li, zhao):
    """Of Li's, written down by Zhao."""
    credit_books.in_force(town.district, by=zhao)
    return credit_books.entry(credit_books.file_of(li), "litter", date(2026, 1, 2), entered_by_id=zhao.id)


def test_of_an_entry_of_their_own_nobody_reads_what_was_refused(fault, live, town, li, zhao):
    objection = credit_objections.object_to(fault.id, reason="骂人的话", by=li, now=NOON)
    repair = repairs.ask(fault.id, pledge="骂人的话，写满十个字。", evidence="x", by=li, now=NOON)
    for row, read in ((objection, refused_words.read_credit_objection), (repair, refused_words.read_repair)):
        row.text_state = CheckState.REFUSED
        database.session.flush()
        with pytest.raises(credit_objections.OwnEntry):
            read(row.id, by=zhao, now=NOON)
        assert "骂人的话" in read(row.id, by=live("区主任", town.grid_b, Role.AREA_ADMIN, town.district), now=NOON)
    with pytest.raises(NotFound):
        refused_words.read_repair(fault.id, by=zhao, now=NOON)
