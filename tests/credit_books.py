"""A small rulebook for tests, and entries by the dozen: all that a case does not say is the same everywhere."""
from datetime import date, datetime, timedelta, timezone

from uuid_utils.compat import uuid7

from models import CreditEntry, CreditFile, Enrolment, EntryObjection, Person, Rulebook, RulebookStatus, RulebookVersion, SubjectKind, db
from services.credit import rulebooks, rules
from tests.conftest import NOON

SHANGHAI = timezone(timedelta(hours=8))
NAMES = {"name_zh": "项", "name_en": "item"}


def item(code, points, **how):
    """`item("litter", -100, doubles=True)`: an item that counts each time, for a year."""
    return {"code": code, "each_centipoints": points, "measured": "times", "per_quantity": 1, "term_months": 12, **NAMES, **how}


def branch(code, *items, **how):
    return {"code": code, **NAMES, "most": None, "least": None, "items": list(items), **how}


GRADES = [{"code": code, "name_zh": code, "name_en": code, "opens_zh": "", "opens_en": "", "from_centipoints": points}
          for code, points in (("A", 11000), ("B", 9000), ("C", 0))]


def book(*branches, base=10000, most=20000, grades=GRADES):
    return {"base_centipoints": base, "most_centipoints": most, "grades": grades, "branches": list(branches)}


BOOK = book(
    branch("deeds", item("volunteering", 100, measured="minutes", per_quantity=360, name_zh="志愿服务", name_en="volunteer service", most=1000),
           item("mediation", 200, name_zh="调解邻里矛盾", name_en="mediation between neighbours"), most=1500),
    branch("faults", item("litter", -100, doubles=True, name_zh="乱倒垃圾", name_en="litter"),
           item("false_report", -500, grade="C", term_months=6, name_zh="虚假申报", name_en="a false report"), least=-3000))


SMALL = book(branch("deeds", item("choir", 200)), branch("faults", item("noise", -200)))  # a community's own


def draft(area, document=BOOK, *, kind=SubjectKind.RESIDENT, by, template=False):
    """A draft of a rulebook of this area, made as an admin makes it."""
    rulebook = db.session.query(Rulebook).filter_by(area_id=area.id, kind=kind).one_or_none() or rulebooks.make(
        area.id, kind, title_zh="办法", title_en="Rules", by=by, now=NOON)
    made = rulebooks.draft(rulebook.id, document, template=template, by=by, now=NOON)
    db.session.commit()
    return made


def in_force(area, document=BOOK, *, kind=SubjectKind.RESIDENT, since=date(2024, 1, 1), by, template=None, number=1, rulebook=None):
    """A version that has been in force since that day, without the way it takes to get there."""
    if rulebook is None:
        rulebook = Rulebook(id=uuid7(), area_id=area.id, kind=kind, title_zh="办法", title_en="Rules", created_at=at(since))
        db.session.add(rulebook)
        db.session.flush()
    version = RulebookVersion(id=uuid7(), rulebook_id=rulebook.id, number=number, template_id=template and template.id, made_by_id=by.id,
                              made_at=at(since), base_centipoints=document.get("base_centipoints", template and template.base_centipoints),
                              most_centipoints=document.get("most_centipoints", template and template.most_centipoints))
    db.session.add(version)
    db.session.flush()
    db.session.add_all(rules.rows(version, rulebook, document, template, None))
    db.session.flush()
    version.status, version.published_at, version.in_force_from = RulebookStatus.PUBLISHED, at(since), since
    db.session.commit()
    return version


SENT = {  # rules as they are sent
    "base": "100", "most": "200", "grades": [{"code": code, "name_zh": code, "name_en": code, "from_points": points}
                                             for code, points in (("A", "110"), ("B", "90"), ("C", "0"))],
    "branches": [{"code": "deeds", **NAMES, "items": [{"code": "mediation", **NAMES, "measured": "times", "each": "2", "term_months": 12}]}]}
ITEM = SENT["branches"][0]["items"][0]


def sent(*items):
    """The same with these items in place of its own, each with what it says otherwise."""
    return {**SENT, "branches": [{**SENT["branches"][0], "items": [{**ITEM, **item} for item in items]}]}


OWN = {"template": True, "branches": [  # a community's, on BOOK
    {"code": "deeds", "items": [{"code": "choir", "name_zh": "合唱", "name_en": "choir", "measured": "times", "each": "1"}]},
    {"code": "faults", "items": [{"code": "noise", "name_zh": "深夜喧哗", "name_en": "noise at night", "measured": "times", "each": "-0.5",
                                  "term_months": 6, "doubles": True}]}]}


def make_rows(town, zhao, resident, worker, admin):
    """One of everything of credit, over HTTP, by the name that routes give it: a file with an entry and a version that is consulted on."""
    def ok(client, path, **body):
        reply = client.post(f"/api/v1{path}", json=body)
        assert reply.status_code < 300, (path, reply.json)
        return reply.json["id"]
    in_force(town.district, by=zhao)
    file, household = (ok(resident, "/me/credit-files/join", kind=kind) for kind in ("resident", "household"))
    entry_id = ok(worker, f"/credit-files/{file}/entries", code="mediation", happened_on="2026-05-06", title="x", evidence="x")
    fact = ok(worker, f"/credit-files/{household}/facts", kind="contracted_land", label="x", from_on="2026-01-01", source="x")
    rulebook = ok(admin, "/rulebooks", area_id=str(town.community.id), kind="resident", title_zh="办法", title_en="x")
    version = ok(admin, f"/rulebooks/{rulebook}/versions", **OWN)
    ok(admin, f"/rulebook-versions/{version}/consult", until="2026-05-20")
    comment = ok(resident, f"/rulebook-versions/{version}/comments", said="x")
    return {"file_id": file, "entry_id": entry_id, "fact_id": fact, "rulebook_id": rulebook, "rulebook_version_id": version,
            "comment_id": comment}


def at(day, hour=12):
    return datetime(day.year, day.month, day.day, hour, tzinfo=SHANGHAI)


def file_of(person=None, household=None, *, area=None, since=date(2024, 1, 1)):
    """A file in the scheme since that day."""
    kind = SubjectKind.RESIDENT if person else SubjectKind.HOUSEHOLD
    file = CreditFile(id=uuid7(), kind=kind, person_id=person and person.id, household_id=household and household.id,
                      area_id=area.id if area else person.home_area_id if person else household.area_id, opened_at=at(since))
    db.session.add(file)
    db.session.flush()
    by = person.id if person else db.session.query(Person.id).limit(1).scalar()
    db.session.add(Enrolment(file_id=file.id, joined_on=since, joined_at=at(since), joined_by_id=person.id if person else by, text_version="test"))
    db.session.commit()
    return file


def entry(file, code, day, *, quantity=1, measured="times", deed=None, known=None, source="grid_worker", title="", ref=None, **more):
    """What happened on a day and was entered on the same one, unless `known` says when."""
    key = uuid7()
    made = CreditEntry(id=key, person_id=file.person_id, household_id=file.household_id, merchant_id=file.merchant_id, area_id=file.area_id,
                       code=code, measured=measured, quantity=quantity, happened_on=day, entered_on=known or day, entered_at=at(known or day),
                       deed=deed or f"x/{key}", title=title, source=source, source_ref=ref or str(key), source_name="", evidence="seen", **more)
    db.session.add(made)
    db.session.commit()
    return made


def object_to(entry, *, by):
    db.session.add(EntryObjection(entry_id=entry.id, area_id=entry.area_id, by_id=by.id, reason="not me", at=entry.entered_at,
                                  due_on=NOON.date() + timedelta(days=9)))
    db.session.commit()


def volunteering(file, day, hours, **more):
    return entry(file, "volunteering", day, quantity=hours * 60, measured="minutes", **more)
