from datetime import datetime, timedelta

import pytest

from models import AreaRules, RecordStatus, WalletKind, db
from services import ledger
from services.ledger import Cause
from services.points import books, funds
from services.records import approvals, records
from services.records.approvals import AlreadyApprovedByYou, FundExhausted
from services.records.steps import AlreadyDecided, OwnRecord
from services.refusals import Forbidden, NotFound, ValidationFailed
from tests.conftest import NOON


@pytest.fixture
def deed(town, li):
    """Li declares an hour: tier D, 10 points, two approvers."""
    record = records.declare(by=li, now=NOON, category="neighbours", area_id=town.grid_a.id, description="陪独居老人看病",
                             started_at=NOON - timedelta(hours=3), ended_at=NOON - timedelta(hours=2))
    db.session.commit()
    return record


def points(person):
    return ledger.wallet(person.id, WalletKind.RESIDENT).balance


def test_a_declared_deed_needs_two_different_approvers(deed, wang, zhao, li, fund):
    assert approvals.approve(deed.id, by=wang, now=NOON).status == RecordStatus.PENDING
    with pytest.raises(AlreadyApprovedByYou):
        approvals.approve(deed.id, by=wang, now=NOON)
    assert approvals.approve(deed.id, by=zhao, now=NOON).status == RecordStatus.CREDITED
    assert points(li) == 10


def test_nobody_decides_on_their_own_or_their_households_record(town, live, fund, zhao):
    from models import Role
    hao = live("郝网格", town.grid_a, Role.GRID_WORKER, town.grid_a, household="郝家")
    wife = live("郝太", town.grid_a)
    wife.household_id = hao.household_id
    for person in (hao, wife):
        record = records.declare(by=person, now=NOON, category="x", area_id=town.grid_a.id, description="x",
                                 started_at=NOON - timedelta(hours=2), ended_at=NOON)
        with pytest.raises(OwnRecord):
            approvals.approve(record.id, by=hao, now=NOON)
        with pytest.raises(OwnRecord):
            approvals.reject(record.id, by=hao, now=NOON, reason="x")


def test_another_communitys_worker_finds_nothing_and_an_auditor_may_only_look(deed, zhou, sun):
    with pytest.raises(NotFound):
        approvals.approve(deed.id, by=zhou, now=NOON)
    with pytest.raises(Forbidden):
        approvals.approve(deed.id, by=sun, now=NOON)


def test_more_than_the_most_is_refused_and_more_than_proposed_is_not(deed, wang, zhao, li, fund):
    with pytest.raises(ValidationFailed):
        approvals.approve(deed.id, by=wang, now=NOON, points=41)
    approvals.approve(deed.id, by=wang, now=NOON, points=40)
    approvals.approve(deed.id, by=zhao, now=NOON)
    assert points(li) == 40


def test_a_decided_record_is_decided(deed, wang, zhao, fund):
    approvals.reject(deed.id, by=wang, now=NOON, reason="没有看到")
    for decide in (lambda: approvals.approve(deed.id, by=zhao, now=NOON),
                   lambda: approvals.reject(deed.id, by=zhao, now=NOON, reason="x")):
        with pytest.raises(AlreadyDecided):
            decide()


def test_an_empty_fund_stops_the_approval_and_the_record_waits(deed, wang, zhao, li, fund):
    issuer, holder = ledger.wallet(fund.id, WalletKind.FUND), ledger.wallet(li.id, WalletKind.RESIDENT)
    purse = ledger.Purse(fund.area_id, issuer.id, holder.id, ledger.wallet(li.id, WalletKind.OWED).id, 0)
    ledger.credit(purse, 99_995, kind="activity", because=Cause("activity_record", fund.id), lapses_on=NOON.date(), now=NOON)
    approvals.approve(deed.id, by=wang, now=NOON)
    db.session.commit()
    with pytest.raises(FundExhausted):
        approvals.approve(deed.id, by=zhao, now=NOON)
    db.session.rollback()
    assert records.visible(deed.id, by=li, now=NOON).status == RecordStatus.PENDING


def test_a_public_notice_waits_out_its_days_then_credits_once(deed, wang, zhao, li, fund, town):
    db.session.add(AreaRules(area_id=town.community.id, notice_days=7))
    db.session.flush()
    approvals.approve(deed.id, by=wang, now=NOON)
    assert approvals.approve(deed.id, by=zhao, now=NOON).status == RecordStatus.APPROVED
    assert approvals.credit_due(NOON + timedelta(days=7, seconds=-1)) == 0
    assert approvals.credit_due(NOON + timedelta(days=7)) == 1
    assert approvals.credit_due(NOON + timedelta(days=8)) == 0
    assert points(li) == 10


def test_a_reversal_of_spent_points_is_owed_and_later_credits_pay_it_first(deed, wang, zhao, li, fund, town):
    approvals.approve(deed.id, by=wang, now=NOON)
    approvals.approve(deed.id, by=zhao, now=NOON)
    holder, spent = ledger.wallet(li.id, WalletKind.RESIDENT), ledger.wallet(fund.id, WalletKind.SPENT)
    ledger.spend(holder.id, spent.id, 8, kind="coupon", because=Cause("coupon", li.id), area_id=fund.area_id, now=NOON)
    db.session.flush()

    approvals.reverse(deed.id, by=zhao, now=NOON, reason="记错了人")

    assert (points(li), ledger.wallet(li.id, WalletKind.OWED).balance) == (0, -8)
    later = records.declare(by=li, now=NOON, category="x", area_id=town.grid_a.id, description="x",
                            started_at=NOON - timedelta(hours=1), ended_at=NOON)
    approvals.approve(later.id, by=wang, now=NOON)
    approvals.approve(later.id, by=zhao, now=NOON)
    assert (points(li), ledger.wallet(li.id, WalletKind.OWED).balance) == (2, 0)
    assert books.problems() == []


def test_an_overturned_approval_counts_no_more(deed, wang, zhao, qian, li, fund):
    from services.records import objections
    approvals.approve(deed.id, by=wang, now=NOON)
    approvals.reject(deed.id, by=zhao, now=NOON, reason="没有看到")
    objection = objections.object_to(deed.id, by=li, now=NOON, reason="邻居可以作证")
    objections.decide(objection.id, uphold=True, by=qian, now=NOON, reason="已核实")
    assert approvals.approve(deed.id, by=wang, now=NOON).status == RecordStatus.PENDING
    with pytest.raises(AlreadyApprovedByYou):
        approvals.approve(deed.id, by=wang, now=NOON)
    assert approvals.approve(deed.id, by=zhao, now=NOON).status == RecordStatus.CREDITED
    assert points(li) == 10


@pytest.mark.parametrize(("day", "flags"), [("2026-05-20", []), ("2026-05-21", ["entered_late"])])
def test_a_deed_entered_after_ten_working_days_is_flagged(town, li, day, flags):
    """It was done on Wednesday the 6th; the tenth working day after it is Wednesday the 20th."""
    now = datetime.fromisoformat(f"{day}T20:00:00+08:00")
    record = records.declare(by=li, now=now, category="neighbours", area_id=town.grid_a.id, description="陪独居老人看病",
                             started_at=NOON - timedelta(hours=3), ended_at=NOON - timedelta(hours=2))
    assert record.flags == flags


def test_records_that_no_fund_can_pay_keep_nobody_else_waiting(live, town, li, fund):
    for person, area in ((live("江边", town.grid_c), town.grid_c), (li, town.grid_a)):  # the first has no fund, and is older
        record = records.declare(by=person, now=NOON, category="x", area_id=area.id, description="x",
                                 started_at=NOON - timedelta(hours=1), ended_at=NOON)
        record.status, record.points, record.notice_until = RecordStatus.APPROVED, 10, NOON
        db.session.flush()
    assert approvals.credit_due(NOON, most=1) == 1
    assert points(li) == 10


def test_a_new_fund_that_is_still_empty_stops_nothing(deed, wang, zhao, li, fund, town):
    funds.create(area_id=town.community.id, name="下半年", period_start=NOON.date(), period_end=NOON.date() + timedelta(days=200),
                 by=zhao, now=NOON)
    for by in (wang, zhao):
        approvals.approve(deed.id, by=by, now=NOON)
    assert points(li) == 10
