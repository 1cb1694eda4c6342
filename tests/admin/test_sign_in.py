"""In by name and password, out by a click, by idleness, and at the end of the day."""
from dataclasses import replace
from datetime import timedelta

import pyotp
import pytest
from sqlalchemy import select

from api import create_app
from models import AuditRow, RoleGrant, Session, db
from services.access import authenticators, sign_in
from tests.admin.conftest import HERE, Visitor

PASSWORD = "correct horse battery"


def entered(visitor, name, password=PASSWORD, **more):
    return visitor.client.post("/admin/sign-in", data={"username": name, "password": password, **more}, headers=HERE)


def test_an_admin_signs_in_and_sees_what_waits(app, zhao, password):
    password(zhao, "zhao")
    visitor = Visitor(app)

    reply = entered(visitor, "zhao", next="/admin/funds")
    assert (reply.status_code, reply.location) == (303, "/admin/funds")
    assert "Overview" in visitor.get("/admin").text
    assert db.session.scalars(select(AuditRow.action)).all() == ["session.begin"]


def test_the_cookie_is_the_browsers_alone(app, zhao, password, settings, clock):
    password(zhao, "zhao")
    plain = entered(Visitor(app), "zhao").headers["Set-Cookie"]
    assert plain.startswith("linli_admin=vgb_") and "HttpOnly" in plain and "SameSite=Strict" in plain and "Secure" not in plain

    behind_https = create_app(replace(settings, public_url="https://linli.example"), clock=clock)
    secured = entered(Visitor(behind_https), "zhao").headers["Set-Cookie"]
    assert secured.startswith("__Host-linli_admin=") and "Secure" in secured and "Path=/;" in secured and "Domain" not in secured


def test_what_is_stored_of_the_cookie_opens_nothing(app, zhao, password):
    password(zhao, "zhao")
    visitor = Visitor(app)
    entered(visitor, "zhao")
    cookie = visitor.client.get_cookie("linli_admin", path="/").value
    assert cookie.encode() not in db.session.scalars(select(Session.cookie_hash)).one()


@pytest.mark.parametrize(("name", "text"), [("zhao", "wrong"), ("nobody", PASSWORD)])
def test_a_wrong_name_and_a_wrong_password_are_refused_alike(app, zhao, password, name, text):
    password(zhao, "zhao")
    reply = entered(Visitor(app), name, text)
    assert reply.status_code == 401
    assert "The name or the password is not right." in reply.text and text not in reply.text
    assert "Set-Cookie" not in reply.headers


def test_who_neither_administers_nor_audits_is_refused(app, wang, password):
    password(wang, "wang")
    reply = entered(Visitor(app), "wang")
    assert reply.status_code == 403 and "those who administer or audit" in reply.text
    assert db.session.scalars(select(Session.id)).all() == []


def test_an_authenticators_code_is_asked_for_once_it_is_set_up(app, browse, zhao, password, clock):
    password(zhao, "zhao")
    visitor = browse(zhao)
    page = visitor.get("/admin/me").text
    secret = page.split('class="totp">')[1].split("<")[0]

    wrong = visitor.send("/admin/me/authenticator", secret=secret, code="000000", password=PASSWORD)
    assert wrong.status_code == 422 and secret in wrong.text
    code = pyotp.TOTP(secret).at(clock.now)
    assert visitor.send("/admin/me/authenticator", secret=secret, code=code, password=PASSWORD).status_code == 303

    assert entered(Visitor(app), "zhao").status_code == 401
    assert entered(Visitor(app), "zhao", otp=code).status_code == 401, "a code is used once"
    clock.now += timedelta(minutes=1)
    assert entered(Visitor(app), "zhao", otp=pyotp.TOTP(secret).at(clock.now)).status_code == 303


def test_an_authenticator_is_not_set_up_without_the_password(browse, zhao, password, clock):
    password(zhao, "zhao")
    secret = authenticators.new_secret()
    reply = browse(zhao).send("/admin/me/authenticator", secret=secret, code=pyotp.TOTP(secret).at(clock.now), password="guessed")
    assert reply.status_code == 422 and "not your password" in reply.text
    assert authenticators.login_of(zhao.id).totp_sealed is None


def test_signing_out_ends_the_session_and_not_only_the_cookie(browse, zhao):
    visitor = browse(zhao)
    assert visitor.get("/admin").status_code == 200
    cookie = visitor.client.get_cookie("linli_admin", path="/").value

    visitor.send("/admin/sign-out")
    visitor.client.set_cookie("linli_admin", cookie)
    assert visitor.get("/admin").location == "/admin/sign-in?next=/admin&ended=1"


def test_a_session_ends_when_it_is_not_used_and_lives_while_it_is(browse, zhao, clock):
    used, unused = browse(zhao), browse(zhao)
    for _ in range(4):
        clock.now += timedelta(minutes=20)
        assert used.get("/admin/funds").status_code == 200
    assert unused.get("/admin/funds").status_code == 303


@pytest.mark.parametrize(("stood", "back"), [
    ("/admin/funds?done=saved&q=x", "/admin/funds?q%3Dx"), ("/admin/credit/working-days/nothing/here", "/admin/credit/working-days"),
    ("/api/v1/me", "/admin"), ("/admin", "/admin"), ("", "/admin")])
def test_a_form_that_comes_after_the_end_leads_back_to_where_it_stood(browse, zhao, clock, stood, back):
    visitor = browse(zhao)
    clock.now += timedelta(minutes=40)
    reply = visitor.client.post("/admin/funds", data={"name": "x"}, headers={"Sec-Fetch-Site": "same-origin", "Referer": f"http://localhost{stood}"})
    assert (reply.status_code, reply.location) == (303, f"/admin/sign-in?next={back}&ended=1")


def test_a_session_ends_after_a_working_day_however_much_it_is_used(browse, zhao, clock):
    visitor = browse(zhao)
    for _ in range(29):
        clock.now += timedelta(minutes=20)
        assert visitor.get("/admin/funds").status_code == 200
    clock.now += timedelta(minutes=20)
    assert visitor.get("/admin/funds").status_code == 303


def test_roles_are_looked_up_at_each_request(browse, zhao):
    visitor = browse(zhao)
    assert visitor.get("/admin/funds").status_code == 200
    db.session.scalars(select(RoleGrant).where(RoleGrant.person_id == zhao.id)).one().ended_at = zhao.created_at
    db.session.commit()
    assert visitor.get("/admin/funds").status_code == 403


def test_a_password_reset_ends_the_sessions_in_browsers_too(browse, zhao, clock):
    visitor = browse(zhao)
    sign_in.end_all(zhao.id, clock.now)
    db.session.commit()
    assert visitor.get("/admin").status_code == 303


def test_a_browsers_cookie_is_no_refresh_token(app, browse, zhao):
    cookie = browse(zhao).client.get_cookie("linli_admin", path="/").value
    reply = app.test_client().post("/api/v1/auth/refresh", json={"refresh_token": cookie})
    assert reply.status_code == 401


@pytest.mark.parametrize("elsewhere", ["https://evil.example/admin", "//evil.example/admin", "/\\evil.example/admin", "/adminx/../x", "javascript:x"])
def test_nobody_is_led_to_another_site(app, zhao, password, elsewhere):
    password(zhao, "zhao")
    assert entered(Visitor(app), "zhao", next=elsewhere).location == "/admin"


def test_passwords_are_not_guessed_for_long(settings, clock, zhao, password):
    password(zhao, "zhao")
    strict = create_app(replace(settings, rate_limits=True), clock=clock)
    for _ in range(settings.password_failures):
        assert entered(Visitor(strict), "zhao", "guess").status_code == 401
    reply = entered(Visitor(strict), "zhao", PASSWORD)
    assert reply.status_code == 429 and reply.headers["Retry-After"]


def test_a_language_is_chosen_and_kept(app, browse, zhao):
    visitor = browse(zhao)
    assert '<html lang="en">' in visitor.get("/admin").text
    reply = visitor.client.post("/admin/language", data={"language": "zh", "next": "/admin/funds"}, headers=HERE)
    assert reply.location == "/admin/funds"
    assert '<html lang="zh-CN">' in visitor.get("/admin").text
