"""Every route that names a row × people who have no business with it: what is another's looks like what is not there.

The strangers hold every role, but in another community or at another merchant: what keeps them out is where
their roles reach. Each route is asked for the real row and for an absent one, with a body that it would take.
"""
import io
import uuid

import pytest
from PIL import Image

from models import Merchant, OutboxMessage, Role, db
from services.access import sign_in
from services.people import people
from tests import civility, credit_books, culture, measure_rows, review_rows
from tests.conftest import NOON, new_key
from tests.test_architecture import views

REASON = {"reason": "x"}
DAY = "2026-05-06"
BODIES = {  # what each POST and PUT would take, by the end of its path, and where that is not enough by its beginning too
    "reject": REASON, "reverse": REASON, "objection": REASON, "annul": REASON, "approve": {}, "decide": {"decision": "uphold", **REASON},
    "call-off": REASON, "top-ups": {"points": 1, "amount_fen": 1, "reference": "x"}, "dispute": {**REASON, "line_ids": [str(uuid.UUID(int=7))]},
    "pay": {"paid_at": "2026-05-06T04:00:00Z", "bank_reference": "x"},
    "rules": dict.fromkeys(("notice_days", "declared_points_per_hour", "declared_points_max", "declared_minutes_max"), 0),
    "answers": {"answers": {"1.2": [5]}}, "sheets": {"answers": {"1.2": [5]}}, "findings": {"found": {"2.1": [1]}}, "answer": {"answer": "x"},
    "join": {"resident_token": "R" + "A" * 28}, "shops": {"name": "x", "address": "x"},
    "entries": {"code": "mediation", "happened_on": "2026-05-05", "title": "x", "evidence": "x"}, "void": REASON,
    "facts": {"kind": "loan", "label": "x", "from_on": DAY, "source": "x"}, "leave": {"on": DAY, "how": "moved_out"},
    "split": {"name": "x", "person_ids": [str(uuid.UUID(int=7))], "on": DAY}, "rulebooks/versions": credit_books.SENT,
    "rulebook-versions/": credit_books.SENT, "consult": {"until": "2026-05-20"}, "comments": {"said": "x"},
    "honours/answer": {"consent": True}, "knowledge-pages/answers": {"answers": []},
    "rulebook-versions/retire": {"on": "2026-06-01"},
    "rewards": measure_rows.REWARD, "rewards/end": {"on": "2026-12-01"}, "constraint-lists/end": {"on": "2026-12-01"}, "lift": REASON,
    "constraints": {**measure_rows.WHOLE, "list_id": str(uuid.UUID(int=7))},
    "result": {"result": "clean", "found": "x", "done_on": DAY}, "applications": {"asked": "x"},
    "support-applications/decide": {"decision": "grant", **REASON}, "repairs/decide": {"decision": "grant", **REASON},
    "repair": {"pledge": measure_rows.PLEDGE, "evidence": "x"}, "steps": {"kind": "rule_kept", "on_day": DAY, "note": "x"},
    "slip": {"answers": {"review_good": "good"}}, "calendar/": {"is_worked": False, "note": "x"},
    "rulebook-versions/publish": {"in_force_from": "2026-06-01"}, "vote": {
        "voted_on": DAY, "voters": "people", "eligible": 2, "present": 2, "votes_for": 2, "votes_against": 0, "minutes": "x"},
}
EVERYBODY_SEES = {("GET", "/api/v1/areas/"), ("GET", "/api/v1/events/"), ("POST", "sign-ups"), ("GET", "/api/v1/offers/"),
                  ("GET", "mini-program-code.png"), ("GET", "rules"),  # of an offer; an event's is asked for in tests/wechat
                  ("GET", "/api/v1/civility/versions/"),
                  ("GET", "/api/v1/review-rounds/"), ("GET", "draw"),  # by who lives there
                  ("GET", "/api/v1/rulebook-versions/"), ("GET", "versions"), ("GET", "difference"), ("GET", "comments"),
                  ("GET", "/api/v1/knowledge-pages/"), ("POST", "answers"),
                  ("POST", "comments"),  # by who lives where it is to hold
                  ("GET", "/api/v1/rulebooks/<uuid:rulebook_id>/rewards"), ("GET", "/api/v1/letters/"), ("POST", "acknowledge"),  # by its code
                  ("GET", "/api/v1/letters/<string:code>/code.png"),
                  ("POST", "applications")}  # by who lives where the list is

PUBLISHED = ("/api/v1/civility/periods/<uuid:period_id>", "/api/v1/civility/versions/<uuid:version_id>/")  # everybody reads all of what these are
NOT_ABOUT_REACH = {("DELETE", "me"), ("POST", "roles"),
                   ("GET", "<string:day>"), ("PUT", "<string:day>"),
                   ("GET", "<string:purpose>"), ("PUT", "<string:purpose>")}  # one's own sign-up and consents; a worker may be hired from anywhere


@pytest.fixture
def rows(as_, town, li, wang, zhao, lin, mei, lins_market, fund):
    return make_rows(as_, town, li, wang, zhao, mei, lins_market, fund, new_key)


def make_rows(as_, town, li, wang, zhao, mei, lins_market, fund, key):
    """One of everything in the community, by the name that routes give it."""
    def ok(reply):
        assert reply.status_code < 300, reply.json
        return reply.json
    worker, admin, resident = as_(wang), as_(zhao), as_(li)
    picture = io.BytesIO()
    Image.new("RGB", (8, 8)).save(picture, "PNG")
    evidence = ok(resident.post("/api/v1/evidence", data=picture.getvalue(), content_type="image/png"))
    event = ok(worker.post("/api/v1/events", json={
        "title": "x", "category": "x", "area_id": str(town.grid_a.id), "starts_at": "2026-05-06T03:00:00Z", "ends_at": "2026-05-06T05:00:00Z",
        "place": {"name": "x"}, "check_out_required": False, "points_per_hour": 100, "points_max": 100, "check_in_mode": "both"}))
    ok(worker.post(f"/api/v1/events/{event['id']}/publish"))
    came = ok(resident.post("/api/v1/check-ins", headers=key(), json={"token": ok(worker.get(f"/api/v1/events/{event['id']}/code"))["token"]}))
    ok(worker.post(f"/api/v1/activity-records/{came['activity_record_id']}/approve", json={}, headers=key()))
    record = ok(resident.post("/api/v1/activity-records", headers=key(), json={
        "category": "x", "area_id": str(town.grid_a.id), "description": "x", "started_at": "2026-05-06T01:00:00Z",
        "ended_at": "2026-05-06T03:00:00Z", "evidence_ids": [evidence["id"]]}))
    objection = ok(resident.post(f"/api/v1/activity-records/{record['id']}/objection", json=REASON))
    offer = ok(admin.post("/api/v1/offers", json={
        "merchant_id": str(lins_market.id), "title": "x", "kind": "cash_off", "face_value_fen": 1000, "points_price": 5, "stock": 9,
        "area_id": str(town.community.id), "on_sale_from": "2026-05-01T00:00:00Z", "on_sale_until": "2026-06-01T00:00:00Z",
        "valid_days": 30, "funded_by": "community"}))
    ok(admin.post(f"/api/v1/offers/{offer['id']}/publish"))
    coupons = [ok(resident.post("/api/v1/coupons", json={"offer_id": offer["id"]}, headers=key())) for _ in range(2)]
    shop = ok(as_(mei).get("/api/v1/shops"))["items"][0]
    redemption = ok(as_(mei).post("/api/v1/redemptions", headers=key(), json={"code": coupons[0]["short_code"], "shop_id": shop["id"]}))
    settlement = ok(admin.post("/api/v1/settlements", headers=key(), json={
        "merchant_id": str(lins_market.id), "period_start": "2026-05-01", "period_end": "2026-05-31"}))
    household = ok(worker.post("/api/v1/households", json={"area_id": str(town.grid_a.id), "name": "x"}))
    request = ok(resident.post("/api/v1/me/household-requests", json={"household_id": household["id"]}))
    granny = ok(worker.post("/api/v1/residents", json={"display_name": "奶奶", "home_area_id": str(town.grid_a.id),
                                                        "household_id": household["id"]}))
    card = ok(worker.post(f"/api/v1/residents/{granny['id']}/card"))
    message = ok(resident.get("/api/v1/me/messages?limit=1"))["items"][0]
    db.session.add(OutboxMessage(id=uuid.UUID(message["id"]), topic="notice", payload={}, state="dead", attempts=1,
                                 error="Refused: errcode 40037: template", not_before=NOON, created_at=NOON))
    db.session.commit()
    index = civility.make_rows(ok, town, admin, resident, li, wang, key, uuid.UUID(granny["id"]))
    credit = credit_books.make_rows(town, zhao, resident, worker, admin)
    measures = measure_rows.make_rows(town, zhao, lins_market, resident, worker, admin, credit, li.id)
    reviews = review_rows.make_rows(town, zhao, li, household["id"])
    return index | credit | measures | reviews | culture.make_rows(ok, admin, town, li) | {
            "household_id": household["id"],
            "event_id": event["id"], "check_in_id": came["id"], "record_id": record["id"], "evidence_id": evidence["id"],
            "objection_id": objection["id"], "fund_id": str(fund.id), "offer_id": offer["id"], "coupon_id": coupons[1]["id"],
            "redemption_id": redemption["id"], "settlement_id": settlement["id"], "person_id": granny["id"], "card_id": card["id"],
            "role_id": str(wang.roles[0].id), "request_id": request["id"], "merchant_id": str(lins_market.id), "shop_id": shop["id"],
            "area_id": str(town.grid_a.id), "row_id": came["id"], "message_id": message["id"], "unsent_id": message["id"],
            "kind": "check_in"}


@pytest.fixture
def strangers(town, live, clinic, zhang):
    """A person with every staff role in the other community, the clinic's owner, and a neighbour without a role."""
    everything = live("冯主任", town.grid_c, Role.AREA_ADMIN, town.other)
    far = Merchant(name="远店", uscc="91350100M000100Y51", area_id=town.other.id, created_at=NOON)
    db.session.add(far)
    db.session.flush()
    for role in (Role.GRID_WORKER, Role.AUDITOR):
        people.grant(everything, role, now=NOON, area=town.other)
    people.grant(everything, Role.MERCHANT_OWNER, now=NOON, merchant_id=far.id)
    kang = live("康医生", town.grid_c, Role.MERCHANT_OWNER, clinic)
    db.session.commit()
    return [sign_in.load(everything.id, NOON), kang, zhang]


def body_for(path):
    """What the route of this path would take."""
    first, last = path.removeprefix("/api/v1/").split("/")[0], path.rpartition("/")[2]
    last = "" if last.startswith(("<", "{")) else last
    return BODIES.get(f"{first}/{last}", BODIES.get(last))


def asked(app, rows):
    """(method, path with the real row, path with an absent one, body) for each route that names a row."""
    for rule, _ in views(app):
        if not rule.rule.startswith("/api/v1") or not rule.arguments:
            continue
        for method in sorted(rule.methods - {"HEAD", "OPTIONS"}):
            last = rule.rule.rpartition("/")[2]
            everybody = any(method == m and (end in (rule.rule[:len(end)], last)) and rule.rule.count("/") <= 5
                            and (last == end or last.startswith("<")) for m, end in EVERYBODY_SEES)
            if everybody or (method, rule.rule) in EVERYBODY_SEES or (method, last) in NOT_ABOUT_REACH or (
                    method == "GET" and rule.rule.startswith(PUBLISHED)):
                continue
            body = (body_for(rule.rule) or {}) if method in ("POST", "PUT") else None
            paths = [rule.rule, rule.rule]
            for name in rule.arguments:
                for place, value in enumerate((rows[name], rows[name] if name == "kind" else str(uuid.uuid4()))):
                    paths[place] = paths[place].replace(f"<uuid:{name}>", value).replace(f"<string:{name}>", value)
            yield method, *paths, body


def test_what_is_anothers_looks_like_what_is_not_there(app, rows, strangers, as_, key):
    seen = 0
    for stranger in strangers:
        client = as_(stranger)
        for method, real, absent, body in asked(app, rows):
            headers = {**key(), "If-Match": '"1"'}
            answers = [client.open(path, method=method, headers=headers | key(), json=body) for path in (real, absent)]
            codes = [(answer.status_code, answer.json and answer.json.get("code")) for answer in answers]
            public = any(part in real for part in ("/events/", "/offers/", "/civility/versions/", "/civility/periods/"))
            shown_to_all = public and codes[0] == (403, "forbidden")
            assert codes[0][0] in (403, 404), (stranger.display_name, method, real, answers[0].json)
            if shown_to_all:  # seen by everybody: what may be seen but not done is 403
                continue
            assert codes[0] == codes[1], (stranger.display_name, method, real, codes)
            assert {k: v for k, v in answers[0].json.items() if k != "request_id"} == {
                k: v for k, v in answers[1].json.items() if k != "request_id"}
            seen += 1
    assert seen > 100
