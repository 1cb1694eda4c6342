"""One accept is one message on the phone: sent by the worker after the commit, one at a time, and never twice knowingly."""
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlalchemy import event, select, text

from commands import senders
from config import UnsafeSettings
from miniapp_stub.platform.codes import openid
from models import Delivery, Message, OutboxMessage, Person, Purpose, SubscriptionRight, Topic, db, request_id
from services import outbox
from services.messages import message_templates, messages, notices, subscriptions
from services.people import consents
from services.refusals import ValidationFailed
from tests.wechat.conftest import APP_ID

LI = openid(APP_ID, "li-na")


@pytest.fixture
def told(li, clock):
    """Tell Li of a record; gives the message's id."""
    def tell(person=li, topic=Topic.RECORD_CREDITED):
        messages.tell(person.id, topic, now=clock.now, points=7)
        db.session.commit()
        return db.session.scalars(select(Message.id).order_by(Message.id.desc())).first()
    return tell


@pytest.fixture
def accept(li, settings, order, clock):
    """Li says yes in the dialog: WeChat knows it, and the mini program reports it."""
    def say(template="T-record", at_wechat=True):
        if at_wechat:
            order("subscriptions", name="li-na", template_id=template, result="accept")
        subscriptions.answered(template, "accept", by=li, settings=settings, now=clock.now)
        db.session.commit()
    return say


def rights(template="T-record"):
    db.session.expire_all()
    held = db.session.get(SubscriptionRight, (APP_ID, LI, template))
    return held.rights if held else None


def delivery(message_id):
    return db.session.get(Delivery, message_id, populate_existing=True)


def test_without_a_right_nothing_leaves_and_the_inbox_has_it_all_the_same(told, work, sent, li):
    told()
    work()
    assert sent() == []
    assert db.session.query(OutboxMessage).count() == 0
    assert messages.unread_count(li) == 1


def test_an_accept_is_one_message_and_the_next_needs_another(told, accept, work, sent):
    accept()
    first, second = told(), told()
    work()
    work()
    assert [message["touser"] for message in sent()] == [LI]
    assert sent()[0]["data"] == {"thing1": {"value": "您的一项事务"}, "phrase2": {"value": "已入账"}, "number3": {"value": "7"}}
    assert (delivery(first).state, delivery(second), rights()) == ("sent", None, 0)


def test_who_took_their_consent_back_is_written_to_no_more_until_the_next_yes(told, accept, work, sent, li, clock):
    accept()
    consents.answer(li.id, Purpose.WECHAT_MESSAGES, given=False, now=clock.now)
    told()
    work()
    assert sent() == []

    accept()
    told()
    work()
    assert len(sent()) == 1


def test_the_words_are_in_the_persons_language_and_phrases_stay_chinese(told, accept, work, sent, li):
    db.session.get(Person, li.id).language = "en"
    accept()
    told()
    work()
    assert (sent()[0]["lang"], sent()[0]["data"]["thing1"]["value"]) == ("en_US", "something of yours")
    assert sent()[0]["data"]["phrase2"]["value"] == "已入账"


def test_a_topic_without_a_template_rings_no_phone(told, accept, work, sent):
    accept()
    told(topic=Topic.COUPON_BOUGHT)
    work()
    assert (sent(), rights()) == ([], 1)


def test_what_was_read_in_the_meantime_needs_no_phone(told, accept, work, sent, li, clock):
    accept()
    message_id = told()
    notices.hand_out(senders._settings(), clock.now)
    messages.read(message_id, by=li, now=clock.now)
    db.session.commit()
    work()
    assert (sent(), rights()) == ([], 1)


def test_old_news_rings_no_phone(told, accept, work, sent, clock):
    accept()
    told()
    clock.now += timedelta(hours=13)
    work()
    assert sent() == []


def test_wechats_refusal_takes_the_count_to_nothing_and_is_not_tried_again(told, accept, work, sent):
    accept(at_wechat=False)
    accept(at_wechat=False)
    message_id = told()
    work()
    work()
    assert (sent(), rights(), delivery(message_id).state) == ([], 0, "failed")
    assert db.session.get(OutboxMessage, message_id).state == "done"


def test_a_busy_platform_is_asked_again_later_and_one_right_is_spent(told, accept, work, sent, order, clock):
    accept()
    message_id = told()
    order("faults", path="/cgi-bin/message/subscribe/send", status=500, times=1)
    work()
    assert (sent(), rights(), delivery(message_id).state) == ([], 1, "unknown")
    clock.now += timedelta(seconds=5)
    work()
    assert (len(sent()), rights(), delivery(message_id).state) == (1, 0, "sent")


@pytest.mark.parametrize(("errcode", "wait_s"), [(43108, 2), (45011, 60), (45009, 3600), (40164, 60)])
def test_what_passes_by_itself_waits_as_long_as_it_takes(told, accept, work, sent, order, clock, errcode, wait_s):
    accept()
    message_id = told()
    order("faults", path="/cgi-bin/message/subscribe/send", errcode=errcode, times=1)
    work()
    waiting = db.session.get(OutboxMessage, message_id, populate_existing=True)
    assert (waiting.state, waiting.attempts, waiting.not_before - clock.now) == ("new", 0, timedelta(seconds=wait_s))
    clock.now += timedelta(seconds=wait_s)
    work()
    assert (len(sent()), rights()) == (1, 0)


@pytest.mark.parametrize("errcode", [47003, 40037, 43107, 45168])
def test_what_will_never_go_is_laid_aside_for_a_person_to_see(told, accept, work, order, errcode):
    accept()
    message_id = told()
    order("faults", path="/cgi-bin/message/subscribe/send", errcode=errcode, times=1)
    work()
    dead = db.session.get(OutboxMessage, message_id, populate_existing=True)
    assert (dead.state, str(errcode) in dead.error, delivery(message_id).state, rights()) == ("dead", True, "failed", 1)


def test_two_messages_to_one_person_go_one_after_the_other(told, accept, settings, clock):
    accept()
    accept()
    first, second = told(), told()
    assert notices.begin(first, settings=settings, now=clock.now)
    with pytest.raises(notices.BeingWritten):
        notices.begin(second, settings=settings, now=clock.now)
    notices.done(first, "1", now=clock.now)
    assert notices.begin(second, settings=settings, now=clock.now)


def test_a_sender_that_dies_before_sending_is_replaced_and_the_phone_is_free(told, accept, settings, clock, work, sent):
    accept()
    message_id = told()
    notices.hand_out(settings, clock.now)
    outbox.lease("dead", now=clock.now)
    notices.begin(message_id, settings=settings, now=clock.now)
    db.session.commit()
    clock.now += outbox.LEASE
    work()
    assert (len(sent()), rights(), delivery(message_id).state) == (1, 0, "sent")


@pytest.mark.only("postgresql")
def test_of_two_relays_that_take_one_phone_at_the_same_moment_the_second_waits_two_seconds(app, told, accept, settings, clock, sent):
    def second():
        with app.app_context(), pytest.raises(outbox.Postpone) as later:
            try:
                senders.send_notice({}, str(waits))
            finally:
                db.session.remove()
        return later.value.seconds
    for _ in range(2):
        accept()
    goes, waits = told(), told()
    assert notices.begin(goes, settings=settings, now=clock.now)
    with ThreadPoolExecutor(1) as others, db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as looks:
        asked = others.submit(second)
        blocked = text("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'")
        until = time.monotonic() + 10
        while not looks.scalar(blocked):
            assert time.monotonic() < until and not asked.done()
            time.sleep(0.01)
        db.session.commit()
        assert asked.result(timeout=10) == senders.BUSY_S
    assert (sent(), delivery(waits)) == ([], None)


@pytest.fixture
def message_of_the_dead(app, told, accept, settings, clock, sent):
    """WeChat has it, and who sent it died before it could be written down."""
    for _ in range(3):
        accept()
    message_id = told()
    notices.hand_out(settings, clock.now)
    outbox.lease("dead", now=clock.now)
    notice = notices.begin(message_id, settings=settings, now=clock.now)
    db.session.commit()
    app.extensions["linli_wechat"].send_subscribed(
        LI, notice.template.id, senders._data(notice), page="", language="zh_CN", state="formal")
    assert len(sent()) == 1
    return message_id


def test_what_was_sent_by_one_who_died_is_sent_once_more_and_costs_one_right(message_of_the_dead, work, sent, clock):
    clock.now += outbox.LEASE - timedelta(seconds=1)
    work()
    assert len(sent()) == 1
    clock.now += timedelta(seconds=1)
    work()
    work()
    assert (len(sent()), rights(), delivery(message_of_the_dead).state) == (2, 2, "sent")


def test_a_sender_that_dies_after_sending_does_not_send_again_once_wechat_says_that_it_arrived(told, accept, settings, clock, work, sent, push):
    accept()
    message_id = told()
    notices.hand_out(settings, clock.now)
    outbox.lease("dead", now=clock.now)
    notices.begin(message_id, settings=settings, now=clock.now)
    db.session.commit()
    push("subscribe_msg_sent_event", List={"TemplateId": "T-record", "MsgID": "77", "ErrorCode": "0", "ErrorStatus": "success"})
    clock.now += outbox.LEASE
    work()
    assert (sent(), rights(), delivery(message_id).platform_id) == ([], 0, "77")


@pytest.mark.only("postgresql")
def test_a_push_that_meets_its_answer_does_not_settle_the_next_message(app, told, accept, settings, clock):
    def meanwhile(connection, cursor, statement, *_):
        if "ORDER BY" in statement and "deliveries" in statement and not seen:
            seen.append(statement)
            with app.app_context():
                notices.done(arrived, "77", now=clock.now)
                db.session.commit()
                notices.begin(follows, settings=settings, now=clock.now)
                db.session.commit()
    for _ in range(2):
        accept()
    arrived, follows, seen = told(), told(), []
    notices.begin(arrived, settings=settings, now=clock.now)
    db.session.commit()
    event.listen(db.engine, "before_cursor_execute", meanwhile)
    try:
        notices.sent_by_push(LI, "T-record", "77", None, settings=settings, now=clock.now)
    finally:
        event.remove(db.engine, "before_cursor_execute", meanwhile)
    db.session.commit()
    assert seen and [delivery(each).state for each in (arrived, follows)] == ["sent", "sending"]


def test_a_push_and_the_answer_of_one_sending_count_once(told, accept, work, push, sent):
    accept()
    accept()
    told()
    work()
    push("subscribe_msg_sent_event", List={"TemplateId": "T-record", "MsgID": str(sent()[0]["msgid"]), "ErrorCode": "0"})
    assert rights() == 1


def test_a_message_that_did_not_arrive_is_marked(told, accept, work, push, sent):
    accept()
    message_id = told()
    work()
    push("subscribe_msg_sent_event", List={"TemplateId": "T-record", "MsgID": str(sent()[0]["msgid"]), "ErrorCode": "5", "ErrorStatus": "user block"})
    assert (delivery(message_id).state, delivery(message_id).error) == ("failed", "5: user block")


@pytest.mark.parametrize("result", ["reject", "ban", "filter"])
def test_no_other_answer_counts(li, settings, clock, result):
    subscriptions.answered("T-record", result, by=li, settings=settings, now=clock.now)
    assert rights() is None


@pytest.mark.parametrize("order_of", ["client first", "push first"])
def test_of_one_tap_the_mini_program_and_wechat_both_tell_and_it_counts_once(li, settings, clock, push, order_of):
    def report():
        subscriptions.answered("T-record", "accept", by=li, settings=settings, now=clock.now)
        db.session.commit()

    def pushed():
        item = {"TemplateId": "T-record", "SubscribeStatusString": "accept", "PopupScene": "0"}
        assert push("subscribe_msg_popup_event", List=item, again=rights()).data == b"success"
    for _ in range(2):
        for act in (report, pushed) if order_of == "client first" else (pushed, report):
            act()
    assert rights() == 2


def test_who_always_says_yes_is_asked_no_more_and_still_counts(li, settings, clock):
    for _ in range(3):
        subscriptions.answered("T-record", "accept", by=li, settings=settings, now=clock.now)
    assert rights() == 3


def test_who_turns_it_off_in_wechat_has_no_right_left(accept, push):
    accept()
    accept("T-event")
    push("subscribe_msg_change_event", List=[{"TemplateId": "T-record", "SubscribeStatusString": "reject"}, {"TemplateId": "T-other"}])
    assert (rights(), rights("T-event")) == (0, 1)


def test_an_answer_for_a_template_that_is_none_is_refused(li, settings, clock):
    with pytest.raises(ValidationFailed):
        subscriptions.answered("T-none", "accept", by=li, settings=settings, now=clock.now)


def test_an_answer_of_who_has_no_wechat_is_refused(wang, settings, clock):
    with pytest.raises(subscriptions.NoWechatSignIn):
        subscriptions.answered("T-record", "accept", by=wang, settings=settings, now=clock.now)


@pytest.mark.parametrize("text", ["ID", "ID thing1", "ID thing=what", "ID thing1=nothing", "ID thing1=amount", "I/D thing1=what", "ID thing1=what;"])
def test_a_template_that_cannot_be_read_keeps_the_server_from_starting(text, settings):
    from dataclasses import replace
    with pytest.raises(UnsafeSettings):
        message_templates.templates(replace(settings, wechat_template_record=text))


def test_two_kinds_do_not_share_a_template(settings):
    from dataclasses import replace
    with pytest.raises(UnsafeSettings):
        message_templates.templates(replace(settings, wechat_template_record="T-event thing1=what"))


def test_every_topic_has_a_kind_or_stays_in_the_inbox():
    """The platform's templates are for events, records, points, coupons and settlements; of credit and the civility index no phone is told."""
    inbox_only = {topic for topic in Topic if topic.startswith(("civility_", "credit_", "repair_", "letter_", "support_", "constraint_", "honour_",
                                                                    "review_"))}
    assert set(Topic) - set(message_templates.KIND_OF) == {Topic.CONTENT_REFUSED, Topic.CONTENT_HELD_BACK} | inbox_only
    assert len(inbox_only) == 19


def test_a_notice_keeps_the_request_that_its_message_was_written_in(told, accept, work):
    accept()
    named = request_id.set("of-the-request")
    told()
    request_id.reset(named)
    work()
    assert db.session.scalars(select(OutboxMessage.request_id)).all() == ["of-the-request"]
