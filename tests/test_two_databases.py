"""The same requests, good and bad, get the same answers on SQLite and on PostgreSQL: status, code and body.

What is asked is drawn by chance from the OpenAPI document, about the rows of a town in which something has happened and those that
come of it. Ids and codes differ, and are compared by the order in which they appear. SEED and STEPS may be given.
"""
import json
import os
import re
import uuid
from dataclasses import replace
from datetime import timedelta
from random import Random

import pytest

from api import create_app
from models import Role, db
from services import ledger
from services.access import sign_in
from services.people import people
from tests.conftest import NOON, make_fund, make_person, make_town, merchant, new_key
from tests.databases import copied
from tests.test_architecture import views
from tests.test_strangers import make_rows

SEED = int(os.environ.get("SEED", "1"))
STEPS = int(os.environ.get("STEPS", "250"))
NOT_ASKED = re.compile(r"/auth/wechat|/me/phone|/mini-program|\.pdf|\.xlsx|/metrics|/subscriptions|/logout|/refresh|/reset")
UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}")
CODE = re.compile(r"\b[IORCKPQ][A-Za-z0-9_-]{28}\b|\b[PQ][A-Za-z0-9_-]{8}\b|\b\d{12}\b|vg[rbp]_[\w-]+")
BY_CHANCE = {"short_code", "next_cursor", "request_id", "token", "url", "password", "seed"}
WORDS = ("x", "清扫", "Clean-up", "clean", "李", "é", "e\u0301", "%", "_", "\\", "' OR 1=1 --", "𠮷", "🙂", " ", "", "a\u0000b", "\ud800", "x" * 90,
         "x" * 9000, "1", "True", "null", "\u202e", "ＡＢＣ")
NUMBERS = (0, 1, 2, 5, 10, 50, 100, -1, 1.5, 2.0, 2**31, 2**53, 2**63, 10**30, True, "5", 1e400, -0.0)
MOMENTS = ("2026-05-06T03:00:00Z", "2026-05-06T12:00:00+08:00", "2026-05-06T06:00:00.123456Z", "2026-05-07T04:00:00Z", "2026-06-01T00:00:00Z",
           "2026-05-06", "0001-01-01T00:00:00Z", "9999-12-31T23:59:59-14:00", "2038-01-19T03:14:08Z", "2026-05-06T12:00:00", "x")
DAYS = ("2026-05-01", "2026-05-06", "2026-05-31", "2026-02-29", "9999-12-31", "0001-01-01", "2026-05-06T00:00:00Z", "x")
GOOD = 0.9  # how often a value is one that could be meant
MADE_AT = {"events": "event_id", "activity-records": "record_id", "offers": "offer_id", "coupons": "coupon_id", "redemptions": "redemption_id",
           "settlements": "settlement_id", "residents": "person_id", "households": "household_id", "funds": "fund_id", "merchants": "merchant_id",
           "shops": "shop_id", "objection": "objection_id", "check-ins": "check_in_id", "card": "card_id", "household-requests": "request_id",
           "join": "file_id", "entries": "entry_id", "facts": "fact_id", "rulebooks": "rulebook_id", "versions": "rulebook_version_id",
           "comments": "comment_id", "rewards": "reward_id", "constraint-lists": "constraint_list_id", "constraints": "constraint_id",
           "inspection-plans": "inspection_plan_id", "support-lists": "list_id", "applications": "application_id", "repair": "repair_id",
           "credit-entries/objection": "credit_objection_id", "letter-receivers": "receiver_id", "letters": "letter_id",
           "correction-plans": "plan_id", "review-rounds": "review_round_id", "honours": "honour_id", "knowledge-pages": "knowledge_page_id",
           "culture-days": "culture_day_id", "civility/versions": "version_id", "periods": "period_id", "places": "place_id",
           "questionnaires": "questionnaire_id", "rounds": "round_id", "remarks": "remark_id", "department-figures": "figure_id",
           "evidence": "evidence_id", "roles": "role_id"}
MADE_BESIDE = {"area_id", "code", "community_id", "day", "inspection_id", "kind", "message_id", "picture_id", "purpose", "row_id", "seat_id", "token",
               "visit_id"}  # of what comes with something else, and what is no id
WHO = (  # the cast and their roles; those of the admin decide most
    ("赵主任", ("area_admin", "grid_worker", "auditor")), ("钱主任", ("area_admin",)), ("王网格", ("grid_worker",)), ("梅店员", ("merchant_clerk",)),
    ("林老板", ("merchant_owner",)), ("李娜", ()), ("张伟", ()))


def differences(one, other, at=""):
    """Where the two answers differ."""
    if isinstance(one, dict) and isinstance(other, dict) and one.keys() == other.keys():
        return [found for name in one for found in differences(one[name], other[name], f"{at}.{name}")]
    if isinstance(one, list) and isinstance(other, list) and len(one) == len(other):
        return [found for place, pair in enumerate(zip(one, other, strict=True)) for found in differences(*pair, f"{at}[{place}]")]
    return [] if one == other else [(at, one, other)]


class Twin:
    """The town on one of the two, its people's tokens, and the ids that were seen, in their order."""

    def __init__(self, app, settings):
        self.app, self.ids = app, []
        with app.app_context():
            self._settle_in(settings)
            db.session.remove()

    def _settle_in(self, settings):
        town = make_town()
        market = merchant(town, "林记超市", "91110000600037341L")
        cast = [make_person(name, town.grid_b if "area_admin" in roles else town.grid_a, household=name) for name, roles in WHO]
        for person, (_, roles) in zip(cast, WHO, strict=True):
            for role in roles:
                of_shop = role.startswith("merchant")
                people.grant(person, Role(role), now=NOON, area=None if of_shop else town.community, merchant_id=market.id if of_shop else None)
        db.session.commit()
        cast = [sign_in.load(person.id, NOON) for person in cast]
        zhao, _, wang, mei, _, li, zhang = cast
        self.tokens = [sign_in.begin(person, settings=settings, now=NOON).access_token for person in cast]
        db.session.commit()

        def as_(person):
            client = self.app.test_client()
            client.environ_base["HTTP_AUTHORIZATION"] = f"Bearer {sign_in.begin(person, settings=settings, now=NOON).access_token}"
            db.session.commit()
            return client
        rows = make_rows(as_, town, li, wang, zhao, mei, market, make_fund(town, zhao), new_key)
        self.rows = {name: value for name, value in rows.items() if name != "kind"} | {"zhang": str(zhang.id), "community": str(town.community.id)}
        self.ids = list(self.rows.values())

    def ask(self, method, path, query, body, who, headers):
        """With an id of this twin's own for each `{#n}`."""
        def own(text):
            return re.sub(r"\{#(\d+)\}", lambda found: self.ids[int(found[1])], text)
        answer = self.app.test_client().open(
            own(path), method=method, query_string=own(query), data=own(body) if body is not None else None, content_type="application/json",
            headers={**headers, "Authorization": f"Bearer {self.tokens[who]}"})
        told = answer.get_json(silent=True) if "json" in (answer.mimetype or "") else answer.mimetype
        return answer.status_code, self._plain(told)

    def _plain(self, told, key=""):
        if isinstance(told, dict):
            return {name: self._plain(value, name) for name, value in told.items()}
        if isinstance(told, list):
            return [self._plain(each) for each in told]
        if not isinstance(told, str):
            return told
        if key in BY_CHANCE:
            return "by chance"
        return CODE.sub("a code", UUID.sub(lambda found: f"#{self._number(found[0])}", told))

    def _number(self, id):
        if id not in self.ids:
            self.ids.append(id)
        return self.ids.index(id)


class Script:
    """What is asked next, by chance."""

    def __init__(self, app, rows, seed):
        self.document, self.chance, self.keys = app.test_client().get("/api/v1/openapi.json").get_json(), Random(seed), []
        self.rows = {name: [place] for place, name in enumerate(rows)}  # which of the ids are of this kind
        self.lets_in = {(method, re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", rule.rule)): view.lets_in
                        for rule, view in views(app) for method in rule.methods}
        document = self.document
        self.calls = [(method.upper(), path, operation) for path, operations in sorted(document["paths"].items()) if not NOT_ASKED.search(path)
                      for method, operation in sorted(operations.items()) if method in ("get", "post", "put", "delete")]
        self.calls += [call for call in self.calls if call[0] != "GET"]  # changes twice as often

    def note(self, asked, answer):
        """What was made is of its kind, and may be asked for from now on."""
        status, told = answer
        first, last = asked[1].removeprefix("/api/v1/").split("/")[0], asked[1].rpartition("/")[2]
        name = MADE_AT.get(f"{first}/{last}", MADE_AT.get(last))
        if status == 201 and name and isinstance(told, dict) and "id" in told:
            self.rows.setdefault(name, []).append(int(told["id"].removeprefix("#")))
        if status in (200, 201) and isinstance(told, dict) and told.get("activity_record_id"):
            self.rows["record_id"].append(int(told["activity_record_id"].removeprefix("#")))

    def next(self, known):
        method, path, operation = self.chance.choice(self.calls)
        may = [place for place, (_, roles) in enumerate(WHO) if set(self.lets_in.get((method, path), ())) & {*roles, "resident"}]
        who = self.chance.choice(may) if may and self.chance.random() < GOOD else self.chance.randrange(len(WHO))
        for name in re.findall(r"\{(\w+)\}", path):
            path = path.replace(f"{{{name}}}", self._row(name, known), 1)
        query = "&".join(f"{each['name']}={self._text(each['name'], each['schema'], known)}" for each in operation.get("parameters", ())
                         if each.get("in") == "query" and self.chance.random() < 0.3)
        body = operation.get("requestBody", {}).get("content", {}).get("application/json", {}).get("schema")
        body = None if method in ("GET", "DELETE") else json.dumps(self._value(body, known) if body else {})
        if self.keys and self.chance.random() < 0.1:
            key = self.chance.choice(self.keys)
        else:
            key = f"key-{len(self.keys)}"
            self.keys.append(key)
        return method, path, query, body, who, {"Idempotency-Key": key, "If-Match": self.chance.choice(('"1"', '"2"', "x")),
                                                                    "Accept-Language": self.chance.choice(("en", "zh-CN"))}

    def _row(self, name, known):
        if name in self.rows and self.chance.random() < GOOD:
            return f"{{#{self.chance.choice(self.rows[name][-6:])}}}"
        if name.endswith("_id"):
            return f"{{#{self.chance.randrange(known)}}}" if self.chance.random() < GOOD else str(uuid.UUID(int=7))
        return self.chance.choice(("check_in", "posting", "coupon", "settlement", "x"))

    def _text(self, name, schema, known):
        value = str(self._value(schema, known, name)).encode("utf-8", "replace").decode()
        return value if value.startswith("{#") else re.sub("[&#]", "", value)

    def _value(self, schema, known, name=""):
        if "$ref" in schema:
            schema = self.document["components"]["schemas"][schema["$ref"].rpartition("/")[2]]
        if options := schema.get("anyOf") or schema.get("oneOf"):
            schema = self.chance.choice(options)
        kind = schema.get("type")
        kind = self.chance.choice(kind) if isinstance(kind, list) else kind
        if "enum" in schema:
            return self.chance.choice([*schema["enum"]] * 5 + ["x", 1])
        if kind == "object":
            needed = schema.get("required", ())
            return {name: self._value(each, known, name) for name, each in schema.get("properties", {}).items()
                    if not each.get("readOnly") and self.chance.random() < (0.98 if name in needed else 0.5)}
        if kind == "array":
            return [self._value(schema["items"], known, name.replace("_ids", "_id")) for _ in range(self.chance.choice((0, 1, 1, 2)))]
        if kind in ("integer", "number"):
            low, high = schema.get("minimum", 0), min(schema.get("maximum", 100), 1000)
            return self.chance.randint(int(low), max(int(low), int(high))) if self.chance.random() < GOOD else self.chance.choice(NUMBERS)
        if kind == "boolean":
            return self.chance.choice((True, False, True, False, "true", None))
        if kind == "null":
            return None
        return self._string("points" if r"\.[0-9]{1,2}" in schema.get("pattern", "") else schema.get("format"), known, name)

    def _string(self, form, known, name):
        good = self.chance.random() < GOOD
        if form == "uuid":
            return self._row(name if name.endswith("_id") else "x_id", known)
        if form == "date-time":
            return self.chance.choice(MOMENTS[:5] if good else MOMENTS)
        if form == "date":
            return self.chance.choice(DAYS[:3] if good else DAYS)
        if form == "points":
            return self.chance.choice(("1", "-1", "2", "0.5", "100", "0") if good else ("2.01", "1e3", "0.001", "x", "", "9999999"))
        return self.chance.choice(WORDS[:5] if good else WORDS)


@pytest.fixture
def settings(settings):
    return replace(settings, access_token_minutes=10**6, refresh_token_days=10**4, wechat_check_content=False)


@pytest.fixture
def twins(app, settings, clock, templates, tmp_path):
    elsewhere = replace(settings, database_url=copied(templates("sqlite"), tmp_path))
    other = create_app(elsewhere, clock=clock)
    with other.app_context():
        ledger.open_town_wallets()
        db.session.commit()
    db.session.remove()
    yield Twin(app, settings), Twin(other, elsewhere)
    with other.app_context():
        db.session.remove()
        db.engine.dispose()


@pytest.mark.only("postgresql")
def test_what_is_made_is_asked_for_afterwards(app):
    named = {name for path in app.test_client().get("/api/v1/openapi.json").get_json()["paths"] for name in re.findall(r"\{(\w+)\}", path)}
    assert named == {*MADE_AT.values()} | MADE_BESIDE


@pytest.mark.only("postgresql")
@pytest.mark.timeout(120 + STEPS // 5)
def test_both_give_the_same_answers(twins, clock):
    one, other = twins
    assert one.rows.keys() == other.rows.keys()
    script = Script(one.app, one.rows, SEED)
    seen = {}
    for step in range(STEPS):
        if script.chance.random() < 0.05:
            clock.now += timedelta(minutes=script.chance.choice((1, 7, 61)))
        asked = script.next(min(len(one.ids), len(other.ids)))
        answers = [twin.ask(*asked) for twin in twins]
        assert answers[0] == answers[1], (SEED, step, asked, *differences(answers[0][1], answers[1][1]))
        script.note(asked, answers[0])
        status = answers[0][0]
        assert status < 500 or answers[0][1]["code"] == "wechat_unavailable", (SEED, step, asked, answers[0])
        seen[status] = seen.get(status, 0) + 1
    print(f"SEED={SEED}: {seen}")
    assert seen.get(200, 0) + seen.get(201, 0) > STEPS // 10, seen
