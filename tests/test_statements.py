"""How many statements a request needs: fixed for the hot verbs, and not growing with a list."""
from contextlib import contextmanager
from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import event, text

from models import (
    Area,
    CivilityInvitation,
    CivilityPeriod,
    CivilityQuestionnaire,
    CivilityRemark,
    CivilityRound,
    CreditFile,
    Direction,
    Household,
    RefusedScan,
    Role,
    Shop,
    db,
)
from services import events, ledger
from services.coupons import offers, redemptions
from services.credit import files as looks
from services.ledger import Cause
from services.merchants import settlements
from services.people import people
from services.points import funds
from services.records import approvals, records
from services.scans import presence
from tests import civility, credit_books, culture, measure_rows, review_rows
from tests.conftest import NOON, merchant

HOT = {"sqlite": 12, "postgresql": 5}  # the budget of a check-in, an approval, a coupon and a redemption
MAKING_A_RECORD = {"sqlite": 12, "postgresql": 10}  # a check-out's
SCORED, ENTERED = 13, 20  # of a score with its explanation, and of an entry with the standings and letters of a person and a household
TRANSACTION = 22  # SQLite's number for BEGIN, COMMIT and ROLLBACK
KINDS = {"/api/v1/me/messages": 3}  # statements more, one for each further kind of row that the messages of a page are about
PAGES = {"/api/v1/activity-records": 2, "/api/v1/me/activity-records": 2, "/api/v1/me/points/entries": 2,  # who asks, and the page
         "/api/v1/offers": 2}


@contextmanager
def counted():
    seen = []
    note = lambda conn, cursor, statement, *rest: seen.append(statement)  # noqa: E731
    event.listen(db.engine, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        event.remove(db.engine, "before_cursor_execute", note)
        seen[:] = [statement for statement in seen if not statement.startswith(("BEGIN", "COMMIT", "ROLLBACK"))]


@pytest.fixture
def cleanup(town, wang):
    made = events.plan(by=wang, now=NOON, area_id=town.grid_a.id, title="清扫", category="environment", starts_at=NOON,
                       ends_at=NOON + timedelta(hours=2), check_in_mode="both", check_out_required=True,
                       points_per_hour=60, points_max=400, missing_check_out="review")
    events.step(made, "publish", by=wang, now=NOON)
    db.session.commit()
    return made


def post(client, url, key, **body):
    with counted() as seen:
        reply = client.post(url, json=body, headers=key())
    return reply, seen


def test_the_volunteers_day_stays_within_its_budget(cleanup, as_, li, wang, fund, settings, clock, key):
    for direction, later in ((Direction.IN, 0), (Direction.OUT, 90)):
        clock.now = NOON + timedelta(minutes=later)
        token = presence.show_event(cleanup, direction, settings=settings, now=clock.now).token
        reply, seen = post(as_(li), "/api/v1/check-ins", key, token=token)
        assert reply.status_code == 201, reply.json
        assert len(seen) <= (MAKING_A_RECORD if later else HOT)[db.engine.dialect.name], "\n".join(seen)
    reply, seen = post(as_(wang), f"/api/v1/activity-records/{reply.json['activity_record_id']}/approve", key)
    assert (reply.status_code, reply.json["status"]) == (200, "credited"), reply.json
    assert len(seen) <= HOT[db.engine.dialect.name], "\n".join(seen)


@pytest.fixture
def offer(town, zhao, qian, lins_market, fund, wang, li, cleanup):
    """Something for 10 points, and Li has 40."""
    record = records.declare(by=wang, now=NOON, category="care", area_id=town.grid_a.id, description="x", resident_id=li.id,
                             started_at=NOON - timedelta(hours=2), ended_at=NOON - timedelta(hours=1))
    for by in (qian, zhao):
        approvals.approve(record.id, by=by, now=NOON, points=40)
    made = offers.create(shop_ids=[], by=zhao, now=NOON, merchant_id=lins_market.id, title="x", kind="cash_off", face_value_fen=1000,
                         points_price=10, stock=9, area_id=town.community.id, on_sale_from=NOON, on_sale_until=NOON + timedelta(days=9),
                         valid_days=30, funded_by="community")
    offers.step(made.id, "publish", by=zhao, now=NOON)
    db.session.commit()
    return made


def test_a_coupon_and_its_use_stay_within_their_budget(offer, as_, li, mei, key):
    shop = as_(mei).get("/api/v1/shops").json["items"][0]
    bought, exchanging = post(as_(li), "/api/v1/coupons", key, offer_id=str(offer.id))
    used, redeeming = post(as_(mei), "/api/v1/redemptions", key, code=bought.json["short_code"], shop_id=shop["id"])
    assert (bought.status_code, used.status_code) == (201, 201)
    assert len(exchanging) <= HOT[db.engine.dialect.name], "\n".join(exchanging)
    assert len(redeeming) <= HOT[db.engine.dialect.name], "\n".join(redeeming)


@pytest.fixture
def file(town, zhao, li):
    """Li's, with forty entries, in a household that has a file too."""
    credit_books.in_force(town.district, by=zhao)
    made = credit_books.file_of(li)
    credit_books.file_of(household=db.session.get(Household, li.household_id))
    for number in range(40):
        credit_books.volunteering(made, NOON.date() - timedelta(days=number), 6)
    return made


def test_a_score_with_its_explanation_stays_within_its_budget(file, as_, li, zhao):
    for client in (as_(li), as_(zhao)):
        db.session.remove()
        with counted() as seen:
            reply = client.get(f"/api/v1/credit-files/{file.id}/score")
        assert (reply.status_code, len(reply.json["lines"])) == (200, 40)
        assert len(seen) <= SCORED, "\n".join(seen)


def test_an_entry_with_the_standings_behind_it_stays_within_its_budget(file, as_, wang, key):
    reply, seen = post(as_(wang), f"/api/v1/credit-files/{file.id}/entries", key, code="mediation", happened_on="2026-05-06", title="x",
                       evidence="x")
    assert reply.status_code == 201, reply.json
    assert len(seen) <= ENTERED, "\n".join(seen)


@pytest.mark.only("sqlite")
def test_no_hot_statement_looks_through_a_table(offer, cleanup, as_, li, wang, mei, settings, clock, key):
    asked = {}
    note = lambda conn, cursor, statement, parameters, *rest: asked.update({statement: tuple(parameters)})  # noqa: E731
    shop = as_(mei).get("/api/v1/shops").json["items"][0]["id"]
    event.listen(db.engine, "before_cursor_execute", note)
    try:
        for direction, later in ((Direction.IN, 0), (Direction.OUT, 90)):
            clock.now = NOON + timedelta(minutes=later)
            token = presence.show_event(cleanup, direction, settings=settings, now=clock.now).token
            came = as_(li).post("/api/v1/check-ins", json={"token": token}, headers=key()).json
        for path in (f"activity-records?area_id={cleanup.area_id}&status=pending", "me/points/entries", "offers"):
            assert as_(wang if "area" in path else li).get(f"/api/v1/{path}").json["items"]
        assert as_(wang).post(f"/api/v1/activity-records/{came['activity_record_id']}/approve", json={}, headers=key()).status_code == 200
        bought = as_(li).post("/api/v1/coupons", json={"offer_id": str(offer.id)}, headers=key()).json
        assert as_(mei).post("/api/v1/redemptions", json={"code": bought["short_code"], "shop_id": shop}, headers=key()).status_code == 201
    finally:
        event.remove(db.engine, "before_cursor_execute", note)
    plans = {statement: [row[-1] for row in db.session.connection().exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", given)]
             for statement, given in asked.items() if not statement.startswith(("BEGIN", "EXPLAIN"))}
    looked_through = {step.split()[1]: statement for statement, plan in plans.items() for step in plan if step.startswith("SCAN")}
    assert {name: looked_through[name] for name in looked_through.keys() & db.metadata.tables.keys() - {"funds"}} == {}  # of which there are few
    assert len(plans) > 30


@pytest.mark.only("sqlite")
def test_what_is_asked_again_needs_no_new_plan(offer, as_, li, wang, key):
    for n in range(150):  # other statements, more than the driver keeps of itself
        db.session.scalar(text(f"SELECT {n}"))
    planned = []
    db.session.connection().connection.driver_connection.set_authorizer(lambda *about: planned.append(about) or 0)  # asked for each plan
    db.session.remove()
    area = wang.home_area_id
    for _ in range(3):
        planned.clear()
        for who, path in ((wang, f"activity-records?area_id={area}&status=pending"), (li, "me/points/entries"), (li, "offers")):
            assert as_(who).get(f"/api/v1/{path}").status_code == 200
        assert as_(li).post("/api/v1/coupons", json={"offer_id": str(offer.id)}, headers=key()).status_code == 201
    assert {about[0] for about in planned} <= {TRANSACTION}, planned


def list_routes(app) -> set[str]:
    """Every GET that gives pages: those that take a cursor, and ask for nothing by its name."""
    document = app.test_client().get("/api/v1/openapi.json").get_json()
    found = set()
    for path, operations in document["paths"].items():
        asked = [parameter for parameter in operations.get("get", {}).get("parameters", []) if parameter["in"] == "query"]
        if any(each["name"] == "cursor" for each in asked) and not any(each.get("required") for each in asked):
            found.add(path)
    return found


@pytest.fixture
def many(as_, live, town, li, zhang, wang, zhao, tang, sun, lins_market, clinic, lin, kang, key, settings):
    """At least three of everything that is listed, of different people, areas and merchants; the ids that the paths of lists name."""
    def ok(person, path, **body):
        reply = as_(person).post(f"/api/v1{path}", json=body, headers=key())
        assert reply.status_code < 300, (path, reply.json)
        return reply.json
    neighbour = live("王五", town.grid_b, household="王五家")
    residents, grids = (li, zhang, neighbour), (town.grid_a, town.grid_b, town.community)
    merchants = (lins_market, clinic, merchant(town, "粮店", "91350100M000100Y51"))
    period = {"period_start": "2026-01-01", "period_end": "2026-12-31"}
    for number, (resident, grid, seller) in enumerate(zip(residents, grids, merchants, strict=True)):
        fund = ok(zhao, "/funds", area_id=str(grid.id), name="x", **period)
        ok(zhao, f"/funds/{fund['id']}/top-ups", points=1000, amount_fen=100_000, reference="x")
        event = ok(zhao, "/events", title="x", category="x", area_id=str(grid.id), starts_at="2026-05-06T03:00:00Z",
                   ends_at="2026-05-06T05:00:00Z", place={"name": "x"})
        ok(zhao, f"/events/{event['id']}/publish")
        ok(resident, f"/events/{event['id']}/sign-ups")
        for person in (li, resident):
            deed = ok(person, "/activity-records", category="x", area_id=str(grid.id), description="x",
                      started_at="2026-05-06T01:00:00Z", ended_at="2026-05-06T02:00:00Z")
        ok(resident, f"/activity-records/{deed['id']}/objection", reason="x")
        ok(resident, "/me/household-requests", household_id=str(residents[number - 1].household_id))
        ok(zhao, f"/merchants/{lins_market.id}/shops", name="x", address="x")
        offer = ok(zhao, "/offers", merchant_id=str(seller.id), title="x", kind="cash_off", face_value_fen=1000, points_price=5, stock=99,
                   area_id=str(grid.id), on_sale_from="2026-05-01T00:00:00Z", on_sale_until="2026-06-01T00:00:00Z", valid_days=30,
                   funded_by="community")
        ok(zhao, f"/offers/{offer['id']}/publish")
        ledger.credit(funds.purse_of(grid, resident.id, NOON), 100, kind="activity", because=Cause("activity_record", resident.id),
                      lapses_on=NOON.date().replace(month=12, day=31), now=NOON)
        db.session.commit()
        ok(li, "/coupons", offer_id=offer["id"])
        shop = db.session.query(Shop).filter_by(merchant_id=seller.id).first()
        for buyer in residents[:number + 1] if number == 2 else (li,):
            coupon = ok(buyer, "/coupons", offer_id=offer["id"])
            redemptions.redeem(coupon["short_code"], shop.id, by=live("店员", grid, Role.MERCHANT_CLERK, seller), settings=settings, now=NOON)
        db.session.add(RefusedScan(event_id=UUID(event["id"]), resident_id=resident.id, made_by_id=wang.id, code="too_far",
                                   at=NOON, received_at=NOON))
        db.session.commit()
    for person in residents:
        db.session.add(RefusedScan(event_id=UUID(event["id"]), resident_id=person.id, made_by_id=wang.id, code="too_far", at=NOON, received_at=NOON))
        if person is not resident:
            ok(person, f"/events/{event['id']}/sign-ups")
    db.session.commit()
    made = [settlements.make(merchant_id=seller.id, period_start=NOON.date(), period_end=NOON.date(), by=zhao, settings=settings,
                             now=NOON + timedelta(hours=2)) for seller in merchants]
    db.session.commit()
    credit = much_credit(ok, town, zhao, residents, lins_market)
    measures = measure_rows.make_many(ok, town, zhao, residents, merchants, credit["rulebook_id"])
    reviews = review_rows.make_many(town, zhao, li, residents)
    index = many_of_the_index(ok, town, zhao, tang, li, wang)
    for _ in range(3):
        culture.make_many(ok, zhao, li, town)
    return index | credit | measures | reviews | {"event_id": event["id"], "merchant_id": lins_market.id, "settlement_id": made[-1].id}


def many_of_the_index(ok, town, zhao, tang, li, wang):
    """Three versions, periods, places, rounds, questionnaires, department figures and remarks; of the street three communities, three times."""
    for number in range(3):
        version = ok(zhao, "/civility/versions", area_id=str(town.community.id), title_zh="x", title_en="x", nodes=civility.TREE)
        nodes = {node["code"]: UUID(node["id"]) for node in version["nodes"]}
        ok(zhao, f"/civility/versions/{version['id']}/publish")
        period_id = ok(zhao, "/civility/periods", version_id=version["id"], first_on=f"2026-0{number + 1}-01", last_on=f"2026-0{number + 1}-09")["id"]
        ok(zhao, "/civility/places", area_id=str(town.community.id), name=f"{number}")
        ok(zhao, "/civility/department-figures", period_id=period_id, node_id=str(nodes["2.2"]), area_id=str(town.community.id),
           value_hundredths=1, source="x", document="x")
        drawn = {"period_id": UUID(period_id), "area_id": town.community.id, "seed": "0", "drawn_by_id": zhao.id, "drawn_at": NOON}
        db.session.add_all([
            CivilityRound(surveyor_id=wang.id, drawn=1, of_places=1, **drawn), CivilityQuestionnaire(invited=1, of_residents=1, **drawn),
            CivilityRemark(period_id=UUID(period_id), area_id=town.community.id, node_id=nodes["1.1"], by_id=li.id, said="x", at=NOON)])
        db.session.commit()
    questionnaire = db.session.query(CivilityQuestionnaire).first()
    db.session.add_all(CivilityInvitation(questionnaire_id=questionnaire.id, person_id=person.id) for person in civility.settle(town.grid_a, 3))
    db.session.add(Area(code="500103001902", level="community", name="第三社区", parent_id=town.street.id, path=f"{town.street.path}500103001902/"))
    db.session.commit()
    version = ok(tang, "/civility/versions", area_id=str(town.street.id), title_zh="x", title_en="x", nodes=civility.TREE)
    ok(tang, f"/civility/versions/{version['id']}/publish")
    for first in (11, 21, 31):
        period_id = ok(tang, "/civility/periods", version_id=version["id"], first_on=f"2026-03-{first}", last_on=f"2026-03-{first}")["id"]
        ok(tang, f"/civility/periods/{period_id}/close")
        period = db.session.get_one(CivilityPeriod, UUID(period_id), populate_existing=True)
        period.status, period.published_at = "published", NOON
        db.session.commit()
    return {"period_id": period_id, "version_id": version["id"], "community_id": town.community.id, "questionnaire_id": questionnaire.id}


def much_credit(ok, town, zhao, residents, shop):
    """At least three of everything of credit: files, rulebooks, and what stands in one of them."""
    li, household = residents[0], str(residents[0].household_id)
    people.grant(li, Role.MERCHANT_OWNER, now=NOON, merchant_id=shop.id)
    credit_books.in_force(town.district, by=zhao)
    file = [ok(li, "/me/credit-files/join", kind=kind, **more)["id"] for kind, more in (
        ("resident", {}), ("merchant", {"merchant_id": str(shop.id)}), ("household", {}))][-1]
    rulebook = [ok(zhao, "/rulebooks", area_id=str(town.community.id), kind=kind, title_zh="x", title_en="x")["id"]
                for kind in ("merchant", "household", "resident")][-1]
    version = [ok(zhao, f"/rulebooks/{rulebook}/versions", **credit_books.OWN)["id"] for _ in range(3)][-1]
    ok(zhao, f"/rulebook-versions/{version}/consult", until="2026-05-20")
    for resident in residents:
        if resident is not li:
            ok(resident, "/me/credit-files/join", kind="resident")
        ok(resident, f"/rulebook-versions/{version}/comments", said="x")
        ok(zhao, f"/rulebook-versions/{version}/trials")
        ok(zhao, f"/credit-files/{file}/facts", kind="loan", label="x", from_on="2026-05-01", source="x")
        credit_books.entry(db.session.get(CreditFile, UUID(file)), "mediation", NOON.date())
        db.session.execute(looks.look(db.session.get(CreditFile, UUID(file)), "look", by=zhao, now=NOON))
        ok(zhao, "/residents", display_name="x", home_area_id=str(town.grid_a.id), household_id=household)
    db.session.commit()
    return {"file_id": file, "rulebook_id": rulebook, "rulebook_version_id": version, "household_id": household}


def test_a_list_needs_the_same_statements_for_one_row_as_for_all(app, many, as_, li, zhang, zhao, sun):
    clients = {"me": as_(li), "shops": as_(zhang), "letters": as_(li), "audit": as_(sun), "/api/v1/credit-files/{file_id}/looks": as_(li),
               "/api/v1/credit-files/{file_id}/reviews": as_(li)}
    admin = as_(zhao)
    needed, rows = {}, {}
    for path in sorted(list_routes(app)):
        client = clients.get(path) or clients.get(path.split("/")[3], admin)
        for limit in (1, 100):
            db.session.remove()
            with counted() as seen:
                reply = client.get(f"{path.format(**many)}?limit={limit}")
            assert reply.status_code == 200, (path, reply.json)
            needed.setdefault(path, []).append(len(seen))
        rows[path] = len(reply.json["items"])
    assert {path: count for path, count in rows.items() if count < 3} == {}
    assert {path: counts for path, counts in needed.items() if not counts[0] <= counts[1] <= counts[0] + KINDS.get(path, 0)} == {}
    assert len(rows) > 20
    assert {path: needed[path][1] for path in PAGES} == PAGES


@pytest.mark.only("postgresql")
def test_a_read_is_no_transaction_and_what_it_leaves_is_one(app, as_, li, wang):
    staff, seen = as_(wang), {}
    assert staff.post(f"/api/v1/residents/{li.id}/card").status_code == 201

    def note(conn, cursor, statement, *rest):
        seen.setdefault(statement.split()[0], set()).add(conn.connection.driver_connection.info.transaction_status.name)
    event.listen(db.engine, "after_cursor_execute", note)
    try:
        for path in ("/me", f"/residents/{li.id}/card"):
            db.session.remove()
            assert staff.get(f"/api/v1{path}").status_code == 200
    finally:
        event.remove(db.engine, "after_cursor_execute", note)
    assert (seen["SELECT"], seen["INSERT"]) == ({"IDLE"}, {"INTRANS"})
