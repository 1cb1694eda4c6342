"""Fifty values that nobody should read are sent in, and are nowhere in clear: not in the database, its log, a backup, our logs, nor in any answer."""
import io
import logging
from pathlib import Path

import pytest
from sqlalchemy import text

from api.edge.logs import JsonLines
from commands.backup import backup
from models import db
from services.people import residents
from services.people.identifiers import MOD_11_CHARACTERS, MOD_11_WEIGHTS, USCC_ALPHABET, USCC_WEIGHTS
from tests.test_architecture import views

PEOPLE, MERCHANTS = 12, 4
SEEN = "看得见的人"  # a display name, which is not sealed: what is looked for can be found


def id_number(n):
    body = f"5001031990{n + 1:02d}1{n % 9}{n + 100:03d}"[:17]
    return body + MOD_11_CHARACTERS[sum(int(digit) * weight for digit, weight in zip(body, MOD_11_WEIGHTS, strict=True)) % 11]


def uscc(n):
    body = f"9150010300000{n:04d}"
    return body + USCC_ALPHABET[-sum(USCC_ALPHABET.index(letter) * weight for letter, weight in zip(body, USCC_WEIGHTS, strict=True)) % 31]


@pytest.fixture
def lines(app):
    """Everything that is logged, by us and by what we use."""
    stream = io.StringIO()
    handlers = [logging.StreamHandler(stream), logging.StreamHandler(stream)]
    handlers[0].setFormatter(JsonLines())
    root, level = logging.getLogger(), logging.getLogger().level
    root.setLevel(logging.DEBUG)
    for logger, handler in zip((app.logger, root), handlers, strict=True):
        logger.addHandler(handler)
    yield stream
    for logger, handler in zip((app.logger, root), handlers, strict=True):
        logger.removeHandler(handler)
    root.setLevel(level)


@pytest.fixture
def canaries(lines, as_, town, wang, zhao, li, key, monkeypatch):
    """Sent in well, again, and among mistakes: names on papers, ID numbers, phones, bank accounts, a password, where somebody stood."""
    worker, admin, values = as_(wang), as_(zhao), []

    def send(client, path, body, *statuses):
        reply = client.post(f"/api/v1/{path}", json=body, headers=key())
        assert reply.status_code in statuses, reply.json
        return reply
    for n in range(PEOPLE):
        papers = {"paper_name": f"金丝雀{n:02d}号名", "id_number": id_number(n), "phone": f"139000{n:02d}7{n:02d}"}
        values += papers.values()
        body = {"display_name": SEEN, "home_area_id": str(town.grid_a.id), **papers}
        send(worker, "residents", body, 201)
        refused = [send(worker, "residents", body, 409), send(worker, "residents", body | {"unknown": papers["phone"]}, 422),
                   send(worker, "residents", body | {"language": papers["id_number"]}, 422), send(as_(li), "residents", body, 403)]
        assert not [value for value in papers.values() for reply in refused if value in reply.get_data(as_text=True)]
    with monkeypatch.context() as without_the_rule:
        without_the_rule.setattr(residents, "_refuse_known", lambda *_: None)
        send(worker, "residents", body, 409)  # by the constraint, which is logged
    for n in range(MERCHANTS):
        bank = {"bank_name": f"金丝雀银行{n}支行", "account_name": f"金丝雀户{n}", "account_number": f"62170012345678{n:05d}"}
        values += bank.values()
        body = {"name": f"{n} 号店", "uscc": uscc(n), "area_id": str(town.community.id), "bank": bank}
        send(admin, "merchants", body, 201)
        send(admin, "merchants", body, 409, 422)
    numbers = [value for value in values if len(value) == 18]
    table = "reference,id_number,code,happened_on,title\n" + "\n".join(f"{n},{number},x,2026-05-06,x" for n, number in enumerate(numbers))
    told = send(admin, "credit-entries/imports", {"kind": "resident", "area_id": str(town.community.id), "department": "x", "csv": table}, 200)
    assert told.json["refused"] == len(numbers) == PEOPLE and not [number for number in numbers if number in told.get_data(as_text=True)]
    send(admin, "credit-entries/imports", {"kind": "resident", "area_id": str(town.community.id), "department": "x", "csv": numbers[0]}, 422)
    password, latitude = "canary canary password", 29.5512345678
    values += [password, "51234567"]
    send(as_(li), "auth/password", {"username": "wang", "password": password}, 401)
    event = send(worker, "events", {
        "title": "x", "category": "x", "area_id": str(town.grid_a.id), "starts_at": "2026-05-06T03:00:00Z", "ends_at": "2026-05-06T05:00:00Z",
        "place": {"name": "x", "latitude": 29.55, "longitude": 106.55, "radius_m": 500}, "check_in_mode": "both", "check_out_required": True,
        "points_per_hour": 10, "points_max": 10}, 201).json["id"]
    send(worker, f"events/{event}/publish", {}, 200)
    token = worker.get(f"/api/v1/events/{event}/code").json["token"]
    send(as_(li), "check-ins", {"token": token, "location": {"latitude": latitude, "longitude": 106.5512345678, "accuracy_m": 5}}, 201)
    assert len(values) >= 50 and len(set(values)) == len(values)
    return values


def stored():
    """All that the database holds, as bytes; a blob also as the digits that PostgreSQL shows of it."""
    db.session.rollback()
    if db.engine.dialect.name == "sqlite":
        return b"".join(file.read_bytes() for file in Path(db.engine.url.database).parent.glob("linli.db*"))
    return "\n".join(row for table in db.metadata.tables for row in db.session.scalars(text(f'SELECT t::text FROM "{table}" t'))).encode()


def found(values, place: bytes):
    def forms(value):
        return value.encode(), value.encode().hex().encode(), value.encode("unicode_escape"), value.encode("utf-16-le")
    return [value for value in values if any(form in place for form in forms(value))]


def test_they_are_nowhere_in_the_database_its_backup_and_our_logs(app, canaries, lines, tmp_path):
    assert found([SEEN], stored()), "what is not sealed is found"
    assert found(canaries, stored()) == []
    assert "IntegrityError" in lines.getvalue(), "something was logged"
    assert found(canaries, lines.getvalue().encode()) == []
    if db.engine.dialect.name == "sqlite":
        copy = tmp_path / "copy.db"
        assert app.test_cli_runner().invoke(backup, [str(copy), "--plain"]).exit_code == 0
        assert found([SEEN], copy.read_bytes()) and found(canaries, copy.read_bytes()) == []


def test_no_answer_tells_them(app, canaries, as_, li, wang, zhao, qian, sun, zhou, lin, mei, kang):
    """Of a bank account owners and admins of its area read all but the number's middle; of papers nobody reads anything."""
    banks = [value for value in canaries if value.startswith(("金丝雀银行", "金丝雀户"))]
    lists = [rule.rule for rule, view in views(app) if "GET" in rule.methods and not rule.arguments and view.lets_in and "/edit" not in rule.rule
             and rule.rule.startswith("/api/v1/")]
    shown, asked = set(), 0
    for person in (li, wang, zhao, qian, sun, zhou, lin, mei, kang):
        client = as_(person)
        for url in lists:
            reply = client.get(f"{url}?limit=100")
            told = (reply if reply.status_code != 422 else client.get(url)).get_data()
            asked += 1
            for item in (reply.json or {}).get("items", ())[:3] if reply.is_json else ():
                if isinstance(item, dict) and "id" in item:
                    told += client.get(f"{url}/{item['id']}").get_data()
            seen = [value for value in canaries if value.encode() in told]
            if person in (zhao, qian, sun):
                seen = [value for value in seen if value not in banks]
            shown.update((url, person.display_name, value) for value in seen)
    assert asked > 200 and shown == set()
