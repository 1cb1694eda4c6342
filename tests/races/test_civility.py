"""The civility index under many hands at once: one answer each, one remark each, one picture behind one thing, and nothing after the closing."""
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from models import (
    CivilityFigure,
    CivilityInvitation,
    CivilityNode,
    CivilityPeriod,
    CivilityPicture,
    CivilityRemark,
    CivilitySheet,
    Evidence,
    IdempotencyKey,
    db,
)
from services.access import sign_in
from services.civility import field_surveys, periods, places, questionnaires
from tests.civility import settle
from tests.conftest import NOON
from tests.races.crowd import CROWD, at_once, one_of, post, statuses


@pytest.fixture
def asked(period, town, tang):
    settle(town.grid_a, 20)
    made = questionnaires.draw(period.id, town.community.id, most=99, seed="0", by=tang, now=NOON)
    db.session.commit()
    return made


@pytest.fixture
def invited(asked, token):
    """The tokens of those who are asked."""
    return [token(sign_in.load(id, NOON)) for id in db.session.scalars(select(CivilityInvitation.person_id).order_by(CivilityInvitation.id))]


def count(row):
    db.session.rollback()
    return db.session.scalar(select(func.count()).select_from(row))


def test_who_sends_the_same_answers_many_times_at_once_has_answered_once(app, asked, invited):
    answers = at_once(app, lambda i: post(app, invited[0], f"civility/questionnaires/{asked.id}/answers", {"answers": {"1.2": [5]}}))
    assert statuses(answers) == one_of(204, 409)
    assert count(CivilitySheet) == 1


def test_who_answers_while_it_is_closed_is_counted_or_told_so(app, asked, invited, period, tang, token):
    staff = token(tang)

    def act(i):
        if i == CROWD // 2:
            return post(app, staff, f"civility/periods/{period.id}/close", {})
        return post(app, invited[i], f"civility/questionnaires/{asked.id}/answers", {"answers": {"1.2": [5]}})
    answers = at_once(app, act)
    taken = sum(answer.status_code == 204 for answer in answers)
    assert {answer.json["code"] for answer in answers if answer.status_code >= 400} <= {"period_not_open"}
    assert count(CivilitySheet) == taken
    figure = db.session.scalars(select(CivilityFigure).join(CivilityNode, CivilityNode.id == CivilityFigure.node_id).where(
        CivilityNode.code == "1.2", CivilityFigure.n.is_not(None))).one_or_none()
    assert (figure.n if figure else 0) == (taken if taken >= 10 else 0)


def test_one_sheet_of_the_box_is_typed_once_with_one_key_and_no_more_are_than_were_put_in(app, asked, invited, wang, token):
    ids = db.session.scalars(select(CivilityInvitation.person_id).order_by(CivilityInvitation.id).limit(3)).all()
    staff, path = token(wang), f"civility/questionnaires/{asked.id}"
    put_in = at_once(app, lambda i: post(app, staff, f"{path}/without-phone/{ids[i % 3]}/hand-in", {}))
    assert statuses(put_in) == [204] * 3 + [409] * (CROWD - 3)
    same = at_once(app, lambda i: post(app, staff, f"{path}/sheets", {"answers": {"1.2": [5]}}, key="one"))
    assert {answer.status_code for answer in same} <= {201, 409} and count(CivilitySheet) == 1
    assert {answer.json["code"] for answer in same if answer.status_code == 409} <= {"request_in_progress"}
    others = at_once(app, lambda i: post(app, staff, f"{path}/sheets", {"answers": {"1.2": [5]}}))
    assert statuses(others) == [201] * 2 + [409] * (CROWD - 2) and count(CivilitySheet) == 3


def test_the_key_of_a_typed_sheet_says_nothing_of_what_stands_on_it(app, asked, invited, wang, token):
    staff, path = token(wang), f"civility/questionnaires/{asked.id}"
    for person_id in db.session.scalars(select(CivilityInvitation.person_id).order_by(CivilityInvitation.id).limit(4)).all():
        assert post(app, staff, f"{path}/without-phone/{person_id}/hand-in", {}).status_code == 204
    for key, answer in (("one", 1), ("one", 5), ("two", 5)):
        assert post(app, staff, f"{path}/sheets", {"answers": {"1.2": [answer]}}, key=key).status_code == 201
    assert count(CivilitySheet) == 2
    kept = db.session.scalars(select(IdempotencyKey.fingerprint)).all()
    assert len(kept) == 2 and len(set(kept)) == 1


def test_a_resident_who_taps_many_times_remarks_once(app, period, li, town, tang, song, token):
    periods.close(period.id, by=tang, now=NOON)
    periods.publish(period.id, by=song, now=NOON)
    db.session.commit()
    node = db.session.scalars(select(CivilityNode).where(CivilityNode.code == "1.1")).one()
    body = {"period_id": str(period.id), "area_id": str(town.community.id), "node_id": str(node.id), "text": "x"}
    mine = token(li)
    answers = at_once(app, lambda i: post(app, mine, "civility/remarks", body))
    assert statuses(answers) == one_of(201, 409)
    assert count(CivilityRemark) == 1


def test_one_picture_stands_behind_one_thing(app, period, town, tang, zhou, token):
    for number in range(CROWD):
        places.add(town.community.id, name=f"{number}", by=tang, now=NOON)
    round_ = field_surveys.draw(period.id, town.community.id, surveyor_id=zhou.id, most=CROWD, seed="0", by=tang, now=NOON)
    picture = Evidence(owner_id=zhou.id, media_type="image/png", sha256="x", picture=b"x", at=NOON)
    db.session.add(picture)
    db.session.commit()
    visits, mine = [visit.id for visit in field_surveys.visible(round_.id, by=zhou, now=NOON).visits], token(zhou)
    deed = {"category": "x", "area_id": str(town.grid_c.id), "description": "x", "started_at": "2026-05-06T01:00:00Z",
            "ended_at": "2026-05-06T02:00:00Z", "evidence_ids": [str(picture.id)]}

    def act(i):
        if i % 2:
            return post(app, mine, "activity-records", deed)
        return post(app, mine, f"civility/visits/{visits[i]}/findings", {"found": {"2.1": [1]}, "evidence_ids": [str(picture.id)]})
    answers = at_once(app, act)
    assert statuses(answers) == one_of(201, 404)
    db.session.expire_all()
    assert count(CivilityPicture) + (db.session.get_one(Evidence, picture.id).record_id is not None) == 1


def test_of_periods_that_overlap_one_begins(app, version, tang, token):
    staff = token(tang)
    answers = at_once(app, lambda i: post(app, staff, "civility/periods", {
        "version_id": str(version.id), "first_on": "2026-04-01", "last_on": str((NOON + timedelta(days=i)).date())}))
    assert statuses(answers) == one_of(201, 409)
    assert count(CivilityPeriod) == 1


def test_a_sample_is_drawn_once(app, period, town, tang, token):
    settle(town.grid_a, 12)
    staff = token(tang)
    body = {"period_id": str(period.id), "area_id": str(town.community.id), "most": 20}
    answers = at_once(app, lambda i: post(app, staff, "civility/questionnaires", body | {"most": 10 + i}))
    assert statuses(answers) == one_of(201, 409)
    assert {answer.json["code"] for answer in answers if answer.status_code == 409} == {"already_drawn"}
