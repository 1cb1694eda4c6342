"""What people are told, and when: in their inbox, in their language, with the change itself."""
from datetime import date, timedelta

import pytest
from sqlalchemy import select, update
from sqlalchemy.exc import DBAPIError

from api.messages import inbox
from models import Direction, Lot, Message, Topic, db
from services import check_ins, events, sign_ups
from services.coupons import exchanges, offers, redemptions, reversals
from services.merchants import settlements
from services.messages import messages
from services.people import joins, residents
from services.records import approvals, objections, records
from services.refusals import NotFound, Refusal
from services.scans import presence
from tests.conftest import NOON


def inbox_of(person):
    return [message.topic for message in db.session.scalars(select(Message).where(Message.person_id == person.id).order_by(Message.id))]


def last(person, language="zh-CN"):
    newest = db.session.scalars(select(Message).where(Message.person_id == person.id).order_by(Message.id.desc())).first()
    return inbox.worded([newest], language)[0]


@pytest.fixture
def cleanup(town, wang):
    made = events.plan(by=wang, now=NOON, area_id=town.grid_a.id, title="滨江清扫", category="environment", starts_at=NOON,
                       ends_at=NOON + timedelta(hours=2), capacity=1, check_in_mode="both", check_out_required=True,
                       points_per_hour=60, points_max=400, missing_check_out="review")
    return events.step(made, "publish", by=wang, now=NOON)


def declare(by, town, **more):
    return records.declare(by=by, now=NOON, category="care", area_id=town.grid_a.id, description="买药送药", started_at=NOON - timedelta(hours=2),
                           ended_at=NOON - timedelta(hours=1), **more)


def test_signing_up_waiting_and_moving_up_are_told(cleanup, li, zhang):
    sign_ups.sign_up(cleanup, li, now=NOON)
    sign_ups.sign_up(cleanup, zhang, now=NOON)
    sign_ups.withdraw(cleanup, li, now=NOON)
    assert inbox_of(li) == ["signed_up"]
    assert inbox_of(zhang) == ["waitlisted", "moved_up"]
    assert last(zhang)["text"] == "您已递补成功：滨江清扫，5月6日 12:00。"
    assert last(zhang, "en")["text"] == "A place became free for you: 滨江清扫, on May 6, 12:00."


def test_whoever_waits_is_told_when_an_edit_makes_room(cleanup, li, zhang, wang):
    sign_ups.sign_up(cleanup, li, now=NOON)
    sign_ups.sign_up(cleanup, zhang, now=NOON)
    events.edit(cleanup, {"capacity": 2}, by=wang, now=NOON)
    assert inbox_of(zhang) == ["waitlisted", "moved_up"]


def test_an_event_called_off_is_told_to_all_who_expected_it(cleanup, li, zhang, wang):
    for person in (li, zhang):
        sign_ups.sign_up(cleanup, person, now=NOON)
    events.step(cleanup, "cancel", by=wang, now=NOON)
    assert inbox_of(li)[-1] == inbox_of(zhang)[-1] == "event_cancelled"
    assert inbox_of(wang) == []


def test_a_record_is_never_made_behind_ones_back(cleanup, li, wang, fund, settings):
    for direction, later in ((Direction.IN, 0), (Direction.OUT, 90)):
        now = NOON + timedelta(minutes=later)
        token = presence.show_event(cleanup, direction, settings=settings, now=now).token
        made = check_ins.check_in(token=token, by=li, settings=settings, now=now)
    assert inbox_of(li) == ["record_made"]
    assert last(li)["text"] == "滨江清扫：90 分钟。您可以查看，也可以提出异议。"
    approvals.approve(made.activity_record_id, by=wang, now=NOON)
    assert last(li)["text"] == "滨江清扫：90 积分已到账。"
    assert last(li)["about"] == {"type": "activity_record", "id": made.activity_record_id}


def test_staff_who_declare_for_somebody_tell_them_and_a_resident_who_declares_knows(li, wang, town):
    declare(li, town)
    assert inbox_of(li) == []
    declare(wang, town, resident_id=li.id)
    assert inbox_of(li) == ["record_made"]


def test_a_rejection_says_why_and_an_upheld_objection_that_it_is_looked_at_again(li, wang, zhao, town):
    record = declare(li, town)
    approvals.reject(record.id, by=wang, now=NOON, reason="没有看到照片")
    assert last(li)["text"] == "买药送药：没有看到照片。您可以提出异议。"
    objection = objections.object_to(record.id, by=li, now=NOON, reason="补上了")
    objections.decide(objection.id, uphold=True, by=zhao, now=NOON, reason="照片已补")
    assert inbox_of(li) == ["record_rejected", "record_reopened"]


def test_points_taken_back_are_told_with_the_reason(li, wang, zhao, town, fund):
    record = declare(li, town)
    approvals.approve(record.id, by=wang, now=NOON, points=10)
    approvals.approve(record.id, by=zhao, now=NOON, points=10)
    approvals.reverse(record.id, by=zhao, now=NOON, reason="重复登记")
    assert inbox_of(li) == ["record_credited", "record_reversed"]
    assert last(li)["text"] == "买药送药：10 积分。重复登记"


@pytest.fixture
def coupon(li, wang, zhao, town, fund, lins_market, settings):
    record = declare(li, town)
    for by in (wang, zhao):
        approvals.approve(record.id, by=by, now=NOON, points=40)
    offer = offers.create(shop_ids=[], by=zhao, now=NOON, merchant_id=lins_market.id, title="十元券", kind="cash_off", face_value_fen=1000,
                          points_price=30, stock=9, area_id=town.community.id, on_sale_from=NOON, on_sale_until=NOON + timedelta(days=9),
                          valid_days=30, funded_by="community")
    offers.step(offer.id, "publish", by=zhao, now=NOON)
    return exchanges.exchange(offer.id, by=li, settings=settings, now=NOON)


def test_a_coupon_bought_used_and_given_back_is_told(coupon, li, mei, lins_market, settings):
    assert last(li)["text"] == "十元券，花费 30 积分。"
    used = redemptions.redeem(coupon.short_code, shop_of(lins_market), by=mei, settings=settings, now=NOON)
    reversals.reverse(used.id, reason="按错了", by=mei, settings=settings, now=NOON)
    assert inbox_of(li)[-3:] == ["coupon_bought", "coupon_used", "coupon_use_reversed"]
    assert last(li)["title"] == "核销已撤销"
    assert last(li)["text"] == "十元券。券在有效期内可以再用。"
    assert inbox_of(mei) == []


def shop_of(merchant):
    from models import Shop
    return db.session.scalars(select(Shop.id).filter_by(merchant_id=merchant.id)).first()


def test_the_owner_learns_that_a_settlement_waits_and_that_it_is_paid_and_nobody_else(coupon, lin, mei, kang, zhao, qian, lins_market, settings):
    redemptions.redeem(coupon.short_code, shop_of(lins_market), by=mei, settings=settings, now=NOON)
    later = NOON + timedelta(hours=2)
    made = settlements.make(merchant_id=lins_market.id, period_start=date(2026, 5, 1), period_end=date(2026, 5, 31), by=zhao, settings=settings,
                            now=later)
    assert last(lin)["text"] == "林记超市：¥10，请核对并确认。"
    settlements.confirm(made.id, by=lin, now=later)
    settlements.approve(made.id, by=zhao, now=later)
    settlements.pay(made.id, paid_at=later, bank_reference="A1", by=qian, now=later)
    assert inbox_of(lin) == ["settlement_ready", "settlement_paid"]
    assert inbox_of(mei) == inbox_of(kang) == []


def test_points_about_to_lapse_are_told_once_for_each_day_of_lapse(coupon, li):
    lapses = date(2027, 12, 31)
    assert messages.warn_of_lapse(lapses - timedelta(days=31), days=30, now=NOON) == 0
    assert messages.warn_of_lapse(lapses - timedelta(days=30), days=30, now=NOON) == 1
    assert messages.warn_of_lapse(lapses - timedelta(days=29), days=30, now=NOON) == 0
    assert last(li)["text"] == "10 积分将在 2027年12月31日 之后失效，请尽快使用。"
    assert last(li)["title"] == "积分即将失效"


def test_points_that_are_spent_or_have_lapsed_warn_nobody(coupon, li):
    db.session.execute(update(Lot).values(remaining=0))
    assert messages.warn_of_lapse(date(2027, 12, 1), days=60, now=NOON) == 0
    assert messages.warn_of_lapse(date(2028, 1, 1), days=30, now=NOON) == 0


def test_a_refused_act_tells_nobody(cleanup, li, zhang):
    with pytest.raises(Refusal), db.session.begin_nested():
        sign_ups.sign_up(cleanup, li, now=NOON)
        sign_ups.sign_up(cleanup, li, now=NOON)
    assert inbox_of(li) == []


def test_ones_own_message_is_read_once_and_anothers_is_not_there(li, zhang):
    messages.tell(li.id, Topic.SIGNED_UP, now=NOON)
    message = db.session.scalars(select(Message)).one()
    with pytest.raises(NotFound):
        messages.read(message.id, by=zhang, now=NOON)
    assert messages.unread_count(li) == 1
    assert messages.read(message.id, by=li, now=NOON).read_at == NOON
    assert messages.read(message.id, by=li, now=NOON + timedelta(hours=1)).read_at == NOON
    assert messages.unread_count(li) == 0


def test_reading_all_leaves_what_comes_meanwhile(li):
    messages.tell(li.id, Topic.SIGNED_UP, now=NOON)
    messages.tell(li.id, Topic.SIGNED_UP, now=NOON + timedelta(seconds=1))
    assert messages.read_all(by=li, now=NOON) == 1
    assert messages.unread_count(li) == 1


def test_the_inbox_goes_with_a_person_who_is_joined(li, wang, live, town, settings):
    card = residents.enrol("李娜", town.grid_a.id, papers={}, by=wang, settings=settings, now=NOON)
    messages.tell(li.id, Topic.SIGNED_UP, now=NOON)
    token = presence.show_person(li, settings=settings, now=NOON).token
    joins.join(card.id, token, by=wang, settings=settings, now=NOON)
    assert inbox_of(card) == ["signed_up"]


@pytest.mark.parametrize("change", ["topic = 'paid'", "payload = '{}'", "at = at"])
def test_what_was_told_cannot_be_rewritten(li, change):
    from sqlalchemy import text
    messages.tell(li.id, Topic.SIGNED_UP, now=NOON)
    with pytest.raises(DBAPIError):
        db.session.execute(text(f"UPDATE messages SET {change}"))


@pytest.mark.parametrize("language", ["zh-CN", "en"])
@pytest.mark.parametrize("topic", list(Topic))
def test_every_topic_has_words_in_both_languages_and_none_breaks_without_its_row(app, li, topic, language):
    messages.tell(li.id, topic, now=NOON, points=3, activity_record_id=li.id)
    shown = last(li, language)
    assert shown["title"] and shown["text"]
    assert "%(" not in shown["text"]
    assert (language == "en") == shown["title"].isascii()


def test_the_place_in_the_queue_counts_who_came_before_at_this_event(cleanup, li, zhang, wang, lin, town):
    def standing(person):
        return [(row.status, row.waiting_position) for row in sign_ups.standing(person.id, [cleanup.id])]

    for person in (li, zhang, lin):
        sign_ups.sign_up(cleanup, person, now=NOON)
    assert [standing(person) for person in (li, zhang, lin, wang)] == [
        [("confirmed", None)], [("waitlisted", 1)], [("waitlisted", 2)], []]
    sign_ups.withdraw(cleanup, li, now=NOON)
    assert [standing(person) for person in (li, zhang, lin)] == [[], [("confirmed", None)], [("waitlisted", 1)]]
