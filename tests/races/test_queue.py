"""A waiting list with two lines, and sixteen at once at it."""
import time
from datetime import date, timedelta

import pytest
from sqlalchemy import select
from uuid_utils.compat import uuid7

from models import Enrolment, Event, Line, Person, Reward, RewardScene, SignUp, SubjectKind, db
from services import events, sign_ups
from services.credit import enrolments
from services.measures import priority
from services.points import books
from services.refusals import Refusal
from tests.conftest import NOON
from tests.credit_books import file_of, in_force
from tests.races.crowd import CROWD, at_once, post, slowly, statuses


@pytest.fixture
def sought(town, zhao, wang):
    """An event with one place, which is Wang's, where residents of grade B and better wait first."""
    version = in_force(town.district, by=zhao)
    db.session.add(Reward(id=uuid7(), rulebook_id=version.rulebook_id, scene=RewardScene.EVENT_PRIORITY, from_grade="B", title_zh="x", title_en="x",
                          from_on=date(2026, 1, 1), made_by_id=zhao.id, made_at=NOON, version=1))
    event = events.plan(by=wang, now=NOON, area_id=town.grid_a.id, title="清扫", category="environment", starts_at=NOON + timedelta(hours=2),
                        ends_at=NOON + timedelta(hours=4), capacity=1, check_in_mode="both", check_out_required=True, points_per_hour=10,
                        points_max=40, missing_check_out="review")
    events.step(event, "publish", by=wang, now=NOON)
    sign_ups.sign_up(event, wang, now=NOON)
    db.session.commit()
    return event


@pytest.fixture
def crowd(live, town):
    """Every second of them is in the scheme."""
    made = [live(f"人{i}", town.grid_a) for i in range(CROWD)]
    for person in made[::2]:
        file_of(person)
    return made


def waiting(event_id):
    return db.session.execute(select(SignUp.resident_id, SignUp.line).where(SignUp.event_id == event_id, SignUp.status == "waitlisted")
                              .order_by(SignUp.line, SignUp.id)).all()


def test_who_signs_up_at_once_waits_in_two_lines_and_everybody_has_a_number_of_their_own(app, sought, crowd, token):
    tokens, path = [token(each) for each in crowd], f"events/{sought.id}/sign-ups"
    assert statuses(at_once(app, lambda i: post(app, tokens[i], path, {}))) == [201] * CROWD
    rows = waiting(sought.id)
    assert {row.resident_id for row in rows[:CROWD // 2]} == {each.id for each in crowd[::2]}
    told = [sign_ups.standing(row.resident_id, [sought.id])[0].waiting_position for row in rows]
    assert told == list(range(1, CROWD + 1))


def test_places_given_back_at_once_go_to_the_first_of_the_queue_each_to_another(app, sought, crowd, wang, live, town, token):
    holders = [wang] + [live(f"在{i}", town.grid_a) for i in range(7)]
    events.edit(sought, {"capacity": len(holders)}, by=wang, now=NOON)
    for each in holders[1:] + crowd:
        sign_ups.sign_up(sought, each, now=NOON)
    db.session.commit()
    first = [row.resident_id for row in waiting(sought.id)]
    tokens, path = [token(each) for each in holders], f"/api/v1/events/{sought.id}/sign-ups/me"

    def give_back(i):
        for _ in range(40):
            answer = app.test_client().delete(path, headers={"Authorization": tokens[i]})
            if answer.status_code != 503:
                return answer
        return answer
    assert statuses(at_once(app, give_back, number=len(holders))) == [204] * len(holders)
    assert [row.resident_id for row in waiting(sought.id)] == first[len(holders):]
    assert db.session.get(Event, sought.id).taken == len(holders) and books.problems() == []


def test_who_signs_up_and_leaves_the_scheme_at_once_does_not_wait_first_outside_it(app, sought, li, monkeypatch):
    file_of(li)
    monkeypatch.setattr(priority.scores, "score", slowly(priority.scores.score, 0.4))
    li_id, event_id = li.id, sought.id

    def act(i):
        person = db.session.get(Person, li_id)
        if i:
            time.sleep(0.15)  # the other has the score by now, and has not signed up
            enrolments.leave(SubjectKind.RESIDENT, by=person, now=NOON)
        else:
            sign_ups.sign_up(db.session.get(Event, event_id), person, now=NOON)
        db.session.commit()
        return True
    answers = at_once(app, act, number=2)
    assert not [answer for answer in answers if isinstance(answer, Refusal)], answers
    assert db.session.scalar(select(Enrolment.left_on)) is not None
    assert [row.line for row in waiting(event_id)] == [Line.OTHERS]
