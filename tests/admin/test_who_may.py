"""Every route of /admin × who asks: nobody, a resident, a grid worker, an admin of another community, an auditor, an admin."""
import re
import uuid

import pytest
from sqlalchemy import func, select

from models import Role, db
from tests.admin import credit_rows
from tests.test_architecture import views

OPEN = {"admin.nothing", "admin.sign_in", "admin.enter", "admin.sign_out", "admin.choose_language"}
OF_ONESELF = {"admin.set_up", "admin.give_up"}
OF_DISTRICTS = {"admin.enter_constraint_list", "admin.end_constraint_list", "admin.correct_day"}  # for no admin of a community, of whichever
OF_RUNNERS = {"admin.correction_plans", "admin.correction_plan"}
KEEP_LOOKS = {"admin.picture", "admin.credit_file", "admin.credit_entry", "admin.credit_objection", "admin.credit_repair",
              "admin.support_list", "admin.application", "admin.inspection_plan", "admin.inspection",
              "admin.credit_constraints", "admin.credit_constraint", "admin.credit_objections", "admin.credit_repairs"}
FOR_ADMINS = {"admin.new_offer", "admin.import_table", "admin.new_honour", *OF_RUNNERS, "admin.new_correction_plan"}
CHOICES = {"suffix": "csv", "verb": "suspend"}
INDEX = tuple(f"civility/{name}" for name in ("versions", "periods", "places", "rounds", "questionnaires", "department-figures", "remarks"))
ONE_OF = re.compile(r"<any\(([^)]+)\):\w+>")


def asked(app, rows, method):
    """(endpoint, path with real rows, path with absent ones) for each route of this method that needs a sign-in."""
    for rule, _ in views(app):
        if not rule.endpoint.startswith("admin.") or rule.endpoint in OPEN or method not in rule.methods:
            continue
        paths = [ONE_OF.sub(lambda found: found[1].split(",")[0], rule.rule)] * 2
        for name in rule.arguments & rows.keys():
            paths[0] = paths[0].replace(f"<uuid:{name}>", rows[name])
            paths[1] = paths[1].replace(f"<uuid:{name}>", str(uuid.uuid4()))
        yield rule.endpoint, *paths


@pytest.fixture
def bodies(rows, town, lins_market):
    """What each form would send."""
    node = {"code": "9", "name_zh": "x", "name_en": "x", "weight_hundredths": "1"}
    reason, area, merchant = {"reason": "x"}, {"area_id": str(town.community.id)}, {"merchant_id": str(lins_market.id)}
    return {
        "give_area_role": {"role": "grid_worker", **area}, "give_shop_role": {"role": "merchant_clerk", **merchant},
        "join": {"resident_token": "R" + "A" * 28}, "reset_password": {"username": "somebody"},
        "make_household": {"name": "x", **area}, "add_grid": {"code": "500103001900077", "name": "x"},
        "set_rules": {"notice_days": "1", "declared_points_per_hour": "1", "declared_points_max": "1", "declared_minutes_max": "1", "version": "0"},
        "make_fund": {"name": "x", "period_start": "2026-01-01", "period_end": "2026-12-31", **area},
        "top_up": {"points": "1", "amount_fen": "0", "reference": "x"}, "approve_record": {"points": "1"}, "reject_record": reason,
        "reverse_record": reason, "decide": {"decision": "uphold", **reason},
        "make_offer": {"title": "x", "kind": "cash_off", "face_value_fen": "1", "points_price": "1", "stock": "1", "on_sale_from": "2026-05-01T00:00",
                       "on_sale_until": "2026-06-01T00:00", "valid_days": "1", "funded_by": "community", **area, **merchant},
        "take_in": {"name": "x", "uscc": "91350100M000100Y43", **area}, "edit_merchant": {"name": "x", "uscc": "x", "version": "1", **area},
        "open_shop": {"name": "x", "address": "x"}, "make_settlement": {"period_start": "2026-05-01", "period_end": "2026-05-31", **merchant},
        "draft_version": {"title_zh": "x", "title_en": "x", "start": "empty", **area},
        "begin_period": {"first_on": "2026-06-01", "last_on": "2026-06-30"}, "add_node": node, "edit_node": node,
        "ask_residents": {"most": "10", **area}, "send_surveyor": {"most": "5", "surveyor_id": rows["person_id"], **area},
        "enter_figure": {"node_id": rows["node_id"], "value_hundredths": "1", "source": "x", "document": "x", **area},
        "add_place": {"name": "x", **area}, "answer_remark": {"answer": "x"},
        **credit_rows.bodies(area, rows["person_id"]), "let_go": reason, "pay_settlement": {"paid_at": "2026-05-06T10:00", "bank_reference": "x"},
    }


@pytest.fixture
def feng(live, town):
    return live("冯主任", town.grid_c, Role.AREA_ADMIN, town.other)


def counts():
    """How many rows each table holds, but for the sessions that reading carries on and the keys."""
    return {table.name: db.session.scalar(select(func.count()).select_from(table)) for table in db.metadata.sorted_tables}


def test_without_a_session_every_page_leads_to_the_sign_in(app, rows, browse):
    stranger = browse()
    for _, path, _ in asked(app, rows, "GET"):
        assert stranger.get(path).location.startswith("/admin/sign-in?next="), path
    for _, path, _ in asked(app, rows, "POST"):
        assert stranger.send(path).location.startswith("/admin/sign-in?next="), path


@pytest.mark.parametrize("who", ["li", "wang", "lin"])
def test_who_neither_administers_nor_audits_sees_nothing(app, rows, bodies, browse, request, who):
    visitor = browse(request.getfixturevalue(who))
    before = counts()
    for _, path, _ in asked(app, rows, "GET"):
        assert visitor.get(path).status_code == 403, path
    for endpoint, path, _ in asked(app, rows, "POST"):
        assert visitor.send(path, **bodies.get(endpoint.removeprefix("admin."), {})).status_code == 403, path
    assert counts() == before


def test_an_auditor_reads_every_page_and_changes_nothing(app, rows, bodies, browse, sun):
    visitor = browse(sun)
    before = counts()
    for endpoint, path, _ in asked(app, rows, "GET"):
        if endpoint in FOR_ADMINS | KEEP_LOOKS:
            continue
        reply = visitor.get(path)
        assert reply.status_code == 200, path
        posts = set(re.findall(rb'<form method="post" action="([^"]+)"', reply.data))
        assert posts <= {b"/admin/language", b"/admin/sign-out"}, path
    for endpoint, path, _ in asked(app, rows, "POST"):
        if endpoint not in OF_ONESELF:
            assert visitor.send(path, **bodies.get(endpoint.removeprefix("admin."), {})).status_code == 403, path
    assert counts() == before


def test_an_admin_reads_every_page_but_the_audit_log(app, rows, browse, zhao):
    visitor = browse(zhao)
    for endpoint, path, _ in asked(app, rows, "GET"):
        assert visitor.get(path).status_code == (403 if endpoint in ("admin.audit_log", "admin.seals") else 200), path


def test_for_an_admin_of_another_community_nothing_of_this_one_is_there(app, rows, bodies, browse, feng):
    visitor = browse(feng)
    before = counts()
    for _, real, absent in asked(app, rows, "GET"):
        if real != absent:
            assert visitor.get(real).status_code == visitor.get(absent).status_code == 404, real
    for endpoint, real, absent in asked(app, rows, "POST"):
        if endpoint in OF_ONESELF | {"admin.give_area_role", "admin.give_shop_role"}:
            continue
        if endpoint in OF_DISTRICTS:
            assert visitor.send(real, **bodies[endpoint.removeprefix("admin.")]).status_code == 403, real
            continue
        form = bodies.get(endpoint.removeprefix("admin."), {})
        assert visitor.send(real, **form).status_code == 404, real
        if real != absent:
            assert visitor.send(absent, **form).status_code == 404, absent
    assert counts() == before


def test_an_admin_gives_no_role_in_another_community(browse, feng, li, town, lins_market):
    visitor = browse(feng)
    for path, form in (("area-roles", {"role": "grid_worker", "area_id": str(town.community.id)}),
                       ("shop-roles", {"role": "merchant_owner", "merchant_id": str(lins_market.id)})):
        assert visitor.send(f"/admin/people/{li.id}/{path}", **form).status_code == 404
    assert li.roles == []


def test_lists_show_nothing_of_another_community(app, rows, browse, feng):
    visitor = browse(feng)
    for path in ("people", "households", "events", "records", "objections", "funds", "offers", "merchants", "settlements", "unsent", *INDEX,
                 *credit_rows.LISTS, *credit_rows.CULTURE):
        reply = visitor.get(f"/admin/{path}")
        assert reply.status_code == 200
        assert "李娜" not in reply.text and "林记超市" not in reply.text, path
