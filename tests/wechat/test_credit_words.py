"""What residents write about their credit is shown to WeChat like their other words, and hidden from others once it does not pass."""
from datetime import date

import pytest

from models import Message, VersionComment, db
from services.credit import adoption
from tests import credit_books, measure_rows
from tests.conftest import NOON

RISKY = "RISKY, and ten letters more"


@pytest.fixture
def write(as_, li, zhao, town):
    """`write("repairs")`: Li's words of this kind; gives its list's path for others, and the names of its words."""
    def send(path, **body):
        reply = as_(li).post(f"/api/v1{path}", json=body)
        assert reply.status_code == 201, reply.json
        return reply.json

    def make(kind):
        credit_books.in_force(town.district, by=zhao)
        file = credit_books.file_of(li)
        if kind == "credit-objections":
            send(f"/credit-entries/{credit_books.entry(file, 'litter', date(2026, 5, 2)).id}/objection", reason=RISKY)
            return "/credit-objections", ("reason",)
        if kind == "repairs":
            send(f"/credit-entries/{credit_books.entry(file, 'litter', date(2026, 1, 2)).id}/repair", pledge=RISKY, evidence="x")
            return "/repairs", ("pledge", "evidence")
        if kind == "applications":
            made = as_(zhao).post("/api/v1/support-lists", json=measure_rows.supported(town)).json["id"]
            send(f"/support-lists/{made}/applications", asked=RISKY)
            return f"/support-lists/{made}/applications", ("asked",)
        draft = credit_books.draft(town.community, credit_books.SMALL, by=zhao)
        assert as_(zhao).post(f"/api/v1/rulebook-versions/{draft.id}/consult", json={"until": "2026-05-20"}).status_code == 200
        send(f"/rulebook-versions/{draft.id}/comments", said=RISKY)
        return f"/rulebook-versions/{draft.id}/comments", ("said",)
    return make


@pytest.mark.parametrize("kind", ["credit-objections", "repairs", "applications", "comments"])
def test_they_are_pending_until_they_pass_and_hidden_once_refused(write, work, as_, li, zhao, kind):
    path, names = write(kind)

    def seen(person):
        [row] = as_(person).get(f"/api/v1{path}").json["items"]
        return row["text_state"], [row[name] for name in names]

    was = seen(zhao)
    assert was[0] == "pending"
    work()
    assert seen(zhao) == ("refused", [""] * len(names))
    if kind != "applications":  # the list of a support's applications is its reviewers'
        assert seen(li)[1][0] == RISKY
    assert [row.topic for row in db.session.query(Message).filter_by(person_id=li.id)] == ["content_refused"]
    [message] = as_(li).get("/api/v1/me/messages").json["items"]
    assert message["about"] and message["text"]


def test_a_comment_on_a_rulebook_is_read_by_neighbours_once_it_has_passed(write, work, as_, li, zhang, zhao, town):
    path, _ = write("comments")
    as_(li).post(f"/api/v1{path}", json={"said": "少扣一点"})
    said = lambda person: [row["said"] for row in as_(person).get(f"/api/v1{path}").json["items"]]  # noqa: E731
    assert (said(zhang), said(li)) == (["", ""], ["少扣一点", RISKY])
    work()
    assert said(zhang) == ["少扣一点", ""]


@pytest.mark.parametrize("act", ["let_pass", "hold_back"])
def test_a_comment_that_is_left_to_people_is_read_by_neighbours_once_an_admin_let_it_pass(write, work, as_, li, zhang, zhao, qian, act):
    path, _ = write("comments")
    db.session.query(VersionComment).update({"text_state": "review"})
    db.session.commit()
    seen = lambda person: [(row["said"], row["text_state"]) for row in as_(person).get(f"/api/v1{path}").json["items"]]  # noqa: E731
    assert (seen(li), seen(zhang), seen(qian)) == ([(RISKY, "review")], [("", "review")], [("", "review")])
    getattr(adoption, act)(db.session.query(VersionComment).one().id, by=zhao, now=NOON)
    db.session.commit()
    assert (seen(li)[0][0], seen(zhang)) == (RISKY, [(RISKY, "passed")] if act == "let_pass" else [("", "refused")])
    [message] = [row for row in as_(li).get("/api/v1/me/messages").json["items"] if row["topic"] == "content_held_back"] or [None]
    assert bool(message) is (act == "hold_back") and (message is None or message["about"]["type"] == "rulebook_comment")
