"""Someone enrolled without a phone signs in by WeChat later: one person is left."""
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from models import ActivityRecord, CheckIn, Direction, Event, Lot, Person, Session, SignUp, Unit, WalletKind, WeChatLogin, db
from services import approvals, books, check_ins, events, funds, joins, ledger, lots, presence, residents, sign_in, sign_ups
from tests.conftest import NOON


def enrol(town, wang, settings):
    return residents.enrol("冉婆婆", town.grid_a.id, papers={}, by=wang, settings=settings, now=NOON)


def newcomer(settings):
    """Somebody who signed in by WeChat, with 30 points in two lots."""
    person = sign_in.by_openid("granny", settings=settings, now=NOON).person
    holder = ledger.wallet(person.id, WalletKind.RESIDENT)
    source = ledger.wallet(ledger.TOWN, WalletKind.SPONSOR)
    for points, days in ((10, 30), (20, 60)):
        posting = ledger.post(source.id, holder.id, points, unit=Unit.POINTS, kind=f"gift{days}",
                              because=ledger.Cause("person", person.id), area_id=person.home_area_id, now=NOON)
        db.session.add(Lot(wallet_id=holder.id, posting_id=posting, amount=points, remaining=points,
                           lapses_on=NOON.date() + timedelta(days=days)))
    db.session.flush()
    return person


def test_joining_makes_one_person_with_one_wallet(town, wang, settings):
    granny, phone = enrol(town, wang, settings), newcomer(settings)
    token = presence.show_person(phone, settings=settings, now=NOON).token

    joins.join(granny.id, token, by=wang, settings=settings, now=NOON)

    wallet = ledger.wallet(granny.id, WalletKind.RESIDENT)
    assert wallet.balance == 30 and ledger.wallet(phone.id, WalletKind.RESIDENT).balance == 0
    days = db.session.scalars(select(Lot.lapses_on).where(Lot.wallet_id == wallet.id).order_by(Lot.lapses_on)).all()
    assert days == [NOON.date() + timedelta(days=30), NOON.date() + timedelta(days=60)]
    assert db.session.scalars(select(WeChatLogin)).one().person_id == granny.id
    assert db.session.scalars(select(Session).filter_by(person_id=phone.id, ended_at=None)).first() is None
    assert db.session.get(Person, phone.id).joined_into_id == granny.id
    assert books.problems() == []
    with pytest.raises(presence.TokenInvalid):
        joins.join(granny.id, token, by=wang, settings=settings, now=NOON)


def test_a_refund_after_joining_goes_to_the_one_wallet(town, wang, settings):
    granny, phone = enrol(town, wang, settings), newcomer(settings)
    spent = ledger.wallet(ledger.TOWN, WalletKind.LAPSED)
    paid = ledger.spend(ledger.wallet(phone.id, WalletKind.RESIDENT).id, spent.id, 15, kind="spend",
                        because=ledger.Cause("coupon", phone.id), area_id=town.grid_a.id, now=NOON)
    token = presence.show_person(phone, settings=settings, now=NOON).token
    joins.join(granny.id, token, by=wang, settings=settings, now=NOON)

    ledger.refund(paid, kind="refund", because=ledger.Cause("coupon", phone.id), today=NOON.date(), now=NOON)

    assert ledger.wallet(granny.id, WalletKind.RESIDENT).balance == 30
    assert ledger.wallet(phone.id, WalletKind.RESIDENT).balance == 0
    assert books.problems() == []


def test_an_account_with_a_sign_in_is_not_taken_over_by_joining(town, wang, settings):
    granny, phone = enrol(town, wang, settings), newcomer(settings)
    db.session.add(WeChatLogin(app_id="wxtest", openid="another", person_id=granny.id, at=NOON))
    db.session.flush()
    token = presence.show_person(phone, settings=settings, now=NOON).token
    with pytest.raises(joins.AlreadyJoined):
        joins.join(granny.id, token, by=wang, settings=settings, now=NOON)


@pytest.fixture
def granny(town, wang, settings):
    return enrol(town, wang, settings)


@pytest.fixture
def phone(settings, granny):
    return newcomer(settings)


@pytest.fixture
def joined(granny, phone, wang, settings):
    """Join the two, some hours later."""
    def join(later=timedelta(0)):
        token = presence.show_person(phone, settings=settings, now=NOON + later).token
        joins.join(granny.id, token, by=wang, settings=settings, now=NOON + later)
        db.session.commit()
        db.session.expire_all()
    return join


@pytest.fixture
def cleanup(town, wang):
    event = events.plan(by=wang, now=NOON - timedelta(days=1), area_id=town.grid_a.id, title="清扫", category="environment",
                        starts_at=NOON, ends_at=NOON + timedelta(hours=2), capacity=2, check_in_mode="both",
                        check_out_required=True, points_per_hour=10, points_max=40, missing_check_out="planned_end")
    events.step(event, "publish", by=wang, now=NOON - timedelta(days=1))
    db.session.commit()
    return event


@pytest.fixture
def scan(cleanup, settings):
    def at(person, minutes, direction=Direction.IN):
        now = NOON + timedelta(minutes=minutes)
        token = presence.show_event(cleanup, direction, settings=settings, now=now).token
        return check_ins.check_in(token=token, by=person, settings=settings, now=now)
    return at


def records_of(event):
    return db.session.scalars(select(ActivityRecord).filter_by(event_id=event.id).where(ActivityRecord.status != "withdrawn")).all()


@pytest.mark.parametrize("with_record", ["granny", "phone", "neither"])
def test_of_an_event_where_both_were_scanned_one_presence_stands_and_makes_one_record(
        cleanup, scan, granny, phone, joined, wang, with_record):
    scan(granny, 1), scan(phone, 2)
    if with_record != "neither":
        scan({"granny": granny, "phone": phone}[with_record], 60, Direction.OUT)

    joined(timedelta(minutes=70))
    events.step(db.session.get(Event, cleanup.id), "close", by=wang, now=NOON + timedelta(hours=3))

    record = records_of(cleanup)[0]
    assert (len(records_of(cleanup)), record.resident_id) == (1, granny.id)
    assert record.minutes == {"granny": 59, "phone": 58, "neither": 119}[with_record]
    live = db.session.scalars(select(CheckIn).filter_by(annulled_at=None, direction="in")).all()
    assert [(row.resident_id, row.activity_record_id) for row in live] == [(granny.id, record.id)]
    assert db.session.scalar(select(func.count()).select_from(CheckIn).where(CheckIn.annulled_reason == "joined")) == 1


def test_who_is_joined_while_there_checks_out_as_one_person(cleanup, scan, granny, phone, joined):
    scan(granny, 1), scan(phone, 2)
    joined(timedelta(minutes=30))
    scan(db.session.get(Person, granny.id), 90, Direction.OUT)
    assert [record.minutes for record in records_of(cleanup)] == [89]


def test_the_second_place_of_one_person_goes_to_the_queue(cleanup, live, town, granny, phone, joined):
    chen = live("陈晨", town.grid_a)
    for person in (granny, phone, chen):
        sign_ups.sign_up(cleanup, person, now=NOON - timedelta(hours=2))
    joined(-timedelta(hours=1))
    assert sign_ups.of(cleanup.id, chen.id).status == "confirmed"
    assert db.session.scalar(select(Event.taken)) == db.session.scalar(
        select(func.count()).select_from(SignUp).where(SignUp.status == "confirmed")) == 2


def test_a_place_stands_rather_than_a_wait(cleanup, live, town, granny, phone, joined):
    for person in (phone, live("陈晨", town.grid_a), granny):
        sign_ups.sign_up(cleanup, person, now=NOON - timedelta(hours=2))
    joined(-timedelta(hours=1))
    assert sign_ups.of(cleanup.id, granny.id).status == "confirmed"
    assert sign_ups.of(cleanup.id, phone.id) is None
    assert db.session.scalar(select(Event.taken)) == 2


def test_a_credit_from_before_is_taken_back_from_the_lot_that_it_became(town, fund, granny, phone, joined):
    given = ledger.credit(funds.purse_of(town.community, phone.id, NOON), 10, kind="activity", now=NOON,
                          because=ledger.Cause("activity_record", phone.id), lapses_on=NOON.date() + timedelta(days=90))
    joined()
    ledger.take_back(given, because=ledger.Cause("activity_record", phone.id), now=NOON)
    assert db.session.scalar(select(Lot.remaining).where(Lot.id == lots.descent(given)[-1])) == 0
    assert ledger.wallet(granny.id, WalletKind.RESIDENT).balance == 30
    assert books.problems() == []


def test_points_that_lapsed_after_a_refund_to_the_joined_person_are_not_owed_when_their_credit_is_reversed(town, fund, granny, phone, joined):
    given = ledger.credit(funds.purse_of(town.community, phone.id, NOON), 5, kind="activity", now=NOON,
                          because=ledger.Cause("activity_record", phone.id), lapses_on=NOON.date())
    spent = ledger.spend(ledger.wallet(phone.id, WalletKind.RESIDENT).id, ledger.wallet(fund.id, WalletKind.SPENT).id, 5, kind="coupon",
                         because=ledger.Cause("coupon", phone.id), area_id=town.community.id, now=NOON)
    joined()
    ledger.refund(spent, kind="coupon_refund", because=ledger.Cause("coupon", phone.id), today=NOON.date() + timedelta(days=1), now=NOON)
    ledger.take_back(given, because=ledger.Cause("activity_record", phone.id), now=NOON)
    assert ledger.wallet(granny.id, WalletKind.RESIDENT).balance == 30
    assert ledger.wallet(granny.id, WalletKind.OWED).balance == 0
    assert books.problems() == []


def test_what_was_owed_before_is_paid_from_what_the_other_holds(town, fund, granny, phone, joined):
    given = ledger.credit(funds.purse_of(town.community, granny.id, NOON), 10, kind="activity", now=NOON,
                          because=ledger.Cause("activity_record", granny.id), lapses_on=NOON.date())
    ledger.spend(ledger.wallet(granny.id, WalletKind.RESIDENT).id, ledger.wallet(fund.id, WalletKind.SPENT).id, 10, kind="coupon",
                 because=ledger.Cause("coupon", granny.id), area_id=town.community.id, now=NOON)
    ledger.take_back(given, because=ledger.Cause("activity_record", granny.id), now=NOON)
    joined()
    assert ledger.wallet(granny.id, WalletKind.RESIDENT).balance == 20
    assert ledger.wallet(granny.id, WalletKind.OWED).balance == 0
    assert books.problems() == []


def test_the_grid_worker_approves_the_one_record_after_it(cleanup, scan, fund, granny, phone, joined, wang):
    scan(phone, 0), scan(phone, 60, Direction.OUT)
    joined(timedelta(hours=2))
    approvals.approve(records_of(cleanup)[0].id, by=wang, now=NOON + timedelta(hours=3))
    assert ledger.wallet(granny.id, WalletKind.RESIDENT).balance == 40
