"""What the tests of the civility index share: a street that publishes it, its two admins, and a small tree."""
from datetime import date, timedelta
from uuid import UUID

import pytest

from models import (
    CivilityBox,
    CivilityInvitation,
    CivilityPeriod,
    CivilityPicture,
    CivilityQuestionnaire,
    CivilityRound,
    CivilityVisit,
    DepartmentFigure,
    Evidence,
    Role,
    db,
)
from services.civility import periods, versions
from services.people import people
from tests.conftest import KEYS, NOON

FIRST, LAST = date(2026, 4, 1), date(2026, 5, 5)  # the day before NOON's


def leaf(code, weight, method, **more):
    """A leaf with what its method needs."""
    needed = {"chain": {"measure": "residents_took_part"}, "department": {},
              "field_survey": {"answers": "check", "items": [{"zh": "无乱停放", "en": "No stray parking"}]},
              "questionnaire": {"answers": "scale", "items": [{"zh": "邻里和睦", "en": "Neighbours get along"}]}}[method]
    return {"code": code, "name_zh": f"指标{code}", "name_en": f"Leaf {code}", "weight_hundredths": weight, "method": method, "part": "community",
            "scale_from_hundredths": 0, "scale_to_hundredths": 10_000, **needed, **more}


def branch(code, weight):
    return {"code": code, "name_zh": f"类{code}", "name_en": f"Branch {code}", "weight_hundredths": weight}


TREE = [branch("1", 6000), leaf("1.1", 7500, "chain", part="personal"), leaf("1.2", 2500, "questionnaire", part="household"),
        branch("2", 4000), leaf("2.1", 5000, "field_survey"), leaf("2.2", 5000, "department", part="workplace")]


@pytest.fixture
def tang(live, town):
    return live("唐书记", town.street, Role.AREA_ADMIN, town.street)


@pytest.fixture
def song(live, town):
    return live("宋主任", town.street, Role.AREA_ADMIN, town.street)


def make_version(area, by, nodes=TREE, now=NOON, published=True):
    made = versions.draft(area.id, title_zh="文明指数", title_en="Civility index", nodes=nodes, by=by, now=now)
    if published:
        versions.publish(made, by=by, now=now)
    db.session.commit()
    return made


@pytest.fixture
def version(town, tang):
    return make_version(town.street, tang)


@pytest.fixture
def period(version, tang):
    made = periods.begin(version.id, first_on=FIRST, last_on=LAST, by=tang, now=NOON - timedelta(days=30))
    db.session.commit()
    return made


def settle(area, how_many, name="邻居"):
    """So many neighbours who live there."""
    made = [people.make(f"{name}{number}", area, keys=KEYS, now=NOON) for number in range(how_many)]
    db.session.commit()
    return made


def make_rows(ok, town, admin, resident, li, wang, key, granny_id):
    """One of everything of the community's index, by the name that routes give it: a published period, and an open one that is asked for."""
    version = ok(admin.post("/api/v1/civility/versions", headers=key(), json={
        "area_id": str(town.community.id), "title_zh": "文明指数", "title_en": "Civility index", "nodes": TREE}))
    ok(admin.post(f"/api/v1/civility/versions/{version['id']}/publish"))
    nodes = {node["code"]: node["id"] for node in version["nodes"]}
    published, open_ = (ok(admin.post("/api/v1/civility/periods", json={"version_id": version["id"], "first_on": first, "last_on": last}))["id"]
                        for first, last in (("2026-04-01", "2026-04-30"), ("2026-05-01", "2026-05-31")))
    ok(admin.post(f"/api/v1/civility/periods/{published}/close"))
    period = db.session.get_one(CivilityPeriod, UUID(published), populate_existing=True)
    period.status, period.published_by_id, period.published_at = "published", wang.id, NOON
    db.session.flush()
    place = ok(admin.post("/api/v1/civility/places", json={"area_id": str(town.community.id), "name": "一号楼"}))
    remark = ok(resident.post("/api/v1/civility/remarks", json={
        "period_id": published, "area_id": str(town.community.id), "node_id": nodes["1.1"], "text": "x"}))
    drawn = {"period_id": UUID(open_), "area_id": town.community.id, "seed": "0" * 16, "drawn_by_id": wang.id, "drawn_at": NOON}
    round_ = CivilityRound(surveyor_id=wang.id, drawn=1, of_places=1, **drawn)
    questionnaire = CivilityQuestionnaire(invited=2, of_residents=2, **drawn)
    picture = Evidence(owner_id=wang.id, media_type="image/png", sha256="x", picture=b"x", at=NOON)
    figure = DepartmentFigure(period_id=UUID(open_), node_id=UUID(nodes["2.2"]), area_id=town.community.id, value_hundredths=1, source="x",
                              document="x", entered_by_id=wang.id, entered_at=NOON)
    db.session.add_all([round_, questionnaire, picture, figure])
    db.session.flush()
    visit = CivilityVisit(round_id=round_.id, place_id=UUID(place["id"]), number=1)
    db.session.add_all([visit, *(CivilityInvitation(questionnaire_id=questionnaire.id, person_id=id) for id in (li.id, granny_id)),
                        CivilityBox(questionnaire_id=questionnaire.id, handed_in=9)])
    db.session.flush()
    db.session.add(CivilityPicture(visit_id=visit.id, evidence_id=picture.id))
    db.session.commit()
    return {"version_id": version["id"], "period_id": published, "place_id": place["id"], "figure_id": str(figure.id), "remark_id": remark["id"],
            "round_id": str(round_.id), "visit_id": str(visit.id), "questionnaire_id": str(questionnaire.id), "picture_id": str(picture.id),
            "community_id": str(town.community.id), "node_id": nodes["2.2"]}
