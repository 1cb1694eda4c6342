"""Every code of docs/api.md's list, provoked over HTTP: its status, its shape, its two languages, and that nothing changed.

Each provoker makes what is needed, then gives the request that is refused; it is sent twice, once in each language.
"""
import io
import re
import uuid
from contextlib import contextmanager
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from types import SimpleNamespace

import pyotp
import pytest
from PIL import Image
from sqlalchemy import select

from api import create_app, health
from api.edge import idempotency
from clients.wechat import CodeRefused, Unavailable
from models import CheckState, Evidence, Role, Shop, StaffLogin, WeChatLogin, db
from services import ledger
from services.access import callers, passwords, sign_in
from services.ledger import Cause
from services.people import people, vault
from services.points import funds
from services.scans import presence
from tests import civility_refusals, credit_books, culture, measure_rows, review_refusals
from tests.conftest import KEYS, NOON

CONTRACT = Path("docs/api.md").read_text()
TABLE = CONTRACT.split("## All codes")[1].split("Those that")[0]
STATUS_OF = {code: int(status) for status, codes in re.findall(r"^\| (\d{3}) \| (.*) \|$", TABLE, re.MULTILINE)
             for code in re.findall(r"`([a-z_]+)`", codes)}
SHAPE = {"type", "title", "status", "detail", "code", "request_id"}
EXTRA = {  # fields beside the shape
    "already_checked_in": {"check_in_id", "at"}, "already_checked_out": {"check_in_id", "at"}, "coupon_already_used": {"used_at"},
    "insufficient_points": {"available", "price"}, "too_far": {"distance_m"}, "below_minimum_spend": {"min_spend_fen"},
    "looks_the_same": {"entry_id"}, "not_this_table": {"columns"}, "consultation_runs": {"until"}, "too_many_own_items": {"most"},
    "weights_unbalanced": {"below", "total_hundredths"}, "branch_without_leaves": {"node"}, "period_not_over": {"last_on"},
    "round_not_open": {"opens_on", "closes_on"}, "round_not_over": {"closes_on"}, "too_many_households": {"most"},
    "few_in_box": {"least", "last_from"}, "no_such_grade_here": {"grade"},
    "too_few_places": {"places"}, "out_of_proportion": {"least", "most"}, "too_early": {"from_on"}}
HEADERS = {401: "WWW-Authenticate", 405: "Allow", 429: "Retry-After", 503: "Retry-After"}
NOT_TRANSLATED = {"Idempotency-Key", "ASCII", "JSON", "UTF-8", "application/json", "If-Match", "ETag", "JPEG", "PNG", "WebP"}
KEPT = {"idempotency_keys", "refused_scans"}  # what a refusal may leave: its own answer, and the scan for a person to look at
LEAVES = {"refresh_reused": {"sessions"}, "scan_key_reused": {"scan_keys"},
          **{code: {"audit_rows"} for code in ("no_such_file", "row_unreadable", "taken_already")}}  # that a table was brought
REASON = {"reason": "x"}
HEAD = "reference,id_number,code,happened_on,title\n"
VOTE = {"voted_on": "2026-05-13", "voters": "people", "eligible": 10, "present": 6, "votes_for": 4, "votes_against": 1, "minutes": "x"}
PROVOKERS = {}


def provokes(code):
    def note(provoker):
        PROVOKERS[code] = provoker
        return provoker
    return note


class World:
    """The cast, and short ways to make what a refusal needs. Requests are made as they are asked for."""

    def __init__(self, app, settings, clock, as_, town, monkeypatch, people):
        self.app, self.settings, self.clock, self.as_, self.town, self.monkeypatch = app, settings, clock, as_, town, monkeypatch
        self.clients = {}
        self._people = people

    def __getattr__(self, name):
        """A person or a merchant of the cast, made when first named."""
        found = self._people(name)
        setattr(self, name, found)
        return found

    def client(self, person):
        if person is None:
            return self.app.test_client()
        if person.id not in self.clients:
            self.clients[person.id] = self.as_(person)
        return self.clients[person.id]

    def ask(self, person, method, path, json=None, *, headers=(), **more):
        """The request as a function of the language."""
        client = self.client(person)

        def send(language):
            named = {"Accept-Language": language, "Idempotency-Key": uuid.uuid4().hex, **dict(headers)}
            return client.open(f"/api/v1{path}" if not path.startswith("//") else path[1:], method=method, json=json, headers=named, **more)
        return send

    def ok(self, person, method, path, json=None, **more):
        reply = self.ask(person, method, path, json, **more)("en")
        assert reply.status_code < 300, (path, reply.json)
        return reply.json

    def event(self, *, publish=True, **changes):
        made = self.ok(self.wang, "POST", "/events", {
            "title": "x", "category": "x", "area_id": str(self.town.grid_a.id), "starts_at": "2026-05-06T03:00:00Z",
            "ends_at": "2026-05-06T05:00:00Z", "place": {"name": "x"}, "check_out_required": True, "check_in_mode": "both",
            "points_per_hour": 10, "points_max": 100, **changes})
        if publish:
            self.ok(self.wang, "POST", f"/events/{made['id']}/publish")
        return made["id"]

    def scan(self, event_id, direction="in", person=None, **more):
        token = self.ok(self.wang, "GET", f"/events/{event_id}/code?direction={direction}")["token"]
        return self.ask(person or self.li, "POST", "/check-ins", {"token": token, **more})

    def came(self, event_id, direction="in"):
        reply = self.scan(event_id, direction)("en")
        assert reply.status_code == 201, reply.json
        return reply.json

    def deed(self, person=None):
        """A declared record of ten points."""
        return self.ok(person or self.li, "POST", "/activity-records", {
            "category": "x", "area_id": str(self.town.grid_a.id), "description": "x", "started_at": "2026-05-06T01:00:00Z",
            "ended_at": "2026-05-06T02:00:00Z"})["id"]

    def decide(self, record_id, verb, person, body=None):
        return self.ask(person, "POST", f"/activity-records/{record_id}/{verb}", {} if body is None else body)

    def offer(self, **terms):
        self.fund.id  # the fund that pays  # noqa: B018
        made = self.ok(self.zhao, "POST", "/offers", {
            "merchant_id": str(self.lins_market.id), "title": "x", "kind": "cash_off", "face_value_fen": 1000, "points_price": 5, "stock": 9,
            "area_id": str(self.town.community.id), "on_sale_from": "2026-05-01T00:00:00Z", "on_sale_until": "2026-07-01T00:00:00Z",
            "valid_days": 30, "funded_by": "community", **terms})
        self.ok(self.zhao, "POST", f"/offers/{made['id']}/publish")
        return made["id"]

    def rich(self):
        """Li has a hundred points."""
        self.fund.id  # noqa: B018
        ledger.credit(funds.purse_of(self.town.community, self.li.id, NOON), 100, kind="activity", because=Cause("activity_record", self.li.id),
                      lapses_on=NOON.date().replace(month=12, day=31), now=NOON)
        db.session.commit()

    def coupon(self, offer_id=None, **terms):
        self.rich()
        return self.ok(self.li, "POST", "/coupons", {"offer_id": offer_id or self.offer(**terms)})

    @property
    def shop(self):
        return str(db.session.scalar(select(Shop.id).filter_by(merchant_id=self.lins_market.id)))

    def redeem(self, code, person=None, shop=None, **more):
        return self.ask(person or self.mei, "POST", "/redemptions", {"code": code, "shop_id": shop or self.shop, **more})

    def used(self):
        reply = self.redeem(self.coupon()["short_code"])("en")
        assert reply.status_code == 201, reply.json
        return reply.json

    def login(self, **more):
        db.session.add(StaffLogin(person_id=self.wang.id, username="wang", password_hash=passwords.hash_password("a long password"), **more))
        db.session.commit()

    def code_of(self, person):
        return presence.show_person(person, settings=self.settings, now=self.clock.now).token

    def granny(self):
        return self.ok(self.wang, "POST", "/residents", {"display_name": "冉婆婆", "home_area_id": str(self.town.grid_a.id)})["id"]

    def newcomer(self):
        person = sign_in.by_openid("granny", settings=self.settings, now=NOON).person
        db.session.commit()
        return person

    def wechat(self, **answers):
        """A WeChat that answers each call so: an exception is raised."""
        def raising(error):
            def call(*args, **kw):
                raise error
            return call
        self.monkeypatch.setitem(self.app.extensions, "linli_wechat", SimpleNamespace(**{name: raising(error) for name, error in answers.items()}))

    def file(self, person=None, *, rules=True):
        """Somebody's file, in the scheme since today."""
        if rules:
            credit_books.in_force(self.town.district, by=self.zhao)
        return self.ok(person or self.li, "POST", "/me/credit-files/join", {"kind": "resident"})["id"]

    def enter(self, file, code="mediation"):
        return self.ask(self.wang, "POST", f"/credit-files/{file}/entries", {
            "code": code, "happened_on": "2026-05-06", "title": "x", "evidence": "x"})

    @property
    def head(self):
        """An administrator of the district."""
        return self._people("live")("区主任", self.town.grid_b, Role.AREA_ADMIN, self.town.district)

    def limit(self, file, *, for_persons=True, **changes):
        listed = measure_rows.a_list(self.zhao, for_persons=for_persons)
        return self.ask(self.zhao, "POST", f"/credit-files/{file}/constraints", {**measure_rows.WHOLE, "list_id": str(listed.id), **changes})

    def supported(self):
        """An application of Li's, for the only place."""
        support = self.ok(self.zhao, "POST", "/support-lists", measure_rows.supported(self.town))["id"]
        return self.ok(self.li, "POST", f"/support-lists/{support}/applications", {"asked": "x"})

    def receiver(self, **more):
        return self.ok(self.zhao, "POST", "/letter-receivers", measure_rows.receiver(self.town, **more))["id"]

    def letter(self):
        """One that Li has sent, and its code."""
        self.file()
        draft = self.ok(self.li, "POST", "/letters", {"receiver_id": self.receiver(), "kind": "resident"})
        return self.ok(self.li, "POST", f"/letters/{draft['id']}/send")

    def old_fault(self):
        """A fault of Li's that may be repaired today, and her file."""
        credit_books.in_force(self.town.district, by=self.zhao)
        file = credit_books.file_of(self.li)
        return file, credit_books.entry(file, "litter", date(2026, 1, 1)).id

    def repair(self, entry_id):
        return self.ask(self.li, "POST", f"/credit-entries/{entry_id}/repair", {"pledge": measure_rows.PLEDGE, "evidence": "x"})

    def plan(self, person):
        return self.ask(self.zhao, "POST", "/correction-plans", {
            "person_id": str(person.id), "until_on": "2026-12-31", "service_minutes": 60, "aims": "x"})

    def table(self, csv):
        return self.ask(self.zhao, "POST", "/credit-entries/imports", {
            "kind": "resident", "area_id": str(self.town.community.id), "department": "x", "csv": csv})

    def rulebook(self):
        return self.ok(self.zhao, "POST", "/rulebooks", {
            "area_id": str(self.town.community.id), "kind": "resident", "title_zh": "x", "title_en": "x"})["id"]

    def version(self):
        return self.ok(self.zhao, "POST", f"/rulebooks/{self.rulebook()}/versions", credit_books.SENT)["id"]

    def consulted(self):
        version = self.version()
        self.ok(self.zhao, "POST", f"/rulebook-versions/{version}/consult", {"until": "2026-05-13"})
        return version

    def with_settings(self, **changes):
        self.monkeypatch.setitem(self.app.extensions, "linli_settings", replace(self.settings, **changes))


@pytest.fixture
def world(app, settings, clock, as_, town, monkeypatch, request):
    return World(app, settings, clock, as_, town, monkeypatch, request.getfixturevalue)


# 400 and the edge ------------------------------------------------------------------------------------------------------------

@provokes("idempotency_key_missing")
def _(w):
    return w.ask(w.li, "POST", "/activity-records", {}, headers={"Idempotency-Key": ""})


@provokes("malformed_request")
def _(w):
    return w.ask(w.wang, "POST", "/events", data="{", content_type="application/json")


@provokes("access_token_expired")
def _(w):
    w.client(w.li)
    w.clock.now += timedelta(minutes=w.settings.access_token_minutes)
    return w.ask(w.li, "GET", "/me")


@provokes("credentials_invalid")
def _(w):
    return w.ask(None, "POST", "/auth/password", {"username": "nobody", "password": "a long password"})


@provokes("otp_required")
def _(w):
    w.login(totp_sealed=vault.seal(KEYS["fields"], w.wang.data_key, pyotp.random_base32(), table="staff_logins", column="totp", row=w.wang.id))
    return w.ask(None, "POST", "/auth/password", {"username": "wang", "password": "a long password"})


@provokes("refresh_reused")
def _(w):
    stolen = [sign_in.begin(w.li, settings=w.settings, now=NOON).refresh_token for _ in range(2)]
    for token in stolen:
        sign_in.refresh(token, settings=w.settings, now=NOON)
    db.session.commit()
    w.clock.now += timedelta(seconds=w.settings.refresh_grace_seconds)
    return lambda language: w.ask(None, "POST", "/auth/refresh", {"refresh_token": stolen.pop()})(language)


@provokes("unauthenticated")
def _(w):
    return w.ask(None, "GET", "/me")


@provokes("wechat_code_invalid")
def _(w):
    w.wechat(code_to_session=CodeRefused("invalid code"))
    return w.ask(None, "POST", "/auth/wechat", {"code": "x"})


@provokes("wechat_unavailable")
def _(w):
    w.wechat(code_to_session=Unavailable("system busy"))
    return w.ask(None, "POST", "/auth/wechat", {"code": "x"})


@provokes("push_refused")
def _(w):
    w.with_settings(wechat_push_token="AAAAA")
    return w.ask(None, "POST", "//wechat/push?signature=x&timestamp=1&nonce=1", {})


@provokes("forbidden")
def _(w):
    return w.ask(w.li, "POST", "/events", {})


@provokes("not_found")
def _(w):
    return w.ask(w.li, "GET", f"/events/{uuid.uuid4()}")


@provokes("method_not_allowed")
def _(w):
    return w.ask(w.li, "DELETE", "/events")


@provokes("conflict")
def _(w):
    made = w.came(w.event())
    w.ok(w.li, "POST", f"/check-ins/{made['id']}/annul", REASON)
    return w.ask(w.li, "POST", f"/check-ins/{made['id']}/annul", REASON)


@provokes("stale_version")
def _(w):
    return w.ask(w.wang, "PUT", f"/events/{w.event()}", {"title": "y"}, headers={"If-Match": '"0"'})


@provokes("precondition_required")
def _(w):
    return w.ask(w.wang, "PUT", f"/events/{w.event()}", {"title": "y"})


@provokes("payload_too_large")
def _(w):
    return w.ask(w.wang, "POST", "/events", data="x" * 70_000, content_type="application/json")


@provokes("unsupported_media_type")
def _(w):
    return w.ask(w.wang, "POST", "/events", data="{}", content_type="text/plain")


@provokes("idempotency_key_reused")
def _(w):
    headers = {"Idempotency-Key": "k"}
    body = {"category": "x", "area_id": str(w.town.grid_a.id), "description": "x", "started_at": "2026-05-06T01:00:00Z",
            "ended_at": "2026-05-06T02:00:00Z"}
    w.ok(w.li, "POST", "/activity-records", body, headers=headers)
    return w.ask(w.li, "POST", "/activity-records", {**body, "description": "y"}, headers=headers)


@provokes("request_in_progress")
def _(w):
    def claim():
        raise idempotency.RequestInProgress
    w.monkeypatch.setattr(idempotency, "claim", claim)
    return w.ask(w.li, "POST", "/activity-records", {})


@provokes("validation_failed")
def _(w):
    return w.ask(w.wang, "POST", "/events", {"title": ""})


@provokes("rate_limited")
def _(w):
    strict = create_app(replace(w.settings, rate_limits=True, sign_in_limit_per_minute=1), clock=w.clock)
    w.app = strict
    w.ask(None, "POST", "/auth/logout", {"refresh_token": "x"})("en")
    return w.ask(None, "POST", "/auth/logout", {"refresh_token": "x"})


@provokes("internal_error")
def _(w):
    def crash(*args, **kw):
        raise ZeroDivisionError
    w.client(w.li)
    w.monkeypatch.setattr(callers, "who", crash)
    return w.ask(w.li, "GET", "/me")


@provokes("unavailable")
def _(w):
    from sqlalchemy.exc import OperationalError

    def busy(*args, **kw):
        raise OperationalError("SELECT 1", {}, Exception("database is locked"))
    w.client(w.li)
    w.monkeypatch.setattr(callers, "who", busy)
    return w.ask(w.li, "GET", "/me")


@provokes("not_ready")
def _(w):
    w.monkeypatch.setattr(health, "newest_revision", lambda: "9999_ahead")
    return w.ask(None, "GET", "//readyz")


# People ----------------------------------------------------------------------------------------------------------------------

@provokes("own_join")
def _(w):
    return w.ask(w.wang, "POST", f"/residents/{w.wang.id}/join", {"resident_token": w.code_of(w.wang)})


@provokes("already_joined")
def _(w):
    granny, phone = w.granny(), w.newcomer()
    w.ok(w.wang, "POST", f"/residents/{granny}/join", {"resident_token": w.code_of(phone)})
    db.session.add(WeChatLogin(app_id="wxtest", openid="another", person_id=w.zhang.id, at=NOON))
    db.session.commit()
    return w.ask(w.wang, "POST", f"/residents/{granny}/join", {"resident_token": w.code_of(w.zhang)})


@provokes("holds_role")
def _(w):
    return w.ask(w.zhao, "POST", f"/residents/{w.granny()}/join", {"resident_token": w.code_of(w.wang)})


@provokes("own_request")
def _(w):
    household = w.ok(w.wang, "POST", "/households", {"area_id": str(w.town.grid_a.id), "name": "x"})
    asked = w.ok(w.wang, "POST", "/me/household-requests", {"household_id": household["id"]})
    return w.ask(w.wang, "POST", f"/household-requests/{asked['id']}/confirm")


@provokes("request_decided")
def _(w):
    household = w.ok(w.wang, "POST", "/households", {"area_id": str(w.town.grid_a.id), "name": "x"})
    asked = w.ok(w.li, "POST", "/me/household-requests", {"household_id": household["id"]})
    w.ok(w.wang, "POST", f"/household-requests/{asked['id']}/confirm")
    return w.ask(w.wang, "POST", f"/household-requests/{asked['id']}/refuse")


@provokes("own_role")
def _(w):
    return w.ask(w.zhao, "POST", f"/people/{w.zhao.id}/roles", {"role": "auditor", "area_id": str(w.town.grid_a.id)})


@provokes("username_taken")
def _(w):
    w.login()
    person = w.ok(w.zhao, "POST", f"/people/{w.li.id}/roles", {"role": "grid_worker", "area_id": str(w.town.grid_a.id)})
    assert person
    return w.ask(w.zhao, "POST", f"/people/{w.li.id}/password-reset", {"username": "wang"})


@provokes("reset_invalid")
def _(w):
    return w.ask(None, "POST", "/auth/reset", {"token": "x", "password": "a long password"})


@provokes("already_enrolled")
def _(w):
    body = {"display_name": "x", "home_area_id": str(w.town.grid_a.id), "id_number": "11010519491231002X"}
    w.ok(w.wang, "POST", "/residents", body)
    return w.ask(w.wang, "POST", "/residents", body)


@provokes("already_revoked")
def _(w):
    card = w.ok(w.wang, "POST", f"/residents/{w.li.id}/card")
    w.ok(w.wang, "POST", f"/cards/{card['id']}/revoke")
    return w.ask(w.wang, "POST", f"/cards/{card['id']}/revoke")


@provokes("already_registered")
def _(w):
    return w.ask(w.zhao, "POST", "/merchants", {
        "name": "x", "uscc": w.lins_market.uscc, "area_id": str(w.town.community.id),
        "bank": {"account_name": "x", "bank_name": "x", "account_number": "6222020012345678"}})


@provokes("no_wechat_sign_in")
def _(w):
    return w.ask(w.li, "POST", "/me/phone", {"code": "x"})


@provokes("phone_code_invalid")
def _(w):
    db.session.add(WeChatLogin(app_id="wxtest", openid="li", person_id=w.li.id, at=NOON))
    db.session.commit()
    w.wechat(phone_number=CodeRefused("invalid code"))
    return w.ask(w.li, "POST", "/me/phone", {"code": "x"})


# Events and check-ins --------------------------------------------------------------------------------------------------------

@provokes("already_signed_up")
def _(w):
    event = w.event()
    w.ok(w.li, "POST", f"/events/{event}/sign-ups")
    return w.ask(w.li, "POST", f"/events/{event}/sign-ups")


@provokes("event_over")
def _(w):
    event = w.event()
    w.clock.now += timedelta(hours=2)
    w.clients.clear()
    return w.ask(w.li, "POST", f"/events/{event}/sign-ups")


@provokes("event_cancelled")
def _(w):
    event = w.event()
    w.ok(w.wang, "POST", f"/events/{event}/cancel")
    return w.ask(w.li, "POST", f"/events/{event}/sign-ups")


@provokes("event_not_open")
def _(w):
    return w.ask(w.wang, "GET", f"/events/{w.event(publish=False)}/code")


@provokes("event_full")
def _(w):
    event = w.event(capacity=1)
    w.ok(w.zhang, "POST", f"/events/{event}/sign-ups")
    return w.scan(event)


@provokes("invalid_transition")
def _(w):
    return w.ask(w.wang, "POST", f"/events/{w.event()}/publish")


@provokes("has_check_ins")
def _(w):
    event = w.event()
    w.came(event)
    version = w.ask(w.wang, "GET", f"/events/{event}")("en").headers["ETag"]
    return w.ask(w.wang, "PUT", f"/events/{event}", {"points_per_hour": 20}, headers={"If-Match": version})


@provokes("already_checked_in")
def _(w):
    event = w.event()
    w.came(event)
    return w.scan(event)


@provokes("already_checked_out")
def _(w):
    event = w.event()
    w.came(event)
    w.came(event, "out")
    return w.scan(event, "out")


@provokes("not_checked_in")
def _(w):
    return w.scan(w.event(), "out")


@provokes("outside_check_in_time")
def _(w):
    return w.scan(w.event(starts_at="2026-05-07T03:00:00Z", ends_at="2026-05-07T05:00:00Z"))


@provokes("too_far")
def _(w):
    place = {"name": "x", "latitude": 29.56, "longitude": 106.57, "radius_m": 300}
    return w.scan(w.event(place=place), location={"latitude": 30.56, "longitude": 106.57})


@provokes("location_required")
def _(w):
    return w.scan(w.event(place={"name": "x", "latitude": 29.56, "longitude": 106.57, "radius_m": 300}))


@provokes("token_invalid")
def _(w):
    return w.ask(w.li, "POST", "/check-ins", {"token": "nothing-of-ours"})


@provokes("token_expired")
def _(w):
    asked = w.scan(w.event())
    w.clock.now += timedelta(seconds=60)
    return asked


@provokes("annul_too_late")
def _(w):
    made = w.came(w.event())
    w.clock.now += timedelta(minutes=w.settings.annul_minutes, seconds=1)
    w.clients.clear()
    return w.ask(w.li, "POST", f"/check-ins/{made['id']}/annul", REASON)


@provokes("scan_key_reused")
def _(w):
    item = {"key": "1", "scanned_at": "2026-05-06T04:00:00Z", "event_id": w.event(), "resident_token": w.code_of(w.li), "direction": "in"}
    w.ok(w.wang, "POST", "/check-ins/batch", {"items": [item]})
    return w.ask(w.wang, "POST", "/check-ins/batch", {"items": [{**item, "direction": "out"}]})


# Activity records ------------------------------------------------------------------------------------------------------------

@provokes("own_record")
def _(w):
    return w.decide(w.deed(w.wang), "approve", w.wang)


@provokes("already_approved_by_you")
def _(w):
    record = w.deed()
    w.decide(record, "approve", w.wang)("en")
    return w.decide(record, "approve", w.wang)


@provokes("already_decided")
def _(w):
    record = w.deed()
    w.decide(record, "reject", w.wang, REASON)("en")
    return w.decide(record, "approve", w.wang)


@provokes("fund_exhausted")
def _(w):
    record = w.deed()
    w.decide(record, "approve", w.wang)("en")
    return w.decide(record, "approve", w.zhao)


@provokes("not_credited")
def _(w):
    return w.decide(w.deed(), "reverse", w.zhao, REASON)


@provokes("already_objected")
def _(w):
    record = w.deed()
    w.ok(w.li, "POST", f"/activity-records/{record}/objection", REASON)
    return w.ask(w.li, "POST", f"/activity-records/{record}/objection", REASON)


@provokes("objection_decided")
def _(w):
    made = w.ok(w.li, "POST", f"/activity-records/{w.deed()}/objection", REASON)
    w.ok(w.zhao, "POST", f"/objections/{made['id']}/decide", {"decision": "dismiss", **REASON})
    return w.ask(w.zhao, "POST", f"/objections/{made['id']}/decide", {"decision": "dismiss", **REASON})


@provokes("not_a_picture")
def _(w):
    return w.ask(w.li, "POST", "/evidence", data=b"GIF89a", content_type="image/png")


@provokes("picture_refused")
def _(w):
    drawn = io.BytesIO()
    Image.new("RGB", (8, 8)).save(drawn, "PNG")
    picture = w.ok(w.li, "POST", "/evidence", data=drawn.getvalue(), content_type="image/png")["id"]
    found = db.session.get(Evidence, uuid.UUID(picture))
    found.record_id, found.state = uuid.UUID(w.deed()), CheckState.REFUSED
    db.session.commit()
    return w.ask(w.wang, "GET", f"/evidence/{picture}")


# Offers, coupons and the till ------------------------------------------------------------------------------------------------

@provokes("terms_fixed")
def _(w):
    offer = w.offer()
    w.coupon(offer)
    version = w.ask(w.zhao, "GET", f"/offers/{offer}")("en").headers["ETag"]
    return w.ask(w.zhao, "PUT", f"/offers/{offer}", {"face_value_fen": 6}, headers={"If-Match": version})


@provokes("insufficient_points")
def _(w):
    return w.ask(w.li, "POST", "/coupons", {"offer_id": w.offer()})


@provokes("limit_reached")
def _(w):
    offer = w.offer(per_resident_limit=1)
    w.coupon(offer)
    return w.ask(w.li, "POST", "/coupons", {"offer_id": offer})


@provokes("out_of_stock")
def _(w):
    offer = w.offer(stock=1)
    w.coupon(offer)
    return w.ask(w.li, "POST", "/coupons", {"offer_id": offer})


@provokes("offer_not_on_sale")
def _(w):
    offer = w.offer()
    w.ok(w.zhao, "POST", f"/offers/{offer}/pause")
    return w.ask(w.li, "POST", "/coupons", {"offer_id": offer})


@provokes("coupon_already_used")
def _(w):
    coupon = w.coupon()
    w.redeem(coupon["short_code"])("en")
    return w.ask(w.li, "GET", f"/coupons/{coupon['id']}/code")


@provokes("coupon_expired")
def _(w):
    coupon = w.coupon()
    w.clock.now += timedelta(days=30)
    w.clients.clear()
    return w.redeem(coupon["short_code"])


@provokes("coupon_void")
def _(w):
    coupon = w.coupon()
    w.ok(w.li, "POST", f"/coupons/{coupon['id']}/refund")
    return w.redeem(coupon["short_code"])


@provokes("coupon_code_invalid")
def _(w):
    return w.redeem("1" * 12)


@provokes("coupon_code_expired")
def _(w):
    token = w.ok(w.li, "GET", f"/coupons/{w.coupon()['id']}/code")["token"]
    w.clock.now += timedelta(seconds=w.settings.coupon_code_seconds)
    return w.redeem(token)


@provokes("wrong_shop")
def _(w):
    shop = str(db.session.scalar(select(Shop.id).filter_by(merchant_id=w.clinic.id)))
    return w.redeem(w.coupon()["short_code"], person=w.kang, shop=shop)


@provokes("shop_suspended")
def _(w):
    coupon = w.coupon()
    w.ok(w.zhao, "POST", f"/shops/{w.shop}/suspend")
    return w.redeem(coupon["short_code"])


@provokes("below_minimum_spend")
def _(w):
    return w.redeem(w.coupon(min_spend_fen=3000)["short_code"], spend_fen=2999)


@provokes("reversal_too_late")
def _(w):
    used = w.used()
    w.clock.now += timedelta(minutes=w.settings.reversal_minutes, seconds=1)
    w.clients.clear()
    return w.ask(w.mei, "POST", f"/redemptions/{used['id']}/reverse", REASON)


@provokes("already_settled")
def _(w):
    used = w.used()
    w.clock.now += timedelta(minutes=w.settings.reversal_minutes, seconds=1)
    w.clients.clear()
    w.ok(w.zhao, "POST", "/settlements", {"merchant_id": str(w.lins_market.id), "period_start": "2026-05-01", "period_end": "2026-05-31"})
    return w.ask(w.zhao, "POST", f"/redemptions/{used['id']}/reverse", REASON)


# Credit ----------------------------------------------------------------------------------------------------------------------

@provokes("already_in_scheme")
def _(w):
    w.file()
    return w.ask(w.li, "POST", "/me/credit-files/join", {"kind": "resident"})


@provokes("not_in_scheme")
def _(w):
    return w.ask(w.li, "POST", "/me/credit-files/leave", {"kind": "resident"})


@provokes("no_household")
def _(w):
    return w.ask(w.zhao, "POST", "/me/credit-files/join", {"kind": "household"})


@provokes("no_rulebook")
def _(w):
    return w.ask(w.li, "GET", f"/credit-files/{w.file(rules=False)}/score")


@provokes("not_in_scheme_then")
def _(w):
    return w.ask(w.li, "GET", f"/credit-files/{w.file()}/score?on=2026-05-05")


@provokes("own_file")
def _(w):
    return w.enter(w.file(w.wang))


@provokes("minors_fault")
def _(w):
    people.seal_papers(w.li, {"id_number": "500103201201010015"}, KEYS)
    db.session.commit()
    return w.enter(w.file(), "litter")


@provokes("left_out")
def _(w):
    file = w.file()
    w.ok(w.li, "POST", "/me/credit-files/volunteering", {"left_out": True})
    return w.enter(file, "volunteering")


@provokes("unknown_item")
def _(w):
    return w.enter(w.file(), "nothing")


@provokes("looks_the_same")
def _(w):
    file = w.file()
    w.enter(file)("en")
    return w.enter(file)


@provokes("already_voided")
def _(w):
    made = w.enter(w.file())("en").json["id"]
    w.ok(w.zhao, "POST", f"/credit-entries/{made}/void", REASON)
    return w.ask(w.zhao, "POST", f"/credit-entries/{made}/void", REASON)


@provokes("fact_ended")
def _(w):
    file = w.ok(w.li, "POST", "/me/credit-files/join", {"kind": "household"})["id"]
    fact = w.ok(w.wang, "POST", f"/credit-files/{file}/facts", {"kind": "loan", "label": "x", "from_on": "2026-01-01", "source": "x"})["id"]
    w.ok(w.wang, "POST", f"/credit-file-facts/{fact}/end")
    return w.ask(w.wang, "POST", f"/credit-file-facts/{fact}/end")


@provokes("not_this_table")
def _(w):
    return w.table("a,b\n1,2")


@provokes("row_unreadable")
def _(w):
    return w.table(f"{HEAD}1,11010519491231002X,litter,yesterday,x")


@provokes("no_such_file")
def _(w):
    return w.table(f"{HEAD}1,11010519491231002X,litter,2026-05-06,x")


@provokes("taken_already")
def _(w):
    people.seal_papers(w.li, {"id_number": "11010519491231002X"}, KEYS)
    db.session.commit()
    w.file()
    ask = w.table(f"{HEAD}1,11010519491231002X,mediation,2026-05-06,x")
    assert ask("en").json["entered"] == 1
    return ask


@provokes("own_household")
def _(w):
    return w.ask(w.wang, "POST", f"/households/{w.wang.household_id}/split", {"name": "x", "person_ids": [str(w.wang.id)], "on": "2026-05-06"})


@provokes("not_of_household")
def _(w):
    return w.ask(w.wang, "POST", f"/households/{w.li.household_id}/members/{w.zhang.id}/leave", {"on": "2026-05-06", "how": "died"})


@provokes("rulebook_exists")
def _(w):
    w.rulebook()
    return w.ask(w.zhao, "POST", "/rulebooks", {"area_id": str(w.town.community.id), "kind": "resident", "title_zh": "x", "title_en": "x"})


@provokes("no_template")
def _(w):
    return w.ask(w.zhao, "POST", f"/rulebooks/{w.rulebook()}/versions", credit_books.OWN)


@provokes("too_many_own_items")
def _(w):
    return w.ask(w.zhao, "POST", f"/rulebooks/{w.rulebook()}/versions", credit_books.sent(*({"code": f"c{n}"} for n in range(6))))


@provokes("own_item_too_large")
def _(w):
    return w.ask(w.zhao, "POST", f"/rulebooks/{w.rulebook()}/versions", credit_books.sent({"each": "2.01"}))


@provokes("not_this_step")
def _(w):
    return w.ask(w.zhao, "POST", f"/rulebook-versions/{w.version()}/publish", {"in_force_from": "2026-06-01"})


@provokes("consultation_runs")
def _(w):
    return w.ask(w.zhao, "POST", f"/rulebook-versions/{w.consulted()}/vote", VOTE | {"voted_on": "2026-05-06"})


@provokes("consultation_over")
def _(w):
    version = w.consulted()
    w.clock.now += timedelta(days=7)
    w.clients.clear()
    return w.ask(w.li, "POST", f"/rulebook-versions/{version}/comments", {"said": "x"})


@provokes("comment_answered")
def _(w):
    comment = w.ok(w.li, "POST", f"/rulebook-versions/{w.consulted()}/comments", {"said": "x"})["id"]
    w.ok(w.zhao, "POST", f"/rulebook-comments/{comment}/answer", {"answer": "x"})
    return w.ask(w.zhao, "POST", f"/rulebook-comments/{comment}/answer", {"answer": "x"})


@provokes("turnout_too_low")
def _(w):
    version = w.consulted()
    w.clock.now += timedelta(days=7)
    w.clients.clear()
    return w.ask(w.zhao, "POST", f"/rulebook-versions/{version}/vote", VOTE | {"present": 5})


# Measures, letters, objections, repair -----------------------------------------------------------------------------------------

@provokes("reward_ended")
def _(w):
    book = credit_books.draft(w.town.community, credit_books.SMALL, by=w.zhao).rulebook_id
    made = w.ok(w.zhao, "POST", f"/rulebooks/{book}/rewards", measure_rows.REWARD)["id"]
    w.ok(w.zhao, "POST", f"/rewards/{made}/end", {"on": "2026-06-01"})
    return w.ask(w.zhao, "POST", f"/rewards/{made}/end", {"on": "2026-06-01"})


@provokes("list_ended")
def _(w):
    made = measure_rows.a_list(w.head)
    w.ok(w.head, "POST", f"/constraint-lists/{made.id}/end", {"on": "2026-06-01"})
    return w.ask(w.head, "POST", f"/constraint-lists/{made.id}/end", {"on": "2026-06-01"})


@provokes("list_not_in_force")
def _(w):
    return w.limit(w.file(), from_on="2023-12-31")


@provokes("list_not_for_persons")
def _(w):
    return w.limit(w.file(), for_persons=False)


@provokes("no_person_basis")
def _(w):
    return w.limit(w.file(), person_basis=None)


@provokes("out_of_proportion")
def _(w):
    return w.limit(w.file(), months=13)


@provokes("second_person")
def _(w):
    made = w.limit(w.file())("en").json["id"]
    return w.ask(w.zhao, "POST", f"/constraints/{made}/confirm")


@provokes("confirmed_already")
def _(w):
    made = w.limit(w.file())("en").json["id"]
    w.ok(w.qian, "POST", f"/constraints/{made}/confirm")
    return w.ask(w.qian, "POST", f"/constraints/{made}/confirm")


@provokes("inspection_done")
def _(w):
    measure_rows.merchants_file(w.lins_market, w.zhao, w.town)
    plan = w.ok(w.zhao, "POST", "/inspection-plans", measure_rows.inspected(w.town))["id"]
    visit = w.ok(w.zhao, "GET", f"/inspection-plans/{plan}/inspections")["items"][0]["id"]
    found = {"result": "clean", "found": "x", "done_on": "2026-05-06"}
    w.ok(w.zhao, "POST", f"/inspections/{visit}/result", found)
    return w.ask(w.zhao, "POST", f"/inspections/{visit}/result", found)


@provokes("list_closed")
def _(w):
    w.file()
    made = w.ok(w.zhao, "POST", "/support-lists", measure_rows.supported(w.town) | {"opens_on": "2026-05-07"})["id"]
    return w.ask(w.li, "POST", f"/support-lists/{made}/applications", {"asked": "x"})


@provokes("applied_already")
def _(w):
    w.file()
    made = w.supported()
    return w.ask(w.li, "POST", f"/support-lists/{made['list_id']}/applications", {"asked": "x"})


@provokes("list_full")
def _(w):
    w.file()
    first = w.supported()
    w.ok(w.zhang, "POST", "/me/credit-files/join", {"kind": "resident"})
    second = w.ok(w.zhang, "POST", f"/support-lists/{first['list_id']}/applications", {"asked": "x"})["id"]
    w.ok(w.zhao, "POST", f"/support-applications/{first['id']}/decide", {"decision": "grant", **REASON})
    return w.ask(w.zhao, "POST", f"/support-applications/{second}/decide", {"decision": "grant", **REASON})


@provokes("application_decided")
def _(w):
    w.file()
    made = w.supported()
    w.ok(w.li, "POST", f"/support-applications/{made['id']}/withdraw")
    return w.ask(w.li, "POST", f"/support-applications/{made['id']}/withdraw")


@provokes("limited")
def _(w):
    made = w.limit(w.file(), scene="support_list")("en").json["id"]
    w.ok(w.qian, "POST", f"/constraints/{made}/confirm")
    support = w.ok(w.zhao, "POST", "/support-lists", measure_rows.supported(w.town))["id"]
    return w.ask(w.li, "POST", f"/support-lists/{support}/applications", {"asked": "x"})


@provokes("receiver_registered")
def _(w):
    credit_books.in_force(w.town.district, by=w.zhao)
    w.receiver()
    return w.ask(w.zhao, "POST", "/letter-receivers", measure_rows.receiver(w.town))


@provokes("receiver_ended")
def _(w):
    credit_books.in_force(w.town.district, by=w.zhao)
    made = w.receiver()
    w.ok(w.zhao, "POST", f"/letter-receivers/{made}/end")
    return w.ask(w.zhao, "POST", f"/letter-receivers/{made}/end")


@provokes("not_reached")
def _(w):
    w.file()
    return w.ask(w.li, "POST", "/letters", {"receiver_id": w.receiver(grade="A"), "kind": "resident"})


@provokes("no_such_grade_here")
def _(w):
    w.file()
    receiver = w.receiver()
    others = [{**grade, "code": f"{grade['code']}+"} for grade in credit_books.GRADES]
    credit_books.in_force(w.town.community, {**credit_books.SMALL, "grades": others}, by=w.zhao)
    return w.ask(w.li, "POST", "/letters", {"receiver_id": receiver, "kind": "resident"})


@provokes("letter_sent")
def _(w):
    sent = w.letter()
    return w.ask(w.li, "POST", f"/letters/{sent['letter']['id']}/send")


@provokes("letter_withdrawn")
def _(w):
    sent = w.letter()
    w.ok(w.li, "POST", f"/letters/{sent['letter']['id']}/withdraw")
    return w.ask(None, "GET", f"/letters/{sent['code']}")


@provokes("letter_lapsed")
def _(w):
    credit_books.in_force(w.town.district, by=w.zhao)
    file = credit_books.file_of(w.li)
    for _ in range(5):
        credit_books.entry(file, "mediation", date(2025, 5, 10))
    draft = w.ok(w.li, "POST", "/letters", {"receiver_id": w.receiver(grade="A"), "kind": "resident"})
    sent = w.ok(w.li, "POST", f"/letters/{draft['id']}/send")
    w.clock.now += timedelta(days=4)
    return w.ask(None, "GET", f"/letters/{sent['code']}")


@provokes("letter_expired")
def _(w):
    sent = w.letter()
    w.clock.now += timedelta(days=61)
    return w.ask(None, "GET", f"/letters/{sent['code']}")


@provokes("already_disputed")
def _(w):
    fault = w.enter(w.file(), "litter")("en").json["id"]
    w.ok(w.li, "POST", f"/credit-entries/{fault}/objection", REASON)
    return w.ask(w.li, "POST", f"/credit-entries/{fault}/objection", REASON)


@provokes("dispute_decided")
def _(w):
    fault = w.enter(w.file(), "litter")("en").json["id"]
    made = w.ok(w.li, "POST", f"/credit-entries/{fault}/objection", REASON)["id"]
    w.ok(w.zhao, "POST", f"/credit-objections/{made}/decide", {"decision": "uphold", **REASON})
    return w.ask(w.zhao, "POST", f"/credit-objections/{made}/decide", {"decision": "uphold", **REASON})


@provokes("own_entry")
def _(w):
    fault = w.ok(w.zhao, "POST", f"/credit-files/{w.file()}/entries", {"code": "litter", "happened_on": "2026-05-06", "title": "x", "evidence": "x"})
    made = w.ok(w.li, "POST", f"/credit-entries/{fault['id']}/objection", REASON)["id"]
    return w.ask(w.zhao, "POST", f"/credit-objections/{made}/decide", {"decision": "uphold", **REASON})


@provokes("nothing_to_repair")
def _(w):
    return w.repair(w.enter(w.file())("en").json["id"])


@provokes("too_early")
def _(w):
    return w.repair(w.enter(w.file(), "litter")("en").json["id"])


@provokes("fault_again")
def _(w):
    file, fault = w.old_fault()
    credit_books.entry(file, "litter", date(2026, 2, 1))
    return w.repair(fault)


@provokes("repair_asked")
def _(w):
    fault = w.old_fault()[1]
    w.repair(fault)("en")
    return w.repair(fault)


@provokes("repair_decided")
def _(w):
    made = w.repair(w.old_fault()[1])("en").json["id"]
    w.ok(w.li, "POST", f"/repairs/{made}/withdraw")
    return w.ask(w.zhao, "POST", f"/repairs/{made}/decide", {"decision": "grant", **REASON})


@provokes("plan_runs")
def _(w):
    w.plan(w.li)("en")
    return w.plan(w.li)


@provokes("own_plan")
def _(w):
    return w.plan(w.zhao)


@provokes("plan_closed")
def _(w):
    made = w.plan(w.li)("en").json["id"]
    w.ok(w.zhao, "POST", f"/correction-plans/{made}/close")
    return w.ask(w.zhao, "POST", f"/correction-plans/{made}/close")


civility_refusals.register(provokes)
review_refusals.register(provokes)
culture.register(provokes)


# -----------------------------------------------------------------------------------------------------------------------------

def contents(but=frozenset()) -> dict:
    """Every row of every table, but of those that may change."""
    db.session.rollback()
    db.session.expire_all()
    found = {table.name: sorted(map(repr, db.session.execute(select(table)).all())) for table in db.metadata.sorted_tables if table.name not in but}
    db.session.rollback()
    return found


def problem_of(reply) -> dict:
    """The answer itself, or of a batch's only item."""
    if reply.status_code == 200:
        item, = reply.json["items"]
        assert item["status"] == item["problem"]["status"]
        return item["problem"]
    assert reply.mimetype == "application/problem+json"
    assert reply.headers["X-Request-ID"] == reply.json["request_id"]
    assert HEADERS.get(reply.status_code) is None or reply.headers[HEADERS[reply.status_code]]
    assert reply.status_code == reply.json["status"]
    return reply.json


def said(problem: dict) -> str:
    return " ".join([problem["title"], problem["detail"], *(sentence for found in problem.get("errors", {}).values() for sentence in found)])


def english_in(text: str) -> list[str]:
    for name in NOT_TRANSLATED:
        text = text.replace(name, "")
    return re.findall(r"[A-Za-z]{2,}", text)


@contextmanager
def changing_nothing(code):
    but = KEPT | LEAVES.get(code, set())
    before = contents(but)
    yield
    after = contents(but)
    assert {name for name in after if after[name] != before[name]} == set()


def test_every_code_of_the_list_is_provoked_here_and_no_other():
    assert set(PROVOKERS) == set(STATUS_OF)


def test_every_field_beside_the_shape_stands_in_the_contract():
    assert [field for fields in EXTRA.values() for field in fields if f"`{field}`" not in CONTRACT] == []


@pytest.mark.parametrize("code", STATUS_OF)
def test_it_is_refused_as_the_contract_says_and_nothing_changes(code, world):
    if code not in PROVOKERS:
        pytest.fail(f"no provoker of {code}")
    ask = PROVOKERS[code](world)
    with changing_nothing(code):
        chinese, english = (problem_of(ask(language)) for language in ("zh-CN", "en"))
    for problem in (chinese, english):
        assert (problem["code"], problem["status"], problem["type"]) == (code, STATUS_OF[code], f"urn:linli:problem:{code}"), problem
        errors = {"errors"} if problem["status"] == 422 else set()
        assert set(problem) == SHAPE | errors | EXTRA.get(code, set())
    assert english_in(said(chinese)) == []
    assert re.search(r"[\u4e00-\u9fff]", chinese["title"]) and re.search(r"[\u4e00-\u9fff]", chinese["detail"])
    assert not re.search(r"[\u4e00-\u9fff]", said(english))
