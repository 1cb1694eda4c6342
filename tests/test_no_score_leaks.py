"""No shop, bank or landlord ever gets a score: people, a household and a shop have scores and grades whose digits and letters occur nowhere else,
every GET route, every export, every page of /admin and every message is read as everybody, and they are found with whose file it is and with
admins and auditors of its area alone.

The rules themselves are public: a rulebook tells its grades to all, and a receiver of letters which of them it asks for, so of these only the scores
are looked for.
"""
import io
import re
import zipfile
from itertools import product
from uuid import UUID

import pytest
from pypdf import PdfReader
from sqlalchemy import select

from models import CreditFile, EntryObjection, Level, Role, SubjectKind, db
from services.access import browser_sessions
from services.credit import files, letters, scores
from tests import credit_books, measure_rows
from tests.admin.conftest import Visitor
from tests.conftest import NOON, new_key
from tests.test_architecture import views
from tests.test_strangers import rows  # noqa: F401  one of everything in the community

GRADES = [{"code": code, "name_zh": zh, "name_en": en, "opens_zh": "", "opens_en": "", "from_centipoints": points}
          for code, zh, en, points in (("ZQXWVKZQ", "玄铁", "Obsidian", 13000), ("ZQYWVKZQ", "青砖", "Travertine", 0))]
GRADE = re.compile("ZQXWVKZQ|ZQYWVKZQ|玄铁|青砖|Obsidian|Travertine")
SCORES = {  # li's is disputed: from, to; a fault was written down in zhang's
    "li": ("137.31", "143.44"), "zhang": ("113.34",), "home": ("128.57",), "market": ("146.83",)}
OWN = {"li": {"li", "home"}, "zhang": {"zhang"}, "lin": {"market"}}
OVERSIGHT = ("zhao", "qian", "sun")  # admins and the auditor of the community
WHO = ("li", "zhang", "wang", "zhou", "mei", "lin", "kang", "zhao", "qian", "sun", "far_admin", "department", None)
RULES = re.compile(r"/rulebook(s|-versions)/|/letter-receivers")
ONE_OF = re.compile(r"<any\(([^)]+)\):\w+>")
UNSEEN_TABLES = ("messages", "outbox_messages", "audit_rows", "letters", "idempotency_keys", "refused_scans", "support_applications", "constraints")


def item(code, points):
    return credit_books.item(code, points, most=None)


def rules(*items):
    return credit_books.book(credit_books.branch("marks", *items), grades=GRADES)


@pytest.fixture
def far_admin(live, town):
    return live("冯主任", town.grid_c, Role.AREA_ADMIN, town.other)


@pytest.fixture
def department(live, town):
    return live("民政局", town.grid_b, Role.DEPARTMENT, town.community)


@pytest.fixture
def marked(rows, town, as_, li, zhang, wang, zhao, qian, lin, lins_market):  # noqa: F811
    """The community, after much was done with these scores; the ids of all files, and the code of a letter of Li's and of one of the shop's."""
    assert town.street.level == Level.STREET  # nearer than the district, whose rulebook the rows stand on
    for kind, items in ((SubjectKind.RESIDENT, (item("mark_li", 4344), item("mark_fault", -613), item("mark_zhang", 1947))),
                        (SubjectKind.HOUSEHOLD, (item("mark_home", 2857),)), (SubjectKind.MERCHANT, (item("mark_market", 4683),))):
        credit_books.in_force(town.street, rules(*items), kind=kind, by=zhao)
    found = {file.kind: file for file in db.session.scalars(select(CreditFile)) if file.household_id in (None, li.household_id)}
    own = {"li": found["resident"], "home": found["household"], "market": found["merchant"], "zhang": credit_books.file_of(zhang)}
    for name, code in (("li", "mark_li"), ("zhang", "mark_zhang"), ("home", "mark_home"), ("market", "mark_market")):
        credit_books.entry(own[name], code, measure_rows.DAY)
    fault = credit_books.entry(own["li"], "mark_fault", measure_rows.DAY)
    db.session.add(EntryObjection(entry_id=fault.id, area_id=fault.area_id, by_id=li.id, reason="x", at=NOON, due_on=measure_rows.DAY))
    db.session.flush()
    scores.refresh([file.id for file in own.values()], now=NOON)
    db.session.commit()
    ids = {name: str(file.id) for name, file in own.items()}
    return ids, use(rows, ids, *(as_(person) for person in (li, wang, zhao, qian, lin)), town, lins_market)


def use(rows, ids, resident, worker, admin, second, owner, town, market):  # noqa: F811
    """All that scores are used for: letters, a plan of inspections, support, a trial run, a constraint, a fault written down."""
    def ok(client, path, **body):
        reply = client.post(f"/api/v1{path}", json=body, headers=new_key())
        assert reply.status_code < 300, (path, reply.json)
        return reply.json
    receiver = ok(admin, "/letter-receivers", **measure_rows.receiver(town, grade="ZQYWVKZQ", purpose="subsidy"))["id"]
    drafts = [ok(client, "/letters", receiver_id=receiver, **whose) for client, whose in (
        (resident, {"kind": "resident"}), (owner, {"kind": "merchant", "merchant_id": str(market.id)}))]
    codes = [ok(client, f"/letters/{draft['id']}/send")["code"] for client, draft in zip((resident, owner), drafts, strict=True)]
    ok(admin, "/inspection-plans", **measure_rows.inspected(town))
    ok(admin, f"/support-applications/{rows['application_id']}/decide", decision="grant", reason="x")
    ok(second, f"/constraints/{rows['constraint_id']}/confirm")
    ok(worker, f"/credit-files/{ids['zhang']}/entries", code="mark_fault", happened_on="2026-05-06", title="x", evidence="x")
    ok(admin, f"/rulebook-versions/{rows['rulebook_version_id']}/trials")
    return codes


def paths(app, rows, ids, codes):  # noqa: F811
    """(endpoint, path with real rows) of every route that is read, for each file and each choice that a path may name."""
    names = {name: [value] for name, value in rows.items()} | {
        "file_id": list(ids.values()), "code": codes, "kind": ["check_in"], "purpose": ["location"], "token": ["x"], "person_id": [rows["person_id"]]}
    for rule, _ in views(app):
        if "GET" not in rule.methods:
            continue
        found = ONE_OF.search(rule.rule)
        for choice in found[1].split(",") if found else [""]:
            path = ONE_OF.sub(choice, rule.rule)
            asked = [name for name in rule.arguments if f":{name}>" in path or f"<{name}>" in path]
            for values in product(*(names.get(name, ["x"]) for name in asked)):
                filled = path
                for name, value in zip(asked, values, strict=True):
                    filled = re.sub(rf"<(\w+:)?{name}>", value, filled)
                yield rule.endpoint, filled


def told(reply) -> str:
    """What an answer says, also inside a table or a PDF."""
    if reply.data.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(reply.data)) as folder:
            return " ".join(folder.read(name).decode("utf-8", "replace") for name in folder.namelist())
    if reply.data.startswith(b"%PDF"):
        return " ".join(page.extract_text() for page in PdfReader(io.BytesIO(reply.data)).pages).replace("\0", "")
    return reply.data.decode("utf-8", "replace")


def marks_in(text, path="") -> set[str]:
    """Whose score, and whether a grade, stands in a text."""
    found = {name for name, values in SCORES.items() for value in values if re.search(
        rf"(?<![0-9A-Za-z.])({re.escape(value)}|{value.replace('.', '')})(?![0-9A-Za-z])", text)}
    return found | ({"grade"} if GRADE.search(text) and not RULES.search(path) else set())


@pytest.fixture
def read(app, settings, clock, rows, as_, request):  # noqa: F811
    """`read(who, ids, codes)`: every mark that they find anywhere, with the first path it stood at."""
    def reading(who, ids, codes):
        person = who and request.getfixturevalue(who)
        client, pages = (as_(person), Visitor(app, browser_sessions.open_for(person, settings=settings, now=clock.now))) if who else (
            app.test_client(), Visitor(app))
        db.session.commit()
        found, asked = {}, 0
        for endpoint, path in paths(app, rows, ids, codes):
            for suffix in ("?as_known=now", "?as_known=then") if path.endswith("/score") else ("", "?limit=100") if "/api/" in path else ("",):
                reply = pages.get(path) if endpoint.startswith("admin.") else client.get(path + suffix, headers={"Accept-Language": "en"})
                asked += 1
                for mark in marks_in(told(reply), path):
                    found.setdefault(mark, path)
        for language in ("zh-CN", "en"):
            for mark in marks_in(told(client.get("/api/v1/me/messages?limit=100", headers={"Accept-Language": language}))):
                found.setdefault(mark, "messages")
        assert asked > 300
        return found
    return reading


@pytest.mark.only("sqlite")
@pytest.mark.parametrize("who", WHO)
def test_a_score_is_found_with_whose_it_is_and_with_its_areas_admins_and_auditors_alone(marked, read, who):
    must_fit(read(who, *marked), who)


@pytest.mark.only("postgresql")
@pytest.mark.parametrize("who", ["li", "wang", "zhao"])
def test_so_it_is_on_postgresql_for_one_of_each_sight(marked, read, who):
    """Who sees what is decided before a database is asked: all the others are read on one."""
    must_fit(read(who, *marked), who)


def must_fit(found, who):
    if who in OVERSIGHT:
        assert set(found) == {*SCORES, "grade"}, "they may see all, and so it is known that it can be found"
    else:
        assert set(found) == OWN.get(who, set()) | ({"grade"} if who in OWN else set()), found


def test_nothing_that_is_kept_for_others_holds_one(marked):
    """Messages, what goes to phones, the audit log, letters, kept answers: whoever reads these tables finds no score and no grade."""
    held = {table: " ".join(map(repr, db.session.execute(select(db.metadata.tables[table])).all()))
            for table in UNSEEN_TABLES if table in db.metadata.tables}
    assert len(held) >= 6 and all(held[table] for table in ("messages", "letters", "audit_rows"))
    assert {table: marks_in(text) for table, text in held.items() if marks_in(text)} == {}


def test_a_score_that_a_grid_worker_saw_would_be_found(marked, read, monkeypatch):
    monkeypatch.setattr(files, "sight", lambda *_, **__: files.Sight.SCORE)
    assert set(read("wang", *marked)) == {*SCORES, "grade"}


def test_a_score_in_a_letter_would_be_found(marked, read, rows, as_, li, monkeypatch):  # noqa: F811
    ids, _ = marked
    says = letters._says

    def talks(file, receiver, score, by, on):
        return {**says(file, receiver, score, by, on), "en": [f"{score.high / 100} {score.grade.code}"]}
    monkeypatch.setattr(letters, "_says", talks)
    receiver = db.session.scalar(select(db.metadata.tables["letter_receivers"].c.id).where(
        db.metadata.tables["letter_receivers"].c.purpose == "subsidy"))
    client = as_(li)
    draft = client.post("/api/v1/letters", json={"receiver_id": str(receiver), "kind": "resident"}).json["id"]
    code = client.post(f"/api/v1/letters/{UUID(draft)}/send", headers=new_key()).json["code"]
    assert set(read(None, ids, [code])) == {"li", "grade"}
