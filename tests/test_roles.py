"""Every route × who asks: a stranger, someone without the role, someone of another area."""
import re
import uuid

import pytest

from models import Role
from tests.test_architecture import views

NAMES_A_ROW = re.compile(r"[0-9a-f]{8}-[0-9a-f-]{27}")


def requests(app):
    """Each method of each route under /api/v1, with ids of nothing in its path."""
    for rule, view in views(app):
        if not rule.rule.startswith("/api/v1") or not view.lets_in:
            continue
        path = re.sub(r"<uuid:[^>]+>", lambda _: str(uuid.uuid4()), rule.rule)
        path = re.sub(r"<[^>]+>", "posting", path)
        for method in sorted(rule.methods - {"HEAD", "OPTIONS"}):
            yield method, path, view


@pytest.mark.parametrize("bad", ["", "Bearer", "Bearer x", "Basic eDp4", "Bearer " + "a.b.c"])
def test_without_a_sign_in_nothing_opens(app, bad):
    client = app.test_client()
    for method, path, _ in requests(app):
        reply = client.open(path, method=method, headers={"Authorization": bad} if bad else {})
        assert (reply.status_code, reply.json["code"]) == (401, "unauthenticated"), (method, path)


def test_without_the_role_every_route_of_staff_and_shops_is_closed(app, as_, li):
    client = as_(li)
    for method, path, view in requests(app):
        if Role.RESIDENT in view.lets_in:
            continue
        reply = client.open(path, method=method, headers={"Idempotency-Key": "k"}, json={} if method in ("POST", "PUT") else None)
        hidden = method == "GET" and NAMES_A_ROW.search(path) and "/events/" not in path
        expected = (404, "not_found") if hidden else (403, "forbidden")
        assert (reply.status_code, reply.json["code"]) == expected, (method, path)


def test_no_request_for_nothing_is_ever_a_crash(app, as_, zhou):
    client = as_(zhou)
    for method, path, _ in requests(app):
        reply = client.open(path, method=method, headers={"Idempotency-Key": uuid.uuid4().hex},
                            json={} if method in ("POST", "PUT") else None)
        assert reply.status_code < 500, (method, path, reply.data)
