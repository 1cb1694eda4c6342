"""Every route that takes a body × bodies that mean harm: a refusal in our own form, and nothing changed."""
import uuid

import pytest
from sqlalchemy import func, select

from models import Role, db
from services.access import sign_in
from services.people import people
from tests.conftest import NOON
from tests.test_architecture import views
from tests.test_strangers import rows  # noqa: F401  one of everything

JSON = "application/json"
DEEP, WIDE = "[" * 30_000, "{" + ",".join(f'"k{n}": {n}' for n in range(4000)) + "}"
HOSTILE = {
    "deep": DEEP, "deep and closed": "[" * 33 + "]" * 33, "deep objects": '{"a":' * 20_000, "wide": WIDE, "long": '{"a": "' + "x" * 70_000 + '"}',
    "nan": '{"a": NaN}', "infinity": "-Infinity", "long number": '{"a": ' + "9" * 5000 + "}", "large exponent": '{"a": 1e99999}',
    "twice": '{"a": 1, "a": 2}', "half": '{"a": ', "nothing": "", "null": "null", "text": '"x"', "list": "[]", "lists": "[[]]", "number": "0",
    "surrogate": '{"a": "\\ud800"}', "surrogate key": '{"\\udfff": 1}', "nul": '{"a": "\\u0000"}', "nul byte": b'{"a": "\0"}',
    "bom": b"\xef\xbb\xbf{}", "utf-16": '{"a": 1}'.encode("utf-16"), "latin-1": '{"a": "é"}'.encode("latin-1"), "overlong": b'{"a": "\xc0\x80"}',
    "proto": '{"__proto__": {"a": 1}}', "class": '{"__class__": "x"}', "operator": '{"a": {"$ne": null}}', "dots": '{"a.b": 1}',
    "key of nothing": '{"": 1}', "comment": '{"a": 1 /* x */}', "trailing comma": '{"a": 1,}', "single quotes": "{'a': 1}", "two": "{} {}"}
EMPTY = ("nothing", "null", "list", "number")  # to a route that takes no body these say nothing
OTHER_TYPES = ("text/plain", "application/xml", "multipart/form-data", "application/x-www-form-urlencoded", "application/json; charset=utf-7", "",
               "x" * 300)


@pytest.fixture
def everything(live, town, lins_market):
    """Somebody whom every route lets in."""
    person = live("全能", town.grid_a)
    for role in (Role.AREA_ADMIN, Role.GRID_WORKER, Role.AUDITOR):
        people.grant(person, role, now=NOON, area=town.community)
    people.grant(person, Role.MERCHANT_OWNER, now=NOON, merchant_id=lins_market.id)
    db.session.commit()
    return sign_in.load(person.id, NOON)


def counted():
    db.session.rollback()
    return {name: db.session.scalar(select(func.count()).select_from(table)) for name, table in db.metadata.tables.items()
            if name not in ("idempotency_keys", "refused_scans")}


@pytest.fixture
def send(app, rows, everything, as_):  # noqa: F811
    """Of these bodies every third to each route, and which ones goes round; gives how often, and what was answered otherwise than refused."""
    client = as_(everything)
    paths = [(rule, method) for rule, _ in views(app) if rule.rule.startswith("/api/v1") for method in ("POST", "PUT") if method in rule.methods]

    def run(bodies):
        asked, odd = 0, []
        for place, (rule, method) in enumerate(paths):
            path = rule.rule
            for name in rule.arguments:
                path = path.replace(f"<uuid:{name}>", rows.get(name, str(uuid.UUID(int=7)))).replace(f"<string:{name}>", "phone")
            for name, body, kind in bodies[place % 3::3]:
                reply = client.open(path, method=method, data=body, content_type=kind,
                                    headers={"Idempotency-Key": uuid.uuid4().hex, "If-Match": '"1"'})
                asked += 1
                if not (400 <= reply.status_code < 500 and reply.mimetype == "application/problem+json"):
                    odd.append((reply.status_code, method, path, name))
        return asked, odd
    return run


@pytest.mark.only("sqlite")
def test_no_route_takes_them_and_nothing_changes(send):
    before = counted()
    harmful = [(name, body, JSON) for name, body in HOSTILE.items() if name not in EMPTY]
    asked, odd = send(harmful + [(kind, '{"a": 1}', kind) for kind in OTHER_TYPES])
    assert asked > 600 and odd == []
    assert counted() == before


@pytest.mark.only("sqlite")
def test_what_says_nothing_is_refused_or_stands_for_no_body(send):
    _, odd = send([(name, HOSTILE[name], JSON) for name in EMPTY])
    assert {status for status, *_ in odd} <= {200, 201, 204}
