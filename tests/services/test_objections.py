from datetime import timedelta

import pytest

from models import AreaRules, RecordStatus, WalletKind, db
from services import ledger
from services.points import books
from services.records import approvals, objections, records
from services.records.steps import OwnRecord
from services.refusals import NotFound
from tests.conftest import NOON


@pytest.fixture
def deed(town, li):
    return records.declare(by=li, now=NOON, category="neighbours", area_id=town.grid_a.id, description="陪独居老人看病",
                           started_at=NOON - timedelta(hours=3), ended_at=NOON - timedelta(hours=2))


@pytest.fixture
def credited(deed, wang, zhao, fund):
    for by in (wang, zhao):
        approvals.approve(deed.id, by=by, now=NOON)
    return deed


def decide(objection, by, *, uphold=True):
    return objections.decide(objection.id, uphold=uphold, by=by, now=NOON, reason="已核实")


def points(person):
    return ledger.wallet(person.id, WalletKind.RESIDENT).balance


def test_an_upheld_objection_to_a_credited_record_takes_the_points_back(credited, li, qian):
    objection = objections.object_to(credited.id, by=li, now=NOON, reason="这不是我做的")
    assert points(li) == 10
    assert decide(objection, qian).status == "upheld"
    assert (points(li), credited.status, credited.flags) == (0, RecordStatus.REVERSED, [])
    assert books.problems() == []


def test_a_dismissed_one_leaves_them(credited, li, qian):
    decide(objections.object_to(credited.id, by=li, now=NOON, reason="x"), qian, uphold=False)
    assert (points(li), credited.status) == (10, RecordStatus.CREDITED)


def test_nobody_takes_back_a_credit_of_their_own_by_an_objection(town, live, wang, zhao, fund):
    from models import Role
    admin = live("冉主任", town.grid_a, Role.AREA_ADMIN, town.community)
    own = records.declare(by=admin, now=NOON, category="x", area_id=town.grid_a.id, description="x",
                          started_at=NOON - timedelta(hours=3), ended_at=NOON - timedelta(hours=2))
    for by in (wang, zhao):
        approvals.approve(own.id, by=by, now=NOON)
    objection = objections.object_to(own.id, by=admin, now=NOON, reason="x")
    with pytest.raises(OwnRecord):
        decide(objection, admin)
    assert points(admin) == 10


def test_an_objection_is_seen_by_whoever_the_record_is_about_and_by_no_neighbour(town, deed, li, zhang, live, wang, zhao, zhou, fund):
    db.session.add(AreaRules(area_id=town.community.id, notice_days=7))
    for by in (wang, zhao):
        approvals.approve(deed.id, by=by, now=NOON)
    objection = objections.object_to(deed.id, by=zhang, now=NOON, reason="他没有来")
    neighbour = live("路人", town.grid_a)
    for sees in (li, zhang, wang, zhao):
        assert db.session.scalars(objections.search(sees, NOON)).all() == [objection]
        assert objections.visible(objection.id, by=sees, now=NOON) is objection
    for stranger in (neighbour, zhou):
        assert db.session.scalars(objections.search(stranger, NOON)).all() == []
        with pytest.raises(NotFound):
            objections.visible(objection.id, by=stranger, now=NOON)
