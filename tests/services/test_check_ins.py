from datetime import timedelta

import pytest
from sqlalchemy import func, select, update

from models import ActivityRecord, AreaRules, CheckIn, Direction, Event, Message, SignUp, db
from services import check_ins, events, sign_ups
from services.check_ins import (
    AlreadyCheckedIn,
    EventFull,
    LocationRequired,
    NotCheckedIn,
    OutsideCheckInTime,
    TooFar,
)
from services.people import residents
from services.records import annulments, approvals, objections, steps
from services.refusals import NotFound
from services.scans import codes, presence
from services.scans.presence import TokenExpired, TokenInvalid
from services.sign_ups import EventCancelled, EventNotOpen
from tests.conftest import NOON

HERE = {"latitude": 29.5560, "longitude": 106.5560}


@pytest.fixture
def cleanup(app, town, wang):
    """Two hours from NOON, at the riverside, out as well as in, 10 points an hour."""
    event = events.plan(by=wang, now=NOON - timedelta(days=1), area_id=town.grid_a.id, title="清扫", category="environment",
                        starts_at=NOON, ends_at=NOON + timedelta(hours=2), capacity=2, check_in_mode="both",
                        check_out_required=True, points_per_hour=10, points_max=40, missing_check_out="review")
    events.step(event, "publish", by=wang, now=NOON - timedelta(days=1))
    db.session.commit()
    return event


def scan(event, person, settings, at=NOON, direction=Direction.IN, **more):
    token = presence.show_event(event, direction, settings=settings, now=at).token
    return check_ins.check_in(token=token, by=person, settings=settings, now=at, **more)


def test_in_and_out_make_a_record_of_the_minutes_between(cleanup, li, settings):
    scan(cleanup, li, settings, NOON + timedelta(minutes=3))
    out = scan(cleanup, li, settings, NOON + timedelta(minutes=94), Direction.OUT)

    record = db.session.get(ActivityRecord, out.activity_record_id)
    assert (record.minutes, record.points_proposed, record.evidence_tier, record.status) == (91, 15, "A", "pending")


def test_scanning_twice_is_one_check_in(cleanup, li, settings):
    first = scan(cleanup, li, settings)
    with pytest.raises(AlreadyCheckedIn) as refused:
        scan(cleanup, li, settings, NOON + timedelta(minutes=1))
    assert refused.value.fields["check_in_id"] == str(first.id)
    assert db.session.scalar(select(func.count()).select_from(CheckIn)) == 1


@pytest.mark.parametrize(("later", "accepted"), [(29, True), (44, True), (45, False)])
def test_a_code_lives_thirty_seconds_and_is_accepted_for_fifteen_more(cleanup, li, settings, later, accepted):
    token = presence.show_event(cleanup, Direction.IN, settings=settings, now=NOON).token
    if accepted:
        check_ins.check_in(token=token, by=li, settings=settings, now=NOON + timedelta(seconds=later))
        return
    with pytest.raises(TokenExpired):
        check_ins.check_in(token=token, by=li, settings=settings, now=NOON + timedelta(seconds=later))


def test_no_changed_code_is_ours(cleanup, li, settings):
    token = presence.show_event(cleanup, Direction.IN, settings=settings, now=NOON).token
    for place in range(len(token)):
        letter = "A" if token[place] != "A" else "B"
        with pytest.raises(TokenInvalid):
            check_ins.check_in(token=token[:place] + letter + token[place + 1:], by=li, settings=settings, now=NOON)


def test_no_kind_of_code_passes_for_another(cleanup, li, settings):
    own = presence.show_person(li, settings=settings, now=NOON).token
    for kind in (codes.EVENT_IN, codes.EVENT_OUT, codes.COUPON, codes.CARD, codes.RESIDENT):
        with pytest.raises(TokenInvalid):
            check_ins.check_in(token=kind + own[1:], by=li, settings=settings, now=NOON)


@pytest.mark.parametrize(("minutes", "direction", "accepted"), [
    (-31, Direction.IN, False), (-30, Direction.IN, True), (120, Direction.IN, True), (121, Direction.IN, False),
    (180, Direction.OUT, True), (181, Direction.OUT, False)])
def test_the_time_for_it_has_edges(cleanup, li, settings, minutes, direction, accepted):
    if direction == Direction.OUT:
        scan(cleanup, li, settings)
    if accepted:
        scan(cleanup, li, settings, NOON + timedelta(minutes=minutes), direction)
        return
    with pytest.raises(OutsideCheckInTime):
        scan(cleanup, li, settings, NOON + timedelta(minutes=minutes), direction)


def test_out_before_in_is_refused(cleanup, li, settings):
    with pytest.raises(NotCheckedIn):
        scan(cleanup, li, settings, direction=Direction.OUT)


def test_a_place_with_a_radius_wants_to_know_where(cleanup, li, settings):
    cleanup.latitude, cleanup.longitude, cleanup.radius_m = 29.5560, 106.5560, 300
    db.session.commit()
    with pytest.raises(LocationRequired):
        scan(cleanup, li, settings)
    with pytest.raises(TooFar) as refused:
        scan(cleanup, li, settings, location={"latitude": 29.60, "longitude": 106.5560})
    assert 4_800 < refused.value.fields["distance_m"] < 5_000
    assert scan(cleanup, li, settings, location=HERE).distance_band == "0-50 m"


@pytest.mark.parametrize(("north_m", "radius_m", "flags"), [(100, 300, []), (200, 300, ["far"]), (200, 1000, []), (120, 150, [])])
def test_a_scan_from_the_outer_half_of_the_place_is_flagged(cleanup, li, settings, north_m, radius_m, flags):
    cleanup.latitude, cleanup.longitude, cleanup.radius_m = 29.5560, 106.5560, radius_m
    db.session.commit()
    away = {**HERE, "latitude": 29.5560 + north_m / 111_195, "longitude": 106.5560}
    scan(cleanup, li, settings, location=away)
    out = scan(cleanup, li, settings, direction=Direction.OUT, at=NOON + timedelta(hours=1), location=HERE)
    assert db.session.get(ActivityRecord, out.activity_record_id).flags == flags


def test_the_printed_poster_needs_the_place_and_counts_as_scanned_once(cleanup, li, settings):
    cleanup.latitude, cleanup.longitude, cleanup.radius_m = 29.5560, 106.5560, 300
    db.session.commit()
    poster = {kind: codes.poster(kind, cleanup.code_id) for kind in (codes.POSTER_IN, codes.POSTER_OUT)}
    with pytest.raises(LocationRequired):
        check_ins.check_in(token=poster["P"], by=li, settings=settings, now=NOON)
    check_ins.check_in(token=poster["P"], location=HERE, by=li, settings=settings, now=NOON)
    out = check_ins.check_in(token=poster["Q"], location=HERE, by=li, settings=settings, now=NOON + timedelta(hours=1))
    assert db.session.get(ActivityRecord, out.activity_record_id).evidence_tier == "B"


def test_a_walk_in_takes_a_place_and_the_third_finds_none(cleanup, li, zhang, live, town, settings):
    for person in (li, zhang):
        scan(cleanup, person, settings)
    with pytest.raises(EventFull):
        scan(cleanup, live("陈晨", town.grid_a), settings)
    assert db.session.scalar(select(Event.taken)) == 2


def test_the_queue_moves_up_when_a_place_is_given_back(cleanup, li, zhang, live, town):
    chen = live("陈晨", town.grid_a)
    statuses = [sign_ups.sign_up(cleanup, person, now=NOON - timedelta(hours=1)).status for person in (li, zhang, chen)]
    assert statuses == ["confirmed", "confirmed", "waitlisted"]

    sign_ups.withdraw(cleanup, li, now=NOON - timedelta(minutes=30))

    assert sign_ups.of(cleanup.id, chen.id).status == "confirmed"
    assert db.session.scalar(select(Event.taken)) == db.session.scalar(
        select(func.count()).select_from(SignUp).where(SignUp.status == "confirmed")) == 2


@pytest.mark.parametrize(("verb", "refusal"), [("cancel", EventCancelled), ("close", EventNotOpen)])
def test_a_closed_or_cancelled_event_takes_nobody(cleanup, li, wang, settings, verb, refusal):
    events.step(cleanup, verb, by=wang, now=NOON)
    with pytest.raises(refusal):
        scan(cleanup, li, settings)


@pytest.mark.parametrize(("rule", "minutes", "flags"), [
    ("review", 0, ["missing_check_out"]), ("zero", 0, []), ("planned_end", 120, ["missing_check_out"])])
def test_who_forgets_to_check_out_is_treated_by_the_events_rule(cleanup, li, wang, settings, rule, minutes, flags):
    cleanup.missing_check_out = rule
    scan(cleanup, li, settings)

    events.step(cleanup, "close", by=wang, now=NOON + timedelta(hours=3))

    record = db.session.scalars(select(ActivityRecord)).one()
    assert (record.minutes, record.flags, record.evidence_tier) == (minutes, flags, "B")


def test_staff_scan_a_resident_without_asking_for_the_place(cleanup, li, wang, settings):
    cleanup.latitude, cleanup.longitude, cleanup.radius_m = 29.5560, 106.5560, 300
    token = presence.show_person(li, settings=settings, now=NOON).token
    made = check_ins.scan_resident(event_id=cleanup.id, resident_token=token, direction="in", by=wang, settings=settings, now=NOON)
    assert (made.resident_id, made.made_by_id) == (li.id, wang.id)


def test_one_device_for_two_people_is_flagged_and_not_refused(cleanup, li, zhang, settings):
    for person in (li, zhang):
        scan(cleanup, person, settings, device_hash=b"one phone")
    out = scan(cleanup, zhang, settings, NOON + timedelta(hours=1), Direction.OUT, device_hash=b"one phone")
    assert "shared_device" in db.session.get(ActivityRecord, out.activity_record_id).flags


def test_an_annulled_check_in_stays_marked_and_can_be_made_again(cleanup, li, settings):
    first = scan(cleanup, li, settings)
    db.session.commit()
    annulments.annul(first.id, by=li, settings=settings, now=NOON + timedelta(minutes=15), reason="扫错了")
    assert scan(cleanup, li, settings, NOON + timedelta(minutes=16)).id != first.id
    assert db.session.scalar(select(func.count()).select_from(CheckIn)) == 2


def test_an_event_without_check_out_makes_the_record_at_once_for_the_planned_time(cleanup, li, settings):
    cleanup.check_out_required = False
    made = scan(cleanup, li, settings, NOON + timedelta(minutes=30))
    record = db.session.get(ActivityRecord, made.activity_record_id)
    assert (record.minutes, record.evidence_tier) == (90, "B")


def test_an_annulled_check_out_takes_its_pending_record_away(cleanup, li, wang, fund, settings):
    scan(cleanup, li, settings)
    out = scan(cleanup, li, settings, NOON + timedelta(hours=1), Direction.OUT)
    db.session.commit()
    annulments.annul(out.id, by=li, settings=settings, now=NOON + timedelta(minutes=61), reason="还没走")
    again = scan(cleanup, li, settings, NOON + timedelta(hours=2), Direction.OUT)
    db.session.flush()
    approvals.approve(again.activity_record_id, by=wang, now=NOON + timedelta(hours=3))
    assert db.session.get(ActivityRecord, again.activity_record_id).points == 20


def test_an_event_without_check_out_can_be_left_and_its_one_record_stays(cleanup, li, settings):
    cleanup.check_out_required = False
    came = scan(cleanup, li, settings)
    left = scan(cleanup, li, settings, NOON + timedelta(hours=1), Direction.OUT)
    assert left.activity_record_id == came.activity_record_id
    with pytest.raises(check_ins.AlreadyCheckedOut):
        scan(cleanup, li, settings, NOON + timedelta(hours=1, minutes=1), Direction.OUT)


@pytest.mark.parametrize("spelling", [" {}", "{} ", "{}=", "{}\n", "{}\u200b"])
def test_another_spelling_of_a_code_is_refused(cleanup, li, as_, key, settings, spelling):
    token = presence.show_event(cleanup, Direction.IN, settings=settings, now=NOON).token
    reply = as_(li).post("/api/v1/check-ins", json={"token": spelling.format(token)}, headers=key())
    assert (reply.status_code, reply.json["code"], reply.json["errors"]) == (422, "token_invalid", {})


def record_of(check_in):
    return db.session.get(ActivityRecord, check_in.activity_record_id, populate_existing=True)


def staff_scan(event, person, wang, settings, at=NOON, direction="in", token=None):
    token = token or presence.show_person(person, settings=settings, now=at).token
    return check_ins.scan_resident(event_id=event.id, resident_token=token, direction=direction, by=wang, settings=settings, now=at)


def test_a_card_never_changes_so_it_counts_as_scanned_once(cleanup, li, wang, settings):
    card = residents.card_token(residents.make_card(li.id, by=wang, now=NOON), settings)
    staff_scan(cleanup, li, wang, settings, token=card)
    out = staff_scan(cleanup, li, wang, settings, NOON + timedelta(hours=1), "out", token=card)
    assert record_of(out).evidence_tier == "B"


def test_a_code_on_a_phone_scanned_by_staff_counts_as_scanned_twice(cleanup, li, wang, settings):
    staff_scan(cleanup, li, wang, settings)
    assert record_of(staff_scan(cleanup, li, wang, settings, NOON + timedelta(hours=1), "out")).evidence_tier == "A"


def test_staff_do_not_scan_themselves_in_and_may_scan_the_venues_code(cleanup, wang, settings):
    with pytest.raises(steps.OwnRecord):
        staff_scan(cleanup, wang, wang, settings)
    assert db.session.scalar(select(func.count()).select_from(CheckIn)) == 0
    assert scan(cleanup, wang, settings).resident_id == wang.id


def test_a_worker_annuls_what_they_scanned_until_their_role_ends(cleanup, li, wang, settings):
    made = staff_scan(cleanup, li, wang, settings)
    wang.roles[0].ended_at = NOON + timedelta(minutes=1)
    db.session.commit()
    with pytest.raises(NotFound):
        annulments.annul(made.id, by=wang, settings=settings, now=NOON + timedelta(minutes=2), reason="扫错了")
    assert db.session.get(CheckIn, made.id).annulled_at is None


def places(event):
    """Places taken, and the sign-ups that hold one."""
    return db.session.scalar(select(Event.taken).where(Event.id == event.id)), db.session.scalar(
        select(func.count()).select_from(SignUp).where(SignUp.event_id == event.id, SignUp.status == "confirmed"))


def test_an_annulled_walk_in_gives_the_place_to_the_queue(cleanup, li, zhang, live, town, settings):
    came = scan(cleanup, li, settings)
    scan(cleanup, zhang, settings)
    waiting = live("陈晨", town.grid_a)
    sign_ups.sign_up(cleanup, waiting, now=NOON + timedelta(minutes=1))
    annulments.annul(came.id, by=li, settings=settings, now=NOON + timedelta(minutes=2), reason="扫错了")
    assert sign_ups.of(cleanup.id, li.id) is None
    assert sign_ups.of(cleanup.id, waiting.id).status == "confirmed"
    assert places(cleanup) == (2, 2)


def test_an_annulled_walk_in_that_nobody_waits_behind_frees_the_place(cleanup, li, settings):
    came = scan(cleanup, li, settings)
    annulments.annul(came.id, by=li, settings=settings, now=NOON + timedelta(minutes=2), reason="扫错了")
    assert places(cleanup) == (0, 0)


def test_who_signed_up_before_keeps_the_place_when_the_check_in_is_annulled(cleanup, li, settings):
    sign_ups.sign_up(cleanup, li, now=NOON - timedelta(hours=1))
    came = scan(cleanup, li, settings)
    annulments.annul(came.id, by=li, settings=settings, now=NOON + timedelta(minutes=2), reason="扫错了")
    assert places(cleanup) == (1, 1)


def test_who_has_checked_in_no_longer_withdraws_their_sign_up(cleanup, li, settings):
    sign_ups.sign_up(cleanup, li, now=NOON - timedelta(hours=1))
    came = scan(cleanup, li, settings)
    with pytest.raises(AlreadyCheckedIn) as refused:
        sign_ups.withdraw(cleanup, li, now=NOON + timedelta(minutes=1))
    assert refused.value.fields["check_in_id"] == str(came.id)
    annulments.annul(came.id, by=li, settings=settings, now=NOON + timedelta(minutes=2), reason="扫错了")
    sign_ups.withdraw(cleanup, li, now=NOON + timedelta(minutes=3))
    assert places(cleanup) == (0, 0)


@pytest.mark.parametrize(("rule", "minutes", "flags"), [
    ("review", 0, ["missing_check_out"]), ("zero", 0, []), ("planned_end", 70, ["missing_check_out"])])
def test_a_check_out_annulled_after_the_closing_leaves_one_who_never_checked_out(cleanup, li, wang, settings, rule, minutes, flags):
    cleanup.missing_check_out = rule
    came = scan(cleanup, li, settings)
    out = scan(cleanup, li, settings, NOON + timedelta(minutes=60), Direction.OUT)
    events.step(cleanup, "close", by=wang, now=NOON + timedelta(minutes=70))
    db.session.commit()

    annulments.annul(out.id, by=li, settings=settings, now=NOON + timedelta(minutes=74), reason="还没走")

    assert record_of(out).status == "withdrawn"
    record = record_of(db.session.get(CheckIn, came.id, populate_existing=True))
    assert (record.status, record.minutes, record.flags, record.evidence_tier) == ("pending", minutes, flags, "B")


def test_an_annulled_check_out_where_none_is_required_leaves_the_record_of_the_check_in(cleanup, li, settings):
    cleanup.check_out_required = False
    came = scan(cleanup, li, settings)
    out = scan(cleanup, li, settings, NOON + timedelta(hours=1), Direction.OUT)
    db.session.commit()
    annulments.annul(out.id, by=li, settings=settings, now=NOON + timedelta(minutes=61), reason="还没走")
    assert record_of(came).status == "pending"
    assert scan(cleanup, li, settings, NOON + timedelta(hours=2), Direction.OUT).activity_record_id == came.activity_record_id


def test_an_event_closed_early_is_paid_until_then(cleanup, li, wang, settings):
    cleanup.missing_check_out = "planned_end"
    scan(cleanup, li, settings)
    events.step(cleanup, "close", by=wang, now=NOON + timedelta(minutes=1))
    record = db.session.scalars(select(ActivityRecord)).one()
    assert (record.minutes, record.ended_at) == (1, NOON + timedelta(minutes=1))


@pytest.mark.parametrize("rule", ["review", "zero", "planned_end"])
def test_an_event_closed_before_it_began_leaves_records_of_no_minute(cleanup, li, wang, settings, rule):
    cleanup.missing_check_out = rule
    scan(cleanup, li, settings, NOON - timedelta(minutes=20))
    events.step(cleanup, "close", by=wang, now=NOON - timedelta(minutes=10))
    record = db.session.scalars(select(ActivityRecord)).one()
    assert (record.minutes, record.points_proposed, record.started_at, record.ended_at) == (0, 0, NOON, NOON)


def test_no_record_of_a_cancelled_event_is_approved(cleanup, li, zhang, wang, fund, settings):
    for person in (li, zhang):
        scan(cleanup, person, settings)
        out = scan(cleanup, person, settings, NOON + timedelta(hours=1), Direction.OUT)
    approvals.approve(out.activity_record_id, by=wang, now=NOON + timedelta(hours=1))
    db.session.commit()

    events.step(cleanup, "cancel", by=wang, now=NOON + timedelta(hours=2))

    statuses = {record.resident_id: record for record in db.session.scalars(select(ActivityRecord).execution_options(populate_existing=True))}
    assert (statuses[li.id].status, statuses[zhang.id].status) == ("withdrawn", "credited")
    assert (statuses[li.id].history[-1].action, statuses[li.id].history[-1].by_id) == ("withdraw", wang.id)
    with pytest.raises(steps.AlreadyDecided):
        approvals.approve(statuses[li.id].id, by=wang, now=NOON + timedelta(hours=3))
    told = db.session.scalars(select(Message.person_id).where(Message.topic == "event_cancelled")).all()
    assert sorted(told) == sorted([li.id, zhang.id])


def test_a_record_that_waits_out_its_notice_goes_with_the_cancelled_event(cleanup, li, wang, fund, town, settings):
    db.session.add(AreaRules(area_id=town.community.id, notice_days=5, declared_points_per_hour=10, declared_points_max=40,
                             declared_minutes_max=240))
    scan(cleanup, li, settings)
    out = scan(cleanup, li, settings, NOON + timedelta(hours=1), Direction.OUT)
    approvals.approve(out.activity_record_id, by=wang, now=NOON + timedelta(hours=1))
    events.step(cleanup, "cancel", by=wang, now=NOON + timedelta(hours=2))
    assert approvals.credit_due(NOON + timedelta(days=6)) == 0
    assert record_of(out).status == "withdrawn"


def test_a_record_reopened_after_its_event_was_cancelled_is_not_approved(cleanup, li, wang, zhao, fund, settings):
    scan(cleanup, li, settings)
    out = scan(cleanup, li, settings, NOON + timedelta(hours=1), Direction.OUT)
    approvals.reject(out.activity_record_id, by=wang, now=NOON + timedelta(hours=1), reason="早退")
    objection = objections.object_to(out.activity_record_id, by=li, now=NOON + timedelta(hours=1), reason="没有早退")
    events.step(cleanup, "cancel", by=wang, now=NOON + timedelta(hours=2))
    objections.decide(objection.id, uphold=True, by=zhao, now=NOON + timedelta(hours=3), reason="属实")
    with pytest.raises(EventCancelled):
        approvals.approve(out.activity_record_id, by=wang, now=NOON + timedelta(hours=4))
    assert approvals.reject(out.activity_record_id, by=wang, now=NOON + timedelta(hours=4), reason="活动取消").status == "rejected"


@pytest.mark.parametrize("event_state", ["cancelled", "closed"])
def test_nobody_signs_up_for_what_was_just_called_off_or_closed(cleanup, li, event_state):
    """The event as it was read is not believed: it is read again under its lock."""
    db.session.execute(update(Event).values(status=event_state).execution_options(synchronize_session=False))
    assert cleanup.status == "published"
    with pytest.raises(EventCancelled if event_state == "cancelled" else sign_ups.EventOver):
        sign_ups.sign_up(cleanup, li, now=NOON - timedelta(hours=1))


@pytest.mark.parametrize(("later", "outcome"), [(0, "accepted"), (29, "accepted"), (44, "accepted"), (45, TokenExpired), (600, TokenInvalid)])
def test_the_digits_under_the_venues_code_live_as_long_as_the_code(cleanup, li, settings, later, outcome):
    digits = presence.show_event(cleanup, Direction.IN, settings=settings, now=NOON).short_code
    typed = {"event_id": cleanup.id, "short_code": digits, "by": li, "settings": settings, "now": NOON + timedelta(seconds=later)}
    if outcome == "accepted":
        assert check_ins.check_in_typed(**typed).rotating
        return
    with pytest.raises(outcome):
        check_ins.check_in_typed(**typed)


def test_the_digits_say_the_direction_and_are_of_one_event_alone(cleanup, li, wang, town, settings):
    shown = {direction: presence.show_event(cleanup, direction, settings=settings, now=NOON).short_code for direction in Direction}
    other = events.plan(by=wang, now=NOON, area_id=town.grid_a.id, title="义诊", category="health", starts_at=NOON,
                        ends_at=NOON + timedelta(hours=2), check_in_mode="venue_code", check_out_required=True, points_per_hour=10, points_max=40,
                        missing_check_out="review")
    events.step(other, "publish", by=wang, now=NOON)
    with pytest.raises(TokenInvalid):
        check_ins.check_in_typed(event_id=other.id, short_code=shown["in"], by=li, settings=settings, now=NOON)
    for direction in (Direction.IN, Direction.OUT):
        assert check_ins.check_in_typed(event_id=cleanup.id, short_code=shown[direction], by=li, settings=settings, now=NOON).direction == direction


def test_typed_digits_need_the_place_as_a_scan_does(cleanup, li, settings):
    cleanup.latitude, cleanup.longitude, cleanup.radius_m = 29.5560, 106.5560, 300
    db.session.commit()
    digits = presence.show_event(cleanup, Direction.IN, settings=settings, now=NOON).short_code
    with pytest.raises(LocationRequired):
        check_ins.check_in_typed(event_id=cleanup.id, short_code=digits, by=li, settings=settings, now=NOON)
