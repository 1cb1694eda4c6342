"""Sixteen at once in a file and over a rulebook."""
import threading
import uuid
from datetime import timedelta

import pytest
from sqlalchemy import select

from models import (
    CreditEntry,
    Enrolment,
    HouseholdMember,
    HouseholdRequest,
    Letter,
    LetterReceiver,
    Message,
    RulebookStatus,
    RulebookVersion,
    Standing,
    SupportApplication,
    TrialRun,
    VersionComment,
    db,
)
from services.access import sign_in
from services.credit import adoption, enrolments, feeding, letters, rulebooks, scores
from services.credit.trials import runs
from services.measures import support
from services.people import members
from services.records import approvals, records
from services.refusals import Refusal
from tests.conftest import NOON
from tests.credit_books import SMALL, book, branch, draft, entry, file_of, in_force, item
from tests.races.crowd import CROWD, at_once, one_of, post, slowly, statuses

SEEN = {"code": "mediation", "happened_on": "2026-05-04", "title": "x", "evidence": "x"}


def test_who_joins_many_times_at_once_has_joined_once(app, li, token):
    mine = token(li)
    answers = at_once(app, lambda i: post(app, mine, "me/credit-files/join", {"kind": "resident"}))
    assert statuses(answers) == one_of(201, 409)
    assert len(db.session.scalars(select(Enrolment)).all()) == 1


def test_of_many_who_enter_the_same_at_once_one_does_and_the_others_are_told_which(app, town, zhao, li, wang, token):
    in_force(town.district, by=zhao)
    file_id, staff = file_of(li).id, token(wang)
    answers = at_once(app, lambda i: post(app, staff, f"credit-files/{file_id}/entries", SEEN))
    assert statuses(answers) == one_of(201, 409)
    made = str(db.session.scalars(select(CreditEntry.id)).one())
    assert {(answer.json["code"], answer.json["entry_id"]) for answer in answers if answer.status_code == 409} == {("looks_the_same", made)}


def test_of_two_versions_published_at_once_for_one_day_one_is(app, town, zhao, monkeypatch):
    made = []
    for _ in range(2):
        version = draft(town.community, SMALL, by=zhao)
        version.status = RulebookStatus.CONSULTED
        version.consulted_from, version.consulted_until = NOON.date() - timedelta(days=9), NOON.date()
        db.session.commit()
        adoption.vote(version.id, voted_on=NOON.date(), voters="people", eligible=2, present=2, votes_for=2, votes_against=0, minutes="x", by=zhao,
                      now=NOON)
        db.session.commit()
        made.append(version.id)
    monkeypatch.setattr(adoption, "at", slowly(adoption.at))

    def publish(i):
        found = adoption.publish(made[i], in_force_from=NOON.date() + timedelta(days=5), by=db.session.merge(zhao), now=NOON).status
        db.session.commit()
        return found
    answers = at_once(app, publish, number=2)
    assert sorted(isinstance(answer, Refusal) for answer in answers) == [False, True], answers
    assert len(db.session.scalars(select(RulebookVersion).where(RulebookVersion.status == RulebookStatus.PUBLISHED)).all()) == 1


def test_who_is_confirmed_many_times_at_once_is_of_the_household_once(app, town, wang, live, token):
    person, staff = live("x", town.grid_a), token(wang)
    household = post(app, staff, "households", {"area_id": str(town.grid_a.id), "name": "x"}).json["id"]
    asked = post(app, token(person), "me/household-requests", {"household_id": household}).json["id"]
    answers = at_once(app, lambda i: post(app, staff, f"household-requests/{asked}/confirm", {}))
    assert statuses(answers) == one_of(200, 409)
    assert len(db.session.scalars(select(HouseholdMember).where(HouseholdMember.person_id == person.id)).all()) == 1


def test_a_wish_to_keep_volunteering_out_and_the_chain_at_once_leave_none_in(app, town, zhao, li, wang, fund, token, monkeypatch):
    in_force(town.district, by=zhao)
    file_of(li)
    record = records.declare(by=li, now=NOON, category="neighbours", area_id=town.grid_a.id, description="x",
                             started_at=NOON - timedelta(hours=3), ended_at=NOON - timedelta(hours=1))
    for by in (wang, zhao):
        approvals.approve(record.id, by=by, now=NOON)
    db.session.commit()
    mine = token(li)
    monkeypatch.setattr(feeding, "_written", slowly(feeding._written))

    def act(i):
        if i:
            return post(app, mine, "me/credit-files/volunteering", {"left_out": True})
        read = feeding.read_on(NOON)
        db.session.commit()
        return read + 1
    at_once(app, act, number=2)
    assert [row for row in db.session.scalars(select(CreditEntry)) if row.voided_at is None] == []


def test_entries_at_once_leave_the_standing_that_the_score_is(app, town, zhao, li, wang, token):
    in_force(town.district, by=zhao)
    file, staff = file_of(li), token(wang)
    answers = at_once(app, lambda i: post(app, staff, f"credit-files/{file.id}/entries", SEEN | {"is_another": True}))
    assert statuses(answers) == [201] * CROWD
    file = db.session.get(type(file), file.id)
    assert db.session.get(Standing, file.id).centipoints == scores.score(file, now=NOON).centipoints


def test_of_many_who_let_a_comment_pass_or_hold_it_back_at_once_one_does(app, town, zhao, qian, li):
    version = draft(town.community, SMALL, by=zhao)
    adoption.consult(version.id, until=NOON.date() + timedelta(days=7), by=zhao, now=NOON)
    said = adoption.comment(version.id, said="x", by=li, now=NOON)
    said.text_state = "review"
    db.session.commit()
    said_id, admins = said.id, (zhao.id, qian.id)

    def act(i):
        done = (adoption.let_pass, adoption.hold_back)[i % 2](said_id, by=sign_in.load(admins[i // 2 % 2], NOON), now=NOON).text_state
        db.session.commit()
        return done
    answers = at_once(app, act)
    [state] = [answer for answer in answers if not isinstance(answer, Refusal)]
    told = db.session.scalars(select(Message.topic).where(Message.person_id == li.id)).all()
    assert (db.session.get(VersionComment, said_id).text_state, told) == (state, ["content_held_back"] if state == "refused" else [])


def test_a_draft_that_is_rewritten_while_the_worker_tries_it_is_tried_by_one_text(app, town, zhao, li, zhang, wang, monkeypatch):
    in_force(town.district, by=zhao)
    for person in (li, zhang, wang):
        entry(file_of(person), "choir", NOON.date())
    version_id, admin, is_held = draft(town.community, SMALL, by=zhao).id, zhao.id, threading.Event()
    monkeypatch.setattr(runs, "BATCH", 2)
    runs.try_out(version_id, by=zhao, now=NOON)
    db.session.commit()
    monkeypatch.setattr(runs, "held", slowly(runs.held, when=lambda _version: is_held.set() or True))

    def act(i):
        if i:
            is_held.wait(10)
            rulebooks.rewrite(version_id, book(branch("deeds", item("choir", 50)), base=5000), by=sign_in.load(admin, NOON), now=NOON)
        else:
            runs.go_on()
        db.session.commit()
        return "done"
    assert at_once(app, act, 2) == ["done", "done"]
    assert db.session.scalars(select(TrialRun)).one().found["change"] == 600


@pytest.mark.only("postgresql")
def test_who_leaves_with_a_letter_waits_for_nobody_who_writes_to_the_same_receiver(app, town, zhao, li):
    in_force(town.district, by=zhao)
    file_of(li)
    receiver = letters.register(town.community.id, name="x", uscc="91350100M000100Y43", purpose="farm_loan", from_grade="B", offers_zh="x",
                                offers_en="x", by=zhao, now=NOON)
    letter = letters.ask(receiver.id, "resident", by=li, now=NOON)
    db.session.commit()
    with db.engine.connect() as another:  # their letter names the receiver, and is not committed yet
        another.execute(select(LetterReceiver.id).where(LetterReceiver.id == receiver.id).with_for_update(read=True, key_share=True))
        enrolments.leave("resident", by=li, now=NOON)
        db.session.commit()
    assert letter.status == "withdrawn"


def test_an_entry_is_voided_once(app, town, zhao, qian, li, token):
    in_force(town.district, by=zhao)
    made, staff = entry(file_of(li), "litter", NOON.date()).id, [token(zhao), token(qian)]
    answers = at_once(app, lambda i: post(app, staff[i % 2], f"credit-entries/{made}/void", {"reason": uuid.uuid4().hex}))
    assert statuses(answers) == one_of(200, 409)


def test_of_many_voided_at_once_a_receiver_is_told_once_and_after_it_has_heard_once_more(app, town, zhao, li, token):
    in_force(town.district, by=zhao)
    file = file_of(li)
    made = [entry(file, "mediation", NOON.date() - timedelta(days=n)).id for n in range(1, 2 * CROWD + 1)]
    receiver = letters.register(town.community.id, name="x", uscc="91350100M000100Y43", purpose="farm_loan", from_grade="C", offers_zh="x",
                                offers_en="x", by=zhao, now=NOON)
    code = letters.send(letters.ask(receiver.id, "resident", by=li, now=NOON).id, by=li, now=NOON).code
    db.session.commit()
    staff = token(zhao)
    for crowd in (made[:CROWD], made[CROWD:]):
        answers = at_once(app, lambda i, crowd=crowd: post(app, staff, f"credit-entries/{crowd[i]}/void", {"reason": "wrong"}))
        assert statuses(answers) == [200] * CROWD
        heard = at_once(app, lambda i: app.test_client().post(f"/api/v1/letters/{code}/acknowledge").json["heard"])
        assert sorted(heard) == [0] * (CROWD - 1) + [1]


def begun_while(app, monkeypatch, first, second, where, name, seconds=0.4):
    """What both gave: `second` begins once `first` has done what has this name, and before it commits."""
    at_it = threading.Event()
    monkeypatch.setattr(where, name, slowly(getattr(where, name), seconds, when=lambda _: not at_it.is_set() and (at_it.set() or True)))

    def act(i):
        if i:
            at_it.wait(10)
        return post(app, *(second if i else first))
    return at_once(app, act, number=2)


def test_who_leaves_while_a_letter_is_asked_for_leaves_none_behind(app, town, zhao, li, token, monkeypatch):
    in_force(town.district, by=zhao)
    file_of(li)
    receiver = letters.register(town.community.id, name="x", uscc="91350100M000100Y43", purpose="farm_loan", from_grade="C", offers_zh="x",
                                offers_en="x", by=zhao, now=NOON)
    db.session.commit()
    mine = token(li)
    answers = begun_while(app, monkeypatch, (mine, "letters", {"receiver_id": str(receiver.id), "kind": "resident"}),
                          (mine, "me/credit-files/leave", {"kind": "resident"}), letters, "_says")
    assert statuses(answers) == [200, 201]
    assert db.session.scalars(select(Letter.status)).all() == ["withdrawn"]


def test_who_leaves_while_they_apply_for_support_has_not_applied(app, town, zhao, li, token, monkeypatch):
    in_force(town.district, by=zhao)
    file_of(li)
    listed = support.open_list(town.community.id, kind="resident", support="allowance", title_zh="x", title_en="x", places=1, opens_on=NOON.date(),
                               closes_on=NOON.date() + timedelta(days=9), by=zhao, now=NOON)
    db.session.commit()
    mine = token(li)
    answers = begun_while(app, monkeypatch, (mine, f"support-lists/{listed.id}/applications", {"asked": "x"}),
                          (mine, "me/credit-files/leave", {"kind": "resident"}), scores, "score")
    assert statuses(answers) == [200, 201]
    assert db.session.execute(select(SupportApplication.status, SupportApplication.grade_rank)).all() == [("withdrawn", None)]


def test_a_request_that_was_confirmed_while_another_is_made_stays_confirmed(app, town, wang, live, token, monkeypatch):
    person, staff = live("x", town.grid_a), token(wang)
    one, other = (post(app, staff, "households", {"area_id": str(town.grid_a.id), "name": name}).json["id"] for name in "xy")
    mine = token(person)
    asked = post(app, mine, "me/household-requests", {"household_id": one}).json["id"]
    answers = begun_while(app, monkeypatch, (staff, f"household-requests/{asked}/confirm", {}),
                          (mine, "me/household-requests", {"household_id": other}), members, "enter")
    assert statuses(answers) == [200, 201]
    rows = db.session.scalars(select(HouseholdRequest).order_by(HouseholdRequest.id)).all()
    assert [(str(row.household_id), row.status) for row in rows] == [(one, "confirmed"), (other, "pending")]


def test_who_is_confirmed_while_their_household_is_split_is_where_they_asked_to_be(app, town, wang, live, token, monkeypatch):
    person, staff = live("x", town.grid_a), token(wang)
    mine = token(person)
    one, other = (post(app, staff, "households", {"area_id": str(town.grid_a.id), "name": name}).json["id"] for name in "xy")
    for household in (one, other):
        asked = post(app, mine, "me/household-requests", {"household_id": household}).json["id"]
        if household == one:
            post(app, staff, f"household-requests/{asked}/confirm", {})
    answers = begun_while(app, monkeypatch, (staff, f"households/{one}/split", {"name": "z", "person_ids": [str(person.id)], "on": "2026-05-06"}),
                          (staff, f"household-requests/{asked}/confirm", {}), members, "_refresh")
    assert statuses(answers) == [200, 201]
    assert str(db.session.get(type(person), person.id).household_id) == other


def test_a_version_that_is_retired_while_the_next_is_published_is_retired_on_the_day_that_was_said(app, town, zhao, qian, token, monkeypatch):
    old = in_force(town.community, SMALL, by=zhao)
    new = rulebooks.draft(old.rulebook_id, SMALL, template=False, by=zhao, now=NOON)
    new.status, new.consulted_from, new.consulted_until = RulebookStatus.CONSULTED, NOON.date() - timedelta(days=9), NOON.date()
    db.session.commit()
    adoption.vote(new.id, voted_on=NOON.date(), voters="people", eligible=2, present=2, votes_for=2, votes_against=0, minutes="x", by=zhao, now=NOON)
    db.session.commit()
    old_id, days = old.id, [NOON.date() + timedelta(days=days) for days in (5, 9)]
    answers = begun_while(app, monkeypatch, (token(qian), f"rulebook-versions/{old_id}/retire", {"on": str(days[0])}),
                          (token(zhao), f"rulebook-versions/{new.id}/publish", {"in_force_from": str(days[1])}), adoption, "step")
    assert statuses(answers) == [200, 200], [answer.json for answer in answers]
    assert db.session.get(RulebookVersion, old_id).retired_on == days[0]
