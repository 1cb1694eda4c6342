"""Someone enrolled without a phone signs in by WeChat later: one person is left."""
from datetime import timedelta

import pytest
from sqlalchemy import func, select, update

from models import (
    ActivityRecord,
    AreaRules,
    AuditRow,
    CheckIn,
    Coupon,
    Direction,
    Event,
    Lot,
    Message,
    Person,
    Role,
    Session,
    SignUp,
    Unit,
    WalletKind,
    WeChatLogin,
    db,
)
from services import check_ins, events, ledger, sign_ups
from services.access import sign_in
from services.coupons import exchanges, offers
from services.people import joins, people, residents
from services.points import books, funds, lots
from services.records import approvals, records, steps
from services.refusals import NotFound, Unauthenticated
from services.scans import presence
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

    ledger.refund(paid, kind="refund", today=NOON.date(), now=NOON)

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


@pytest.fixture
def offer(town, lins_market, zhao, fund):
    """A health check for one point."""
    made = offers.create(shop_ids=[], by=zhao, now=NOON, merchant_id=lins_market.id, title="义诊", kind="service", item="义诊",
                         face_value_fen=1000, points_price=1, stock=9, area_id=town.community.id, on_sale_from=NOON,
                         on_sale_until=NOON + timedelta(days=9), valid_days=30, funded_by="community")
    offers.step(made.id, "publish", by=zhao, now=NOON)
    db.session.commit()
    return made


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
    ledger.refund(spent, kind="coupon_refund", today=NOON.date() + timedelta(days=1), now=NOON)
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


def give_record(scan, person, minutes, wang, approved):
    """One comes, leaves, and has a record, approved or not."""
    scan(person, 0), scan(person, minutes, Direction.OUT)
    record = db.session.scalars(select(ActivityRecord).filter_by(resident_id=person.id)).one()
    if approved:
        approvals.approve(record.id, by=wang, now=NOON + timedelta(hours=1))
    db.session.commit()
    return record


@pytest.mark.parametrize("notice_days", [0, 5])
def test_what_is_credited_or_approved_stands_and_the_pending_record_is_withdrawn(
        cleanup, scan, fund, town, granny, phone, joined, wang, notice_days):
    db.session.add(AreaRules(area_id=town.community.id, notice_days=notice_days, declared_points_per_hour=10, declared_points_max=40,
                             declared_minutes_max=240))
    pending, decided = give_record(scan, granny, 30, wang, False), give_record(scan, phone, 60, wang, True)

    joined(timedelta(hours=2))

    assert [(record.id, record.resident_id) for record in records_of(cleanup)] == [(decided.id, granny.id)]
    step = db.session.get(ActivityRecord, pending.id).history[-1]
    assert (step.action, step.at) == ("withdraw", NOON + timedelta(hours=2))
    with pytest.raises(steps.AlreadyDecided):
        approvals.approve(pending.id, by=wang, now=NOON + timedelta(hours=3))
    live = db.session.scalars(select(CheckIn).filter_by(annulled_at=None)).all()
    assert {(row.resident_id, row.activity_record_id) for row in live} == {(granny.id, decided.id)}
    approvals.credit_due(NOON + timedelta(days=6))
    assert ledger.wallet(granny.id, WalletKind.RESIDENT).balance == 30 + 10
    assert books.problems() == []


@pytest.fixture
def twice_credited(scan, fund, granny, phone, joined, wang):
    """Both were paid for the event before they were known to be one."""
    ours, theirs = give_record(scan, granny, 30, wang, True), give_record(scan, phone, 60, wang, True)
    joined(timedelta(hours=2))
    return ours, theirs


def test_two_records_credited_before_are_both_read_by_the_one_person(twice_credited, granny, phone, li, as_):
    ours, theirs = twice_credited
    assert as_(granny).get("/api/v1/me/points").json["earned_total"] == 5 + 10
    assert ledger.wallet(granny.id, WalletKind.RESIDENT).balance == 30 + 5 + 10
    mine = as_(granny)
    seen = mine.get("/api/v1/me/activity-records").json["items"]
    assert {record["id"] for record in seen} == {str(ours.id), str(theirs.id)}
    assert mine.get(f"/api/v1/activity-records/{theirs.id}").json["resident_id"] == str(phone.id)
    kinds = {link["type"] for link in mine.get(f"/api/v1/trace/activity_record/{theirs.id}").json["links"]}
    assert kinds == {"check_in", "activity_record", "posting"}
    assert as_(li).get(f"/api/v1/activity-records/{theirs.id}").status_code == 404
    assert as_(li).get("/api/v1/me/activity-records").json["items"] == []


def test_the_second_of_two_credited_records_is_taken_back_by_somebody_else_who_tells_the_one_person(
        twice_credited, town, granny, zhao):
    theirs = twice_credited[1]
    people.grant(granny, Role.AREA_ADMIN, area=town.community, now=NOON)
    with pytest.raises(steps.OwnRecord):
        approvals.reverse(theirs.id, by=sign_in.load(granny.id, NOON + timedelta(hours=3)), now=NOON + timedelta(hours=3), reason="x")
    approvals.reverse(theirs.id, by=zhao, now=NOON + timedelta(hours=3), reason="同一活动记了两次")
    assert ledger.wallet(granny.id, WalletKind.RESIDENT).balance == 30 + 5
    assert db.session.scalars(select(Message.person_id).filter_by(topic="record_reversed")).one() == granny.id
    assert books.problems() == []


@pytest.mark.parametrize("whose", ["granny", "phone"])
def test_nobody_joins_somebody_of_their_household(granny, phone, wang, settings, whose):
    {"granny": granny, "phone": phone}[whose].household_id = wang.household_id
    token = presence.show_person(phone, settings=settings, now=NOON).token
    with pytest.raises(joins.OwnJoin):
        joins.join(granny.id, token, by=wang, settings=settings, now=NOON)
    assert phone.joined_into_id is None


def test_of_two_households_the_enrolled_ones_stays_and_the_log_has_the_other(granny, phone, joined, li, zhang):
    granny.household_id, phone.household_id = li.household_id, zhang.household_id
    joined()
    assert db.session.get(Person, granny.id).household_id == li.household_id
    detail = db.session.scalars(select(AuditRow).filter_by(action="resident.join")).one().detail
    assert detail == {"joined": str(phone.id), "other_household": str(zhang.household_id)}


def joined_meanwhile(person, granny):
    """As another transaction would: what was read of the person before does not know it."""
    db.session.execute(update(Person).where(Person.id == person.id).values(joined_into_id=granny.id)
                       .execution_options(synchronize_session=False))


def test_who_was_joined_meanwhile_does_nothing_as_who_they_were(cleanup, scan, town, fund, granny, phone, offer, settings):
    joined_meanwhile(phone, granny)
    for act in (lambda: scan(phone, 1), lambda: sign_ups.sign_up(cleanup, phone, now=NOON),
                lambda: exchanges.exchange(offer.id, by=phone, settings=settings, now=NOON),
                lambda: records.declare(by=phone, now=NOON, category="x", area_id=town.grid_a.id, description="x",
                                        started_at=NOON - timedelta(hours=2), ended_at=NOON - timedelta(hours=1))):
        with pytest.raises(Unauthenticated):
            act()
    for row in (CheckIn, SignUp, Coupon, ActivityRecord):
        assert db.session.scalar(select(func.count()).select_from(row)) == 0


def test_the_card_of_who_was_joined_meanwhile_is_none_of_ours(cleanup, town, fund, granny, phone, li, wang, offer, settings):
    phone.home_area_id = town.grid_a.id
    card = residents.card_token(residents.make_card(phone.id, by=wang, now=NOON), settings)
    joined_meanwhile(phone, granny)
    with pytest.raises(presence.TokenInvalid):
        check_ins.scan_resident(event_id=cleanup.id, resident_token=card, direction="in", by=wang, settings=settings, now=NOON)
    with pytest.raises(presence.TokenInvalid):
        exchanges.exchange(offer.id, by=wang, settings=settings, now=NOON, resident_token=card)
    with pytest.raises(NotFound):
        records.declare(by=wang, now=NOON, category="x", area_id=town.grid_a.id, description="x", resident_id=phone.id,
                        started_at=NOON - timedelta(hours=2), ended_at=NOON - timedelta(hours=1))


def test_a_record_of_the_joined_one_that_is_open_again_can_be_objected_to_and_withdrawn_by_the_one_person(
        cleanup, scan, fund, granny, phone, joined, wang, zhao, li, as_, key):
    give_record(scan, granny, 30, wang, True)
    scan(phone, 0), scan(phone, 60, Direction.OUT)
    theirs = db.session.scalars(select(ActivityRecord).filter_by(resident_id=phone.id)).one()
    approvals.reject(theirs.id, by=wang, now=NOON + timedelta(hours=1), reason="x")
    joined(timedelta(hours=2))
    path, mine = f"/api/v1/activity-records/{theirs.id}", as_(granny)

    objection = mine.post(f"{path}/objection", json={"reason": "我来了"})
    assert objection.status_code == 201
    assert [row["id"] for row in mine.get("/api/v1/objections").json["items"]] == [objection.json["id"]]
    upheld = as_(zhao).post(f"/api/v1/objections/{objection.json['id']}/decide", json={"decision": "uphold", "reason": "x"})
    assert upheld.status_code == 200
    assert [as_(person).post(f"{path}/withdraw").status_code for person in (li, wang)] == [404, 403]
    assert mine.post(f"{path}/withdraw").json["status"] == "withdrawn"
