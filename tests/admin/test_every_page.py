"""What holds of each page: one language, labels for everything, ids that are there once, and few statements for long lists."""
import re
from html.parser import HTMLParser
from pathlib import Path

import pytest
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po
from sqlalchemy import event, select

from admin import words
from models import (
    ActivityRecord,
    Area,
    CivilityPeriod,
    CivilityPlace,
    CivilityQuestionnaire,
    CivilityRemark,
    CivilityRound,
    Constraint,
    ConstraintList,
    DepartmentFigure,
    Fund,
    Household,
    LetterReceiver,
    Merchant,
    Message,
    Offer,
    OutboxMessage,
    Person,
    Repair,
    Shop,
    Topic,
    db,
)
from services.merchants import merchants
from services.people import households, people
from services.records import records
from tests.admin import credit_rows
from tests.admin.test_who_may import INDEX, asked
from tests.conftest import NOON

SAME_EVERYWHERE = {"Linli", "English", "PDF", "XLSX", "CSV", "Asia", "Shanghai"}
VOID = {"meta", "link", "input", "br", "img", "line", "rect"}


class Page(HTMLParser):
    """The words that people read or hear, and what stands where."""

    def __init__(self, text):
        super().__init__()
        self.words, self.ids, self.targets, self.controls, self.labelled, self.headings = [], [], set(), [], set(), []
        self._inside = []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        attrs = dict(attrs)
        if tag not in VOID:
            self._inside.append(tag)
        if "id" in attrs:
            self.ids.append(attrs["id"])
        for name in ("aria-describedby", "aria-labelledby", "for"):
            self.targets |= set(attrs.get(name, "").split())
        self.targets |= {attrs["href"][1:]} if attrs.get("href", "").startswith("#") else set()
        if tag == "label" and "for" in attrs:
            self.labelled.add(attrs["for"])
        if tag in ("input", "select", "textarea") and attrs.get("type") != "hidden":
            self.controls.append((attrs.get("id"), "label" in self._inside))
        if re.fullmatch(r"h\d", tag):
            self.headings.append(tag)
        self.words += [attrs[name] for name in ("aria-label", "alt", "title", "placeholder", "data-label") if name in attrs]

    def handle_endtag(self, tag):
        if tag in self._inside:
            del self._inside[len(self._inside) - 1 - self._inside[::-1].index(tag):]

    def handle_data(self, data):
        if not {"code", "script", "time"} & set(self._inside):
            self.words.append(data)


def everything(app, rows, browse, zhao, sun, **more):
    """Each page as an admin sees it, and those of auditors."""
    admin, auditor = browse(zhao, **more), browse(sun, **more)
    yield "/admin/sign-in", browse(**more).get("/admin/sign-in")
    yield "/admin/nothing", admin.get("/admin/people/nothing")
    for endpoint, path, _ in asked(app, rows, "GET"):
        if endpoint != "admin.statement":
            yield path, (auditor if path.startswith("/admin/audit") else admin).get(path)
    yield "/admin/offers/new?…", admin.get(f"/admin/offers/new?merchant_id={rows['merchant_id']}")
    yield "a refused form", admin.send(f"/admin/funds/{rows['fund_id']}/top-ups", points="x")
    yield "a password link", admin.send(f"/admin/people/{zhao.id}/password")


def names_of_people_and_things():
    columns = (Person.display_name, Area.name, Merchant.name, Shop.name, Fund.name, Household.name, Offer.title, Shop.address,
               CivilityPlace.name, ConstraintList.name, ConstraintList.authority, ConstraintList.edition, LetterReceiver.name, Constraint.facts,
               Constraint.decision, Constraint.legal_basis, Constraint.person_basis, Repair.pledge)
    named = {name for column in columns for name in db.session.scalars(select(column)) if name}
    named |= {people.masked(name) for name in db.session.scalars(select(Person.display_name))}
    return [*sorted(named, key=len, reverse=True), "街道拨付", "中文", "邻里"]


@pytest.mark.parametrize(("language", "other"), [("zh-CN", r"[A-Za-z]{3,}"), ("en", r"[\u3000-\u303f\u4e00-\u9fff\uff00-\uffef]+")])
def test_a_page_speaks_one_language(app, rows, browse, zhao, sun, password, language, other):
    password(zhao, "zhao")
    named = names_of_people_and_things()
    for path, reply in everything(app, rows, browse, zhao, sun, language=language):
        if reply.mimetype != "text/html":
            continue
        text = "\n".join(Page(reply.text).words).replace("zhao", "")
        for name in named:
            text = text.replace(name, "")
        assert set(re.findall(other, text)) <= SAME_EVERYWHERE, path
        assert f'<html lang="{language}">' in reply.text, path


def test_everything_has_a_label_and_every_id_is_there_once(app, rows, browse, zhao, sun):
    for path, reply in everything(app, rows, browse, zhao, sun):
        if reply.mimetype != "text/html":
            continue
        page = Page(reply.text)
        assert len(page.ids) == len(set(page.ids)), path
        assert page.targets <= set(page.ids), path
        assert [one for one, is_inside in page.controls if not is_inside and one not in page.labelled] == [], path
        assert page.headings.count("h1") == 1, path


def test_every_sentence_of_the_pages_has_its_chinese():
    methods = [("admin/**.py", "python"), ("admin/templates/**.html", "jinja2")]
    keywords = {"N_": None, "_": None, "gettext": None}
    written = {sentence for _, _, sentence, *_ in extract_from_dir(".", methods, keywords=keywords) if isinstance(sentence, str)}
    with Path("admin/translations/zh_Hans/LC_MESSAGES/messages.po").open("rb") as catalogue:
        assert written - {message.id for message in read_po(catalogue) if message.string} == set()


def test_every_act_in_the_log_has_its_words():
    """`f"offer.{action}"` is written where it happens, so these are looked for by their beginnings."""
    source = "".join(path.read_text() for folder in ("services", "commands") for path in sorted(Path(folder).rglob("*.py")))
    written = set(re.findall(r'audit\.(?:write|look)\(f?"([a-z_]+\.[a-z_]+)"', source))
    assert written <= words.ACTIONS.keys()
    for noun in re.findall(r'audit\.write\(f"([a-z_]+)\.\{', source):
        assert [action for action in words.ACTIONS if action.startswith(f"{noun}.")], noun


@pytest.fixture
def statements(app):
    """The SQL that runs meanwhile."""
    seen = []

    def note(connection, cursor, statement, *rest):
        seen.append(statement)
    event.listen(db.engine, "before_cursor_execute", note)
    yield seen
    event.remove(db.engine, "before_cursor_execute", note)


def test_a_list_asks_as_much_for_thirty_rows_as_for_one(app, rows, browse, zhao, sun, statements, town, settings, live):
    def counted():
        found = {}
        for path in ("people", "households", "events", "records", "objections", "funds", "offers", "merchants", "settlements", "unsent", "audit", "",
                     *INDEX, *credit_rows.LISTS, *credit_rows.CULTURE):
            visitor = browse(sun if path == "audit" else zhao)
            visitor.get(f"/admin/{path}")
            statements.clear()
            assert visitor.get(f"/admin/{path}".rstrip("/")).status_code == 200
            found[path] = len(statements)
        return found
    few = counted()
    for number in range(30):
        _more(number, rows, town, zhao, settings)
    db.session.commit()
    assert counted() == few
    assert max(few.values()) <= 24


def _more(number, rows, town, zhao, settings):
    from uuid import UUID

    from services.coupons import offers
    from services.merchants import settlements as settling
    from services.messages import messages
    from services.people import identifiers
    from services.points import funds
    from services.records import objections
    now = NOON
    person = people.make(f"邻居{number}", town.grid_b, keys=settings.keys, now=now)
    households.make(town.grid_b.id, f"9-{number}", by=zhao, now=now)
    record = records.declare(by=person, now=now, category="x", area_id=town.grid_b.id, description="x", started_at=now.replace(hour=1),
                             ended_at=now.replace(hour=2))
    objections.object_to(record.id, by=person, now=now, reason="x")
    funds.create(area_id=town.grid_b.id, name=f"{number}", period_start=now.date(), period_end=now.date(), by=zhao, now=now)
    body = f"91350100M0001{number:04d}"
    uscc = next(body + last for last in identifiers.USCC_ALPHABET if identifiers.is_uscc(body + last))
    _more_of_the_index(number, rows, town, zhao, person)
    taken_in = merchants.take_in(f"店{number}", uscc, town.community.id, by=zhao, settings=settings, now=now)
    merchants.open_shop(taken_in.id, by=zhao, now=now, name=f"店{number}", address="x")
    terms = {"percent": None, "discount_cap_fen": None, "item": None, "min_spend_fen": 0, "per_resident_limit": None, "shop_ids": []}
    offers.create(merchant_id=taken_in.id, area_id=town.community.id, title=f"{number}", kind="cash_off", face_value_fen=1, points_price=1, stock=1,
                  on_sale_from=now, on_sale_until=now.replace(year=2027), valid_days=1, funded_by="community", by=zhao, now=now, **terms)
    messages.tell(person.id, Topic.RECORD_CREDITED, now=now, points=1)
    told = db.session.scalars(select(Message.id).where(Message.person_id == person.id)).one()
    db.session.add(OutboxMessage(id=told, topic="notice", payload={}, state="dead", attempts=6, error="x", not_before=now, created_at=now))
    credit_rows.more(number, rows, town, zhao, person)
    settling.make(merchant_id=UUID(rows["merchant_id"]), period_start=now.date(), period_end=now.date(), by=zhao, settings=settings, now=now)


def _more_of_the_index(number, rows, town, zhao, person):
    from datetime import timedelta
    from uuid import UUID

    from services.civility import places, versions
    from tests.civility import TREE
    versions.draft(town.community.id, title_zh=f"{number}", title_en=f"{number}", nodes=TREE, by=zhao, now=NOON)
    places.add(town.community.id, name=f"{number}", by=zhao, now=NOON)
    day, here = NOON.date() + timedelta(days=100 + number), {"area_id": town.community.id}
    period = CivilityPeriod(version_id=UUID(rows["version_id"]), first_on=day, last_on=day, opened_by_id=zhao.id, opened_at=NOON, **here)
    db.session.add(period)
    db.session.flush()
    drawn = {"period_id": period.id, "seed": "0", "drawn_by_id": zhao.id, "drawn_at": NOON, **here}
    of_leaf = {"period_id": period.id, "node_id": UUID(rows["node_id"]), **here}
    db.session.add_all([
        CivilityRound(surveyor_id=person.id, drawn=1, of_places=1, **drawn), CivilityQuestionnaire(invited=1, of_residents=1, **drawn),
        CivilityRemark(by_id=person.id, said="x", at=NOON, **of_leaf),
        DepartmentFigure(value_hundredths=1, source="x", document="x", entered_by_id=zhao.id, entered_at=NOON, **of_leaf)])
    db.session.flush()


def test_the_next_page_goes_on_where_the_first_ended(browse, zhao, town, settings):
    for number in range(65):
        people.make(f"邻居{number:02d}", town.grid_b, keys=settings.keys, now=NOON)
    db.session.commit()
    visitor, path, seen = browse(zhao), "/admin/people?q=邻居&done=made", []
    while path:
        reply = visitor.get(path)
        seen += re.findall(r"邻居\d\d", reply.text)
        following = re.search(r'rel="next" href="([^"]+)"', reply.text)
        path = following and following[1].replace("&amp;", "&")
    assert len(seen) == 65 and len(set(seen)) == 65


def test_records_are_counted_by_their_own_month(browse, zhao, li, town, clock):
    """A deed of the last evening of April is April's, in Chongqing and not in Greenwich."""
    from services.areas import figures
    made = records.declare(by=li, now=NOON, category="x", area_id=town.grid_a.id, description="x",
                           started_at=NOON.replace(month=4, day=30, hour=15, minute=0), ended_at=NOON.replace(month=4, day=30, hour=15, minute=30))
    late = records.declare(by=li, now=NOON, category="x", area_id=town.grid_a.id, description="x",
                           started_at=NOON.replace(month=4, day=30, hour=16, minute=0), ended_at=NOON.replace(month=4, day=30, hour=18, minute=0))
    for record in (made, late):
        db.session.get(ActivityRecord, record.id).status = "credited"
    db.session.commit()
    assert figures.hours(town.community, figures.last_months(town.community, NOON, 3)) == [0.0, 0.5, 2.0]
