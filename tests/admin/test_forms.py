"""Whose form it is, what a second click does, and what is shown when an act is refused."""
import re
import uuid

import pytest
from sqlalchemy import func, select

from models import AreaRules, Fund, Household, TopUp, db

HOUSEHOLD = {"name": "1-101"}


def made():
    return db.session.scalar(select(func.count()).select_from(Household).where(Household.name == "1-101"))


@pytest.mark.parametrize("headers", [
    {}, {"Origin": "https://evil.example"}, {"Origin": "null"}, {"Sec-Fetch-Site": "cross-site"},
    {"Sec-Fetch-Site": "same-site", "Origin": "http://localhost"}])
def test_a_form_from_elsewhere_does_nothing(browse, zhao, town, headers):
    reply = browse(zhao).send("/admin/households", headers=headers, area_id=str(town.grid_a.id), **HOUSEHOLD)
    assert reply.status_code == 403 and "not sent from these pages" in reply.text
    assert made() == 0


def test_a_form_without_the_sessions_token_or_with_anothers_does_nothing(browse, zhao, qian, town):
    visitor, other = browse(zhao), browse(qian)
    for token in ("", "x", other.token):
        reply = visitor.send("/admin/households", token=token, area_id=str(town.grid_a.id), **HOUSEHOLD)
        assert reply.status_code == 403, token
    assert made() == 0


def test_signing_in_from_another_site_is_refused_too(app, browse):
    reply = browse().client.post("/admin/sign-in", data={"username": "x", "password": "x"}, headers={"Origin": "https://evil.example"})
    assert reply.status_code == 403


def test_a_double_click_acts_once_and_both_answers_lead_to_the_same_page(browse, zhao, fund):
    visitor = browse(zhao)
    form = {"act": uuid.uuid4().hex, "points": "500", "amount_fen": "12.50", "reference": "2026-17"}
    first = visitor.send(f"/admin/funds/{fund.id}/top-ups", **form)
    second = visitor.send(f"/admin/funds/{fund.id}/top-ups", **form)

    assert first.status_code == second.status_code == 303
    assert first.location == second.location == f"/admin/funds/{fund.id}?done=topped_up"
    assert db.session.scalars(select(TopUp.amount_fen).where(TopUp.reference == "2026-17")).all() == [1250]
    assert "The fund is topped up." in visitor.get(first.location).text


def test_a_key_says_nothing_for_another_form(browse, zhao, town):
    visitor, act = browse(zhao), uuid.uuid4().hex
    assert visitor.send("/admin/households", act=act, area_id=str(town.grid_a.id), name="1-101").status_code == 303
    assert visitor.send("/admin/households", act=act, area_id=str(town.grid_a.id), name="1-102").status_code == 422
    assert visitor.send("/admin/households", act="", area_id=str(town.grid_a.id), name="1-103").status_code == 400
    assert db.session.scalars(select(Household.name).where(Household.name.startswith("1-10"))).all() == ["1-101"]


def test_a_refused_form_comes_back_with_what_was_entered_and_links_to_what_is_wrong(browse, zhao, fund):
    reply = browse(zhao).send(f"/admin/funds/{fund.id}/top-ups", points="many", amount_fen="1.234", reference="<b>2026-17</b>")
    assert reply.status_code == 422
    assert 'value="many"' in reply.text and "&lt;b&gt;2026-17&lt;/b&gt;" in reply.text
    for wrong in re.findall(r'<a href="#([^"]+)">', reply.text.split('role="alert"')[1].split("</ul>")[0]):
        assert f'id="{wrong}"' in reply.text and f'aria-describedby="{wrong}-error"' in reply.text
    assert reply.text.count('aria-invalid="true"') == 2
    assert len(re.findall(r'name="act" value="([^"]+)"', reply.text)) == 1, "a new key for the next try"


def test_a_rules_refusal_is_said_on_the_page_of_the_form(browse, zhao, town):
    visitor = browse(zhao)
    reply = visitor.send(f"/admin/areas/{town.community.id}/grids", code=town.grid_b.code, name="三网格")
    assert reply.status_code == 409 and "An area has this code already." in reply.text and 'value="三网格"' in reply.text


def test_a_refusal_is_said_also_where_its_form_is_there_no_more(browse, zhao, rows):
    visitor = browse(zhao)
    visitor.send(f"/admin/offers/{rows['offer_id']}/end")
    reply = visitor.send(f"/admin/offers/{rows['offer_id']}/end")
    assert reply.status_code == 409 and reply.text.count('role="alert"') == 1 and "this step is not possible" in reply.text


def test_what_an_act_said_is_not_said_again_after_signing_in(browse):
    reply = browse().get("/admin/records?status=pending&done=approved&cursor=a%26b")
    assert reply.location == "/admin/sign-in?next=/admin/records?status%3Dpending%26cursor%3Da%2526b"


@pytest.mark.parametrize(("path", "way"), [
    ("/admin", "Overview"), ("/admin/people/{person_id}", "People"), ("/admin/coupons/{coupon_id}", "People"),
    ("/admin/offers/{offer_id}", "Offers"), ("/admin/unsent/{unsent_id}", "Not sent"), ("/admin/reconciliation", "Reconciliation")])
def test_the_menu_says_where_one_is(browse, zhao, rows, path, way):
    page = browse(zhao).get(path.format(**rows)).text
    assert re.findall(r'aria-current="page">([^<]+)<', page) == [way]


def test_the_menu_says_so_beside_a_refusal_too(browse, zhao, rows):
    for path, way in ((f"/admin/people/{rows['person_id']}/join", "People"), ("/admin/funds", "Funds")):
        assert re.findall(r'aria-current="page">([^<]+)<', browse(zhao).send(path).text) == [way]


@pytest.mark.parametrize("name", ["Wang", "wa", "wang wei", "-", "w" * 65])
def test_a_name_to_sign_in_with_that_cannot_be_is_refused_in_words(browse, zhao, wang, name):
    reply = browse(zhao).send(f"/admin/people/{wang.id}/password", username=name)
    assert reply.status_code == 422 and "pattern" not in reply.text


def test_a_password_link_is_offered_for_those_who_have_a_role(browse, zhao, wang, li):
    visitor = browse(zhao)
    assert f"/admin/people/{wang.id}/password" in visitor.get(f"/admin/people/{wang.id}").text
    assert "/password" not in visitor.get(f"/admin/people/{li.id}").text


def test_numbers_that_somebody_changed_meanwhile_are_not_overwritten(browse, zhao, qian, town):
    numbers = {"notice_days": "3", "declared_points_per_hour": "12", "declared_points_max": "48", "declared_minutes_max": "240", "version": "0"}
    first, second = (browse(who).send(f"/admin/areas/{town.community.id}/rules", **numbers) for who in (zhao, qian))
    assert first.status_code == 303
    assert second.status_code == 412 and "Someone changed this meanwhile" in second.text
    assert db.session.get(AreaRules, town.community.id).version == 1


def test_a_password_link_is_shown_once_and_kept_nowhere(browse, zhao, wang, app):
    from models import IdempotencyKey, StaffLogin
    reply = browse(zhao).send(f"/admin/people/{wang.id}/password", username="wang")
    token = re.search(r"/reset/(vgp_[\w-]+)", reply.text)[1]
    assert reply.headers["Cache-Control"] == "no-store"
    assert db.session.scalars(select(IdempotencyKey.key)).all() == []
    assert token.encode() != db.session.scalars(select(StaffLogin.reset_hash)).one()
    assert app.test_client().post("/api/v1/auth/reset", json={"token": token, "password": "a new long password"}).status_code == 204


def test_a_form_too_large_is_refused(browse, zhao, settings, town):
    reply = browse(zhao).send("/admin/households", area_id=str(town.grid_a.id), name="x" * (settings.max_body_bytes + 1))
    assert reply.status_code == 413 and "too large" in reply.text.lower()


@pytest.mark.parametrize("text", ["a\x00b", "\u200b", " " * 9])
def test_a_name_that_cannot_be_stored_or_seen_is_refused(browse, zhao, town, text):
    reply = browse(zhao).send("/admin/households", area_id=str(town.grid_a.id), name=text)
    assert reply.status_code == 422


def test_pages_run_no_script_but_our_own_and_are_in_nobodys_frame(browse, zhao):
    reply = browse(zhao).get("/admin")
    policy = reply.headers["Content-Security-Policy"]
    assert "script-src 'self'" in policy and "style-src 'self'" in policy and "unsafe" not in policy
    assert "frame-ancestors 'none'" in policy and "form-action 'self'" in policy
    assert not re.search(r"<script(?![^>]*\ssrc=)|\son\w+=|style=", reply.text)


def test_a_fund_ends_after_it_begins(browse, zhao, town):
    form = {"area_id": str(town.community.id), "name": "2027", "period_start": "2027-12-31", "period_end": "2027-01-01"}
    assert browse(zhao).send("/admin/funds", **form).status_code == 422
    assert db.session.scalars(select(Fund.id)).all() == []


def test_nothing_is_here_under_another_address(browse, zhao):
    reply = browse(zhao).get("/admin/nothing")
    assert reply.status_code == 404 and "Nothing was found here." in reply.text
    assert browse().get("/admin/nothing").status_code == 303
