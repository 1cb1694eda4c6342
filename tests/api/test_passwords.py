"""Passwords over HTTP: how often one may be guessed, and what a reset does to the one before."""
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest
from sqlalchemy import select

from api import create_app
from models import Shop, StaffLogin, db
from services.access import passwords, sign_in
from tests.conftest import NOON, signed_in

PASSWORD = "a long password"


@pytest.fixture
def login(wang):
    db.session.add(StaffLogin(person_id=wang.id, username="wang", password_hash=passwords.hash_password(PASSWORD)))
    db.session.commit()


@pytest.fixture
def strict(settings, clock, town):
    return create_app(replace(settings, rate_limits=True, sign_in_limit_per_minute=1000), clock=clock)


def entered(app, password=PASSWORD, **more):
    return app.test_client().post("/api/v1/auth/password", json={"username": "wang", "password": password, **more})


def test_thirty_guesses_at_once_are_as_many_as_one_after_the_other(strict, settings, monkeypatch):
    def compare(*args, **kw):
        time.sleep(0.3)  # as if all were being compared at the same moment
        raise sign_in.CredentialsInvalid
    monkeypatch.setattr(sign_in, "by_password", compare)
    with ThreadPoolExecutor(30) as pool:
        answers = Counter(reply.status_code for reply in pool.map(lambda _: entered(strict), range(30)))
    assert answers == {401: settings.password_failures, 429: 30 - settings.password_failures}


def test_signing_in_well_is_no_failure(strict, login, settings):
    assert {entered(strict).status_code for _ in range(2 * settings.password_failures)} == {200}


def test_a_password_that_is_reset_opens_nothing_from_then_on(app, login, wang, zhao, as_):
    assert entered(app).status_code == 200
    link = as_(zhao).post(f"/api/v1/people/{wang.id}/password-reset", json={})
    assert link.status_code == 200, link.json
    refused = entered(app)
    assert (refused.status_code, refused.json["code"]) == (401, "credentials_invalid")
    chosen = app.test_client().post("/api/v1/auth/reset", json={"token": link.json["url"].rpartition("/")[2], "password": "a newer password"})
    assert chosen.status_code == 204
    assert entered(app, "a newer password").status_code == 200


def test_a_name_that_is_not_there_costs_the_same_work(login, settings, monkeypatch):
    """Not measured, which would depend on the machine: both compare once, with a hash of the same cost."""
    compared = []

    class Counting:
        real = passwords.HASHER

        def verify(self, password_hash, password):
            compared.append(password_hash)
            return self.real.verify(password_hash, password)
    monkeypatch.setattr(passwords, "HASHER", Counting())
    for username in ("wang", "nobody"):
        with pytest.raises(sign_in.CredentialsInvalid):
            sign_in.by_password(username, "another password", None, settings=settings, now=NOON)
    assert len(compared) == 2
    assert {each.rpartition("$")[0].rpartition("$")[0] for each in compared} == {passwords.NOBODYS.rpartition("$")[0].rpartition("$")[0]}


def test_many_names_tried_from_one_address_are_slowed(settings, clock, town, monkeypatch):
    def compare(*args, **kw):
        raise sign_in.CredentialsInvalid
    monkeypatch.setattr(sign_in, "by_password", compare)
    app = create_app(replace(settings, rate_limits=True, sign_in_limit_per_minute=20), clock=clock)
    client = app.test_client()
    answers = [client.post("/api/v1/auth/password", json={"username": f"name{i}", "password": PASSWORD}) for i in range(60)]
    assert Counter(reply.status_code for reply in answers) == {401: 20, 429: 40}
    assert all(int(reply.headers["Retry-After"]) > 0 for reply in answers if reply.status_code == 429)


def test_codes_guessed_at_a_till_are_slowed(settings, clock, mei, lins_market):
    app = create_app(replace(settings, rate_limits=True, rate_limit_per_minute=20), clock=clock)
    shop = str(db.session.scalar(select(Shop.id).filter_by(merchant_id=lins_market.id)))
    client = signed_in(app, mei, settings, clock.now)
    answers = [client.post("/api/v1/redemptions/preview", json={"code": f"{i:012d}", "shop_id": shop}) for i in range(60)]
    assert Counter(reply.status_code for reply in answers) == {200: 20, 429: 40}
    assert not any(reply.json.get("can_redeem") for reply in answers)
