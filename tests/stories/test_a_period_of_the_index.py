"""One period of the civility index, from the draft of its version to a resident's remark, over HTTP: who does what, and every mark."""
import io
import uuid
from datetime import timedelta

from PIL import Image
from sqlalchemy import select

from models import CivilityInvitation, db
from services.access import sign_in
from tests.civility import TREE, settle
from tests.conftest import NOON
from tests.services.test_civility import deed


def png():
    drawn = io.BytesIO()
    Image.new("RGB", (8, 8)).save(drawn, "PNG")
    return drawn.getvalue()


def test_a_period_of_the_civility_index(town, as_, tang, song, zhou, li, clock, key):
    def ok(person, method, path, **body):
        reply = as_(person).open(f"/api/v1{path}", method=method, json=body or None, headers=key())
        assert reply.status_code < 300, (path, reply.json)
        return reply.json
    here = str(town.community.id)
    neighbours = [li, *settle(town.grid_a, 19)]
    for person in neighbours[:15]:
        deed(person, town.grid_a)

    # The street drafts its version, mends its weights, and publishes it.
    wrong = [node | ({"weight_hundredths": 3999} if node["code"] == "2" else {}) for node in TREE]
    version = ok(tang, "POST", "/civility/versions", area_id=str(town.street.id), title_zh="文明指数", title_en="Civility index", nodes=wrong)
    refused = as_(tang).post(f"/api/v1/civility/versions/{version['id']}/publish")
    assert (refused.json["code"], refused.json["below"], refused.json["total_hundredths"]) == ("weights_unbalanced", "", 9999)
    version["nodes"][3]["weight_hundredths"] = 4000
    edited = as_(tang).put(f"/api/v1/civility/versions/{version['id']}", json=version, headers={"If-Match": '"1"'})
    assert edited.status_code == 200, edited.json
    assert ok(tang, "POST", f"/civility/versions/{version['id']}/publish")["status"] == "published"
    nodes = {node["code"]: node["id"] for node in edited.json["nodes"]}

    # A period begins; nobody else sees it yet.
    period = ok(tang, "POST", "/civility/periods", version_id=version["id"], first_on="2026-04-01", last_on="2026-05-06")["id"]
    assert as_(li).get(f"/api/v1/civility/periods/{period}").status_code == 404

    # A worker of the other community looks at five places that a seed drew, with a picture of one.
    for number in range(6):
        ok(tang, "POST", "/civility/places", area_id=here, name=f"{number} 号楼")
    round_ = ok(tang, "POST", "/civility/rounds", period_id=period, area_id=here, surveyor_id=str(zhou.id), most=5)
    assert len(round_["seed"]) == 16 and (round_["drawn"], round_["of_places"]) == (5, 6)
    picture = as_(zhou).post("/api/v1/evidence", data=png(), content_type="image/png").json["id"]
    for number, visit in enumerate(ok(zhou, "GET", f"/civility/rounds/{round_['id']}")["visits"]):
        ok(zhou, "POST", f"/civility/visits/{visit['id']}/findings", found={"2.1": [int(number < 4)]}, evidence_ids=[picture] if number == 0 else [])
    first = ok(tang, "GET", f"/civility/rounds/{round_['id']}")["visits"][0]
    assert [each["id"] for each in first["pictures"]] == [picture]
    assert as_(tang).get(f"/api/v1/civility/visits/{first['id']}/pictures/{picture}").data[:4] == b"\x89PNG"

    # Twenty residents are asked and told so; twelve answer, without points and without a name.
    asked = ok(tang, "POST", "/civility/questionnaires", period_id=period, area_id=here, most=20)
    assert (asked["invited"], asked["of_residents"], asked["answered"]) == (20, 20, None)
    told = ok(li, "GET", "/me/messages")["items"]
    assert [message["about"] for message in told] == [{"type": "civility_questionnaire", "id": asked["id"]}]
    waiting = ok(li, "GET", "/me/civility")
    assert ([each["id"] for each in waiting["questionnaires"]], waiting["period"]) == ([asked["id"]], None)
    invited = db.session.scalars(select(CivilityInvitation.person_id)).all()
    points = ok(li, "GET", "/me/points")
    answering = [li.id, *[person_id for person_id in invited if person_id != li.id][:11]]
    for person_id in answering:
        reply = as_(sign_in.load(person_id, NOON)).post(f"/api/v1/civility/questionnaires/{asked['id']}/answers", json={"answers": {"1.2": [4]}})
        assert reply.status_code == 204, reply.json
    again = as_(li).post(f"/api/v1/civility/questionnaires/{asked['id']}/answers", json={"answers": {"1.2": [1]}})
    assert (again.status_code, again.json["code"]) == (409, "already_answered")
    assert ok(li, "GET", "/me/points") == points
    assert ok(tang, "GET", f"/civility/questionnaires?period_id={period}")["items"][0]["answered"] == 12

    # A department's figure counts once a second admin has confirmed it.
    figure = ok(tang, "POST", "/civility/department-figures", period_id=period, node_id=nodes["2.2"], area_id=here, value_hundredths=9000,
                people=40, source="应急办", document="检查通报第 12 号")
    assert as_(tang).post(f"/api/v1/civility/department-figures/{figure['id']}/confirm").json["code"] == "entered_by_you"
    ok(song, "POST", f"/civility/department-figures/{figure['id']}/confirm")

    # It is closed by one, the day after its last, and published by another.
    assert as_(tang).post(f"/api/v1/civility/periods/{period}/close").json["code"] == "period_not_over"
    clock.now += timedelta(days=1)
    assert ok(tang, "POST", f"/civility/periods/{period}/close")["status"] == "closed"
    assert as_(tang).post(f"/api/v1/civility/periods/{period}/publish").json["code"] == "closed_by_you"
    assert ok(song, "POST", f"/civility/periods/{period}/publish")["status"] == "published"
    assert ok(li, "GET", "/me/messages")["items"][0]["about"] == {"type": "civility_period", "id": period}

    # Li reads it: every mark, what it is from, and what is hidden of the community where too few live.
    mine, other = ok(li, "GET", f"/civility/periods/{period}/areas")["items"]
    own = ok(li, "GET", "/me/civility")
    assert (own["period"]["id"], own["area"]["name"]) == (period, "晚晴社区")
    #  1 = 75 % × 75 (15 of 20 took part) + 25 % × 75 (fours); 2 = 50 % × 80 (4 of 5 places) + 50 % × 90
    assert mine["index"] | {"low_hundredths": 0, "high_hundredths": 0} == {
        "mark_hundredths": 7900, "low_hundredths": 0, "high_hundredths": 0, "covered_hundredths": 10_000}
    assert mine["index"]["low_hundredths"] == 7900 - 784  # 1.96 × 40 % × 50 % × 20
    assert {part["part"]: part["mark_hundredths"] for part in mine["parts"]} == {
        "personal": 7500, "household": 7500, "community": 8000, "workplace": 9000}
    assert other["index"] == {"mark_hundredths": None, "low_hundredths": None, "high_hundredths": None, "covered_hundredths": 0}
    whole = ok(li, "GET", f"/civility/periods/{period}/areas/{here}")
    leaves = {node["code"]: node["figure"] for node in whole["nodes"] if node["figure"]}
    assert leaves["2.1"]["evidence"] == {"method": "field_survey", "seed": round_["seed"], "drawn": 5, "of_places": 6, "visited": 5}
    assert leaves["2.2"]["evidence"] == {"method": "department", "source": "应急办", "document": "检查通报第 12 号"}
    assert (leaves["1.1"]["n"], leaves["1.1"]["value_hundredths"]) == (20, 7500)
    far = ok(li, "GET", f"/civility/periods/{period}/areas/{town.other.id}")
    hidden = next(node["figure"] for node in far["nodes"] if node["code"] == "1.1")
    assert hidden | {"at": None} == {"state": "suppressed", "n": None, "value_hundredths": None, "mark_hundredths": None, "low_hundredths": None,
                                     "high_hundredths": None, "evidence": {}, "reason": None, "at": None}

    # She says that one is wrong; the street answers and corrects it, and the first one stays beside it.
    remark = ok(li, "POST", "/civility/remarks", period_id=period, area_id=here, node_id=nodes["2.2"], text="漏了两家单位")
    ok(tang, "POST", f"/civility/remarks/{remark['id']}/answer", answer="核实后更正", value_hundredths=8500)
    assert ok(li, "GET", "/civility/remarks")["items"][0]["answer"] == "核实后更正"
    after = ok(li, "GET", f"/civility/periods/{period}/areas/{here}")
    corrected = next(node for node in after["nodes"] if node["code"] == "2.2")
    assert (corrected["figure"]["value_hundredths"], corrected["figure"]["reason"]) == (8500, "核实后更正")
    assert [row["value_hundredths"] for row in corrected["before"]] == [9000]
    assert after["index"]["mark_hundredths"] == 7800

    # Over time it stands alone in its version, and nothing of another version stands beside it.
    assert len(ok(li, "GET", f"/civility/versions/{version['id']}/areas/{here}")["items"]) == 1
    assert as_(li).get(f"/api/v1/civility/periods/{period}/compared?with={uuid.uuid4()}&area_id={here}").status_code == 404
