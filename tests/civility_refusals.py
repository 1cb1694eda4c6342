"""Every refusal of the civility index, provoked: tests/api/test_every_refusal.py runs them."""
from datetime import timedelta

from sqlalchemy import select

from models import CivilityInvitation, CivilityVisit, Role, WeChatLogin, db
from tests.civility import TREE, branch, leaf, settle

DAYS = {"first_on": "2026-04-01", "last_on": "2026-05-05"}


def version(w, nodes=TREE, publish=True):
    made = w.ok(w.tang, "POST", "/civility/versions", {
        "area_id": str(w.town.street.id), "title_zh": "文明指数", "title_en": "Civility index", "nodes": nodes})
    return w.ok(w.tang, "POST", f"/civility/versions/{made['id']}/publish") if publish else made


def period(w, made=None, **days):
    return w.ok(w.tang, "POST", "/civility/periods", {"version_id": (made or version(w))["id"], **DAYS, **days})["id"]


def published(w, made, **days):
    found = period(w, made, **days)
    w.ok(w.tang, "POST", f"/civility/periods/{found}/close")
    w.ok(w.song, "POST", f"/civility/periods/{found}/publish")
    return found


def node(made, code):
    return next(each["id"] for each in made["nodes"] if each["code"] == code)


def here(w):
    return {"area_id": str(w.town.community.id)}


def entered(w, made=None):
    made = made or version(w)
    figure = w.ok(w.tang, "POST", "/civility/department-figures", {
        "period_id": period(w, made), "node_id": node(made, "2.2"), **here(w), "value_hundredths": 1, "source": "x", "document": "x"})
    return figure, {name: figure[name] for name in ("period_id", "node_id", "area_id", "value_hundredths", "source", "document")}


def remark(w, person, code="2.2"):
    made = version(w)
    body = {"period_id": published(w, made), **here(w), "node_id": node(made, code), "text": "x"}
    return w.ok(person, "POST", "/civility/remarks", body)["id"], body


def round_(w, surveyor=None, places=5, **more):
    for number in range(places):
        w.ok(w.tang, "POST", "/civility/places", {**here(w), "name": f"{number} 号楼"})
    return {"period_id": period(w), **here(w), "surveyor_id": str((surveyor or w.zhou).id), "most": 5, **more}


def questionnaire(w, people=12, made=None):
    settle(w.town.grid_a, people)
    return {"period_id": period(w, made), **here(w), "most": 20}


def put_in(w, sheets):
    """The id of a questionnaire with so many sheets in its box, and of whom it asks, the first of whom put them in."""
    made = w.ok(w.tang, "POST", "/civility/questionnaires", questionnaire(w))["id"]
    ids = db.session.scalars(select(CivilityInvitation.person_id).order_by(CivilityInvitation.id)).all()
    for person_id in ids[:sheets]:
        assert w.ask(w.tang, "POST", f"/civility/questionnaires/{made}/without-phone/{person_id}/hand-in")("en").status_code == 204
    return made, ids


def register(provokes):
    @provokes("weights_unbalanced")
    def _(w):
        made = version(w, [branch("1", 10_000), leaf("1.1", 9999, "chain")], publish=False)
        return w.ask(w.tang, "POST", f"/civility/versions/{made['id']}/publish")

    @provokes("branch_without_leaves")
    def _(w):
        made = version(w, [branch("1", 10_000)], publish=False)
        return w.ask(w.tang, "POST", f"/civility/versions/{made['id']}/publish")

    @provokes("version_not_in_use")
    def _(w):
        return w.ask(w.tang, "POST", "/civility/periods", {"version_id": version(w, publish=False)["id"], **DAYS})

    @provokes("periods_overlap")
    def _(w):
        made = version(w)
        period(w, made)
        return w.ask(w.tang, "POST", "/civility/periods", {"version_id": made["id"], **DAYS})

    @provokes("period_not_over")
    def _(w):
        return w.ask(w.tang, "POST", f"/civility/periods/{period(w, last_on='2026-05-06')}/close")

    @provokes("period_not_open")
    def _(w):
        body = questionnaire(w)
        w.ok(w.tang, "POST", f"/civility/periods/{body['period_id']}/close")
        return w.ask(w.tang, "POST", "/civility/questionnaires", body)

    @provokes("closed_by_you")
    def _(w):
        found = period(w)
        w.ok(w.tang, "POST", f"/civility/periods/{found}/close")
        return w.ask(w.tang, "POST", f"/civility/periods/{found}/publish")

    @provokes("versions_not_comparable")
    def _(w):
        first = published(w, version(w))
        second = published(w, version(w), first_on="2026-03-01", last_on="2026-03-31")
        return w.ask(w.li, "GET", f"/civility/periods/{first}/compared?with={second}&area_id={w.town.community.id}")

    @provokes("nothing_to_correct")
    def _(w):
        made, _ = remark(w, w.li)
        return w.ask(w.tang, "POST", f"/civility/remarks/{made}/answer", {"answer": "x", "value_hundredths": 1})

    @provokes("already_drawn")
    def _(w):
        body = questionnaire(w)
        w.ok(w.tang, "POST", "/civility/questionnaires", body)
        return w.ask(w.tang, "POST", "/civility/questionnaires", body)

    @provokes("too_few_residents")
    def _(w):
        return w.ask(w.tang, "POST", "/civility/questionnaires", questionnaire(w, people=0))

    @provokes("nothing_to_ask")
    def _(w):
        return w.ask(w.tang, "POST", "/civility/questionnaires", questionnaire(w, made=version(w, [leaf("1", 10_000, "chain")])))

    @provokes("already_answered")
    def _(w):
        w.li.id  # noqa: B018
        made = w.ok(w.tang, "POST", "/civility/questionnaires", questionnaire(w))
        w.ask(w.li, "POST", f"/civility/questionnaires/{made['id']}/answers", {"answers": {"1.2": [5]}})("en")
        return w.ask(w.li, "POST", f"/civility/questionnaires/{made['id']}/answers", {"answers": {"1.2": [5]}})

    @provokes("place_known")
    def _(w):
        w.ok(w.tang, "POST", "/civility/places", {**here(w), "name": "x"})
        return w.ask(w.tang, "POST", "/civility/places", {**here(w), "name": "x"})

    @provokes("too_few_places")
    def _(w):
        return w.ask(w.tang, "POST", "/civility/rounds", round_(w, places=4))

    @provokes("not_independent")
    def _(w):
        return w.ask(w.tang, "POST", "/civility/rounds", round_(w, w.wang))

    @provokes("already_visited")
    def _(w):
        w.ok(w.tang, "POST", "/civility/rounds", round_(w))
        visit = db.session.scalars(select(CivilityVisit.id).limit(1)).one()
        w.ok(w.zhou, "POST", f"/civility/visits/{visit}/findings", {"found": {"2.1": [1]}})
        return w.ask(w.zhou, "POST", f"/civility/visits/{visit}/findings", {"found": {"2.1": [0]}})

    @provokes("already_entered")
    def _(w):
        return w.ask(w.tang, "POST", "/civility/department-figures", entered(w)[1])

    @provokes("entered_by_you")
    def _(w):
        return w.ask(w.tang, "POST", f"/civility/department-figures/{entered(w)[0]['id']}/confirm")

    @provokes("figure_decided")
    def _(w):
        made = entered(w)[0]["id"]
        w.ok(w.song, "POST", f"/civility/department-figures/{made}/confirm")
        return w.ask(w.song, "POST", f"/civility/department-figures/{made}/confirm")

    @provokes("not_your_community")
    def _(w):
        made = version(w)
        body = {"period_id": published(w, made), **here(w), "node_id": node(made, "2.2"), "text": "x"}
        return w.ask(w.zhou, "POST", "/civility/remarks", body)

    @provokes("already_remarked")
    def _(w):
        _, body = remark(w, w.li)
        return w.ask(w.li, "POST", "/civility/remarks", body)

    @provokes("own_remark")
    def _(w):
        from services.access import sign_in
        from services.people import people
        people.grant(w.li, Role.AREA_ADMIN, now=w.clock.now - timedelta(days=1), area=w.town.street)
        db.session.commit()
        w.li = sign_in.load(w.li.id, w.clock.now)
        return w.ask(w.li, "POST", f"/civility/remarks/{remark(w, w.li)[0]}/answer", {"answer": "x"})

    @provokes("remark_answered")
    def _(w):
        made, _ = remark(w, w.li)
        w.ok(w.tang, "POST", f"/civility/remarks/{made}/answer", {"answer": "x"})
        return w.ask(w.tang, "POST", f"/civility/remarks/{made}/answer", {"answer": "x"})

    @provokes("box_empty")
    def _(w):
        made = w.ok(w.tang, "POST", "/civility/questionnaires", questionnaire(w))
        return w.ask(w.tang, "POST", f"/civility/questionnaires/{made['id']}/sheets", {"answers": {"1.2": [5]}})

    @provokes("few_in_box")
    def _(w):
        made, _ = put_in(w, 2)
        return w.ask(w.tang, "POST", f"/civility/questionnaires/{made}/sheets", {"answers": {"1.2": [5]}})

    @provokes("box_emptied")
    def _(w):
        made, ids = put_in(w, 3)
        for _ in range(2):
            w.ok(w.tang, "POST", f"/civility/questionnaires/{made}/sheets", {"answers": {"1.2": [5]}})
        return w.ask(w.tang, "POST", f"/civility/questionnaires/{made}/without-phone/{ids[3]}/hand-in")

    @provokes("has_phone")
    def _(w):
        made = w.ok(w.tang, "POST", "/civility/questionnaires", questionnaire(w))
        person_id = db.session.scalars(select(CivilityInvitation.person_id).limit(1)).one()
        db.session.add(WeChatLogin(app_id="wx", openid="o", person_id=person_id, at=w.clock.now))
        db.session.commit()
        return w.ask(w.tang, "POST", f"/civility/questionnaires/{made['id']}/without-phone/{person_id}/hand-in")
