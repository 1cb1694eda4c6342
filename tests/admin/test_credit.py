"""Credit in a browser: rulebooks from the template to their day, files with what is written in them, disputes, repairs, measures."""
import io
import re
from datetime import date, timedelta
from uuid import UUID

import pytest
from sqlalchemy import delete, event, func, select

from models import (
    AuditRow,
    CalendarDay,
    Constraint,
    ConstraintList,
    CreditEntry,
    EntryObjection,
    FileFact,
    Grade,
    Household,
    Indicator,
    Inspection,
    InspectionPlan,
    LetterReceiver,
    Repair,
    ReviewRound,
    Reward,
    Role,
    Rulebook,
    RulebookVersion,
    SubjectKind,
    SupportApplication,
    SupportList,
    TrialRun,
    TrialTask,
    VersionComment,
    db,
)
from services.credit import adoption, enrolments, objections, repairs
from services.credit.trials import runs
from services.measures import support
from services.people import people
from tests import review_rows
from tests.admin.credit_rows import CONSTRAINT, TITLES, USCC
from tests.conftest import NOON
from tests.credit_books import BOOK, SMALL, draft, entry, file_of, in_force, volunteering
from tests.measure_rows import a_list, a_repair

TODAY = NOON.date()
SPRING = date(2026, 1, 10)


@pytest.fixture
def file(town, zhao, li):
    in_force(town.district, by=zhao)
    return file_of(li)


@pytest.fixture
def officer(live, town):
    return live("郑科长", town.grid_a, Role.AREA_ADMIN, town.district)


def one(row):
    db.session.expire_all()
    return db.session.scalars(select(row).order_by(row.id.desc()).limit(1)).one()


def done(reply):
    assert reply.status_code == 303 and "sign-in" not in reply.location, \
        re.findall(r'class="(?:problem|wrong)".*?</', reply.text, re.S) or reply.text[:400]
    return reply.location.split("?")[0]


def test_a_community_adds_its_own_items_consults_votes_and_publishes(browse, zhao, li, town, clock):
    in_force(town.district, by=zhao)
    visitor = browse(zhao)
    book = done(visitor.send("/admin/credit/rulebooks", area_id=town.community.id, kind="resident", title_zh="晚晴办法", title_en="Rules of Wanqing"))
    at = done(visitor.send(f"{book}/versions", start="template"))
    item = {"version": one(RulebookVersion).version, "branch": "deeds", "code": "choir", "name_zh": "合唱", "name_en": "choir",
            "each_centipoints": "0.5", "measured": "times", "term_months": "12"}
    too_much = visitor.send(f"{at}/items", **item | {"each_centipoints": "2.5"})
    assert too_much.status_code == 422 and "at most 2 points" in too_much.text and 'value="choir"' in too_much.text
    done(visitor.send(f"{at}/items", **item))
    stale = visitor.send(f"{at}/items", **item | {"code": "other"})
    assert stale.status_code == 412, "somebody else changed the draft meanwhile"
    row = db.session.scalars(select(Indicator).where(Indicator.code == "choir")).one()
    moved = {"version": one(RulebookVersion).version, "branch": "faults", "each_centipoints": "-1"}
    done(visitor.send(f"/admin/credit/items/{row.id}", **item | moved))
    row = db.session.scalars(select(Indicator).where(Indicator.code == "choir")).one()
    assert (row.each_centipoints, db.session.get(Indicator, row.parent_id).code) == (-100, "faults")

    assert visitor.send(f"{at}/consult", until=TODAY + timedelta(days=6)).status_code == 422
    done(visitor.send(f"{at}/consult", until=TODAY + timedelta(days=7)))
    adoption.comment(one(RulebookVersion).id, said="唱得好也要加分", by=li, now=NOON)
    db.session.commit()
    page = visitor.get(at).text
    assert "唱得好也要加分" in page and "李娜" not in page.replace(str(li.id), "")
    done(visitor.send(f"{at}/comments/{one(VersionComment).id}/answer", answer="下一版考虑"))
    assert "下一版考虑" in visitor.get(at).text

    clock.now += timedelta(days=7)
    visitor = browse(zhao)
    vote = {"voted_on": TODAY + timedelta(days=7), "voters": "households", "eligible": 12, "votes_for": 8, "votes_against": 0,
            "minutes": "户代表会议"}
    few = visitor.send(f"{at}/vote", present=7, **vote | {"votes_for": 7})
    assert few.status_code == 422 and "Too few came" in few.text
    carried = visitor.send(f"{at}/vote", present=8, **vote)
    assert "Carried: it can be published now." in visitor.get(carried.location).text
    done(visitor.send(f"{at}/publish", in_force_from=TODAY + timedelta(days=8)))
    assert "Comes into force" in visitor.get(at).text
    clock.now += timedelta(days=2)
    assert "In force" in browse(zhao).get(at).text


def test_the_next_version_begins_as_a_copy_and_says_what_is_different(browse, officer, town):
    version = in_force(town.district, by=officer)
    visitor = browse(officer)
    at = done(visitor.send(f"/admin/credit/rulebooks/{version.rulebook_id}/versions", start="last"))
    made = one(RulebookVersion)
    assert [row.code for row in made.indicators] == [row.code for row in version.indicators]
    litter = next(row for row in made.indicators if row.code == "litter")
    page = visitor.get(f"/admin/credit/items/{litter.id}").text
    assert '<option value="yes" selected>' in page and 'value="-1"' in page
    sent = {"version": made.version, "branch": "faults", "code": "litter", "name_zh": "乱倒垃圾", "name_en": "litter", "each_centipoints": "-2",
            "measured": "times", "term_months": "6"}
    done(visitor.send(f"/admin/credit/items/{litter.id}", **sent))
    assert "Worth: -1 → -2" in visitor.get(at).text and "Doubles: yes → no" in visitor.get(at).text
    mediation = db.session.scalars(select(Indicator).where(Indicator.version_id == made.id, Indicator.code == "mediation")).one()
    done(visitor.send(f"/admin/credit/items/{mediation.id}/drop"))
    assert "Taken out" in visitor.get(at).text
    done(visitor.send(f"{at}/drop"))
    assert one(RulebookVersion).status == "dropped"


def test_a_vote_that_does_not_carry_says_that_the_version_is_dropped(browse, zhao, town, clock):
    in_force(town.district, by=zhao)
    book = done(browse(zhao).send("/admin/credit/rulebooks", area_id=town.community.id, kind="resident", **TITLES))
    at = done(browse(zhao).send(f"{book}/versions", start="template"))
    done(browse(zhao).send(f"{at}/consult", until=TODAY + timedelta(days=7)))
    clock.now += timedelta(days=7)
    lost = browse(zhao).send(f"{at}/vote", voted_on=TODAY + timedelta(days=7), voters="households", eligible=12, present=8, votes_for=4,
                             votes_against=4, minutes="户代表会议")
    assert "Not carried: this version is dropped" in browse(zhao).get(lost.location).text
    assert one(RulebookVersion).status == "dropped"


def grades(version_id):
    return [(row.code, row.rank, row.from_centipoints, row.below_centipoints)
            for row in db.session.scalars(select(Grade).where(Grade.version_id == version_id).order_by(Grade.rank))]


def test_a_district_changes_where_everybody_begins_and_its_grades_on_a_draft(browse, officer, town):
    version = in_force(town.district, by=officer)
    visitor = browse(officer)
    at = done(visitor.send(f"/admin/credit/rulebooks/{version.rulebook_id}/versions", start="last"))
    made = one(RulebookVersion)

    def send(path, **fields):
        db.session.expire_all()
        return visitor.send(path, version=db.session.get(RulebookVersion, made.id).version, **fields)

    def grade(code):
        db.session.expire_all()
        found = db.session.scalars(select(Grade).where(Grade.version_id == made.id, Grade.code == code)).one()
        return f"/admin/credit/grades/{found.id}"
    too_high = send(f"{at}/scale", base="250", most="200")
    assert too_high.status_code == 422 and "This is more than the most." in too_high.text and 'value="250"' in too_high.text
    done(send(f"{at}/scale", base="80.5", most="150"))
    assert "Everybody begins with, points" in visitor.get(at).text and "100 → 80.5" in visitor.get(at).text
    stale = visitor.send(f"{at}/scale", version=1, base="1", most="2")
    assert stale.status_code == 412

    best = {"code": "AA", "name_zh": "特优", "name_en": "outstanding", "from_centipoints": "140", "opens_zh": "免押金", "opens_en": "no deposit"}
    twice = send(f"{at}/grades", **best | {"code": "A"})
    assert twice.status_code == 422 and "A code is used twice." in twice.text
    level = send(f"{at}/grades", **best | {"from_centipoints": "110"})
    assert level.status_code == 422 and "each below the one before it" in level.text
    done(send(f"{at}/grades", **best))
    assert grades(made.id) == [("AA", 1, 14000, None), ("A", 2, 11000, 14000), ("B", 3, 9000, 11000), ("C", 4, 0, 9000)]

    page = visitor.get(grade("C")).text
    assert "cannot be taken out while an item sets it" in page and "/drop" not in page
    assert visitor.send(f"{grade('C')}/drop").status_code == 422
    done(send(grade("C"), code="D", name_zh="差", name_en="poor", from_centipoints="0"))
    rows = db.session.scalars(select(Indicator).where(Indicator.version_id == made.id, Indicator.grade_rank.is_not(None))).all()
    assert [(row.code, row.grade_rank) for row in rows] == [("false_report", 4)], "the item sets what it set"
    above_nought = send(grade("D"), code="D", name_zh="差", name_en="poor", from_centipoints="1")
    assert above_nought.status_code == 422 and "the last from 0" in above_nought.text
    done(visitor.send(f"{grade('B')}/drop"))
    assert grades(made.id) == [("AA", 1, 14000, None), ("A", 2, 11000, 14000), ("D", 3, 0, 11000)]
    assert grades(version.id)[0] == ("A", 1, 11000, None), "what is in force stays as it is"


def test_grades_that_are_the_templates_or_in_force_are_changed_by_nobody(browse, zhao, officer, town):
    version = in_force(town.district, by=officer)
    book = done(browse(zhao).send("/admin/credit/rulebooks", area_id=town.community.id, kind="resident", title_zh="x", title_en="x"))
    own = done(browse(zhao).send(f"{book}/versions", start="template"))
    sent = {"version": 1, "code": "AA", "name_zh": "x", "name_en": "x", "from_centipoints": "150"}
    grade = db.session.scalars(select(Grade).where(Grade.version_id == UUID(own.rpartition("/")[2]), Grade.rank == 1)).one()
    visitor = browse(zhao)
    assert "Add a grade" not in visitor.get(own).text and "Change it" not in visitor.get(f"/admin/credit/grades/{grade.id}").text
    for path in (f"{own}/grades", f"/admin/credit/grades/{grade.id}", f"/admin/credit/grades/{grade.id}/drop", f"{own}/scale"):
        assert visitor.send(path, base="1", most="2", **sent).status_code == 404, path
    mine = browse(officer)
    assert mine.send(f"/admin/credit/versions/{version.id}/grades", **sent).status_code == 409
    assert "Add a grade" not in mine.get(f"/admin/credit/versions/{version.id}").text


def test_a_draft_above_is_not_there_for_who_administers_below(browse, zhao, officer, town):
    visitor = browse(officer)
    book = done(visitor.send("/admin/credit/rulebooks", area_id=town.district.id, kind="merchant", title_zh="办法", title_en="x"))
    at = done(visitor.send(f"{book}/versions", start="example"))
    assert browse(zhao).get(at).status_code == 404 and browse(zhao).get(book).status_code == 200
    done(visitor.send(f"{at}/consult", until=TODAY + timedelta(days=7)))
    page = browse(zhao).get(at)
    assert page.status_code == 200 and 'action="/admin/credit' not in page.text
    assert "It takes no more than 45 points." in page.text


def test_a_communitys_first_version_is_shown_beside_the_rules_that_count_there(browse, zhao, town):
    in_force(town.district, by=zhao)
    made = draft(town.community, SMALL, by=zhao)
    page = browse(zhao).get(f"/admin/credit/versions/{made.id}").text
    assert "What it says otherwise than “Rules”, version 1, which counts here now" in page and "Nothing: it says the same." not in page


def test_a_trial_says_who_moves_without_their_names(browse, zhao, li, town, file):
    volunteering(file, SPRING, 12)
    visitor = browse(zhao)
    book = done(visitor.send("/admin/credit/rulebooks", area_id=town.community.id, kind="resident", **TITLES))
    at = done(visitor.send(f"{book}/versions", start="template"))
    found = done(visitor.send(f"{at}/try"))
    page = visitor.get(found).text
    assert one(TrialRun).found["files"] == 1 and "Nobody moves." in page and "<svg" in page and "李娜" not in page


def test_a_trial_of_many_files_says_how_far_it_is(browse, zhao, li, zhang, town, file, monkeypatch):
    monkeypatch.setattr(runs, "BATCH", 1)
    file_of(zhang)
    visitor = browse(zhao)
    made = draft(town.community, SMALL, by=zhao)
    at = done(visitor.send(f"/admin/credit/versions/{made.id}/try"))
    assert "1 of 2" in visitor.get(at).text and "Still being worked out" in visitor.get(at).text
    assert visitor.get(f"/admin/credit/versions/{made.id}").status_code == 200
    while runs.go_on():
        db.session.commit()
    assert "Nobody moves." in visitor.get(at).text


def test_a_trial_that_was_given_up_says_so(browse, zhao, zhang, town, file, monkeypatch):
    monkeypatch.setattr(runs, "BATCH", 1)
    file_of(zhang)
    visitor = browse(zhao)
    made = draft(town.community, SMALL, by=zhao)
    at = done(visitor.send(f"/admin/credit/versions/{made.id}/try"))
    db.session.execute(delete(TrialTask))
    db.session.commit()
    page = visitor.get(at).text
    assert "Not worked out" in page and "Still being worked out" not in page


def test_a_trial_names_a_grade_by_its_code_before_and_after(browse, officer, town, li, zhang):
    version = in_force(town.district, by=officer)
    file_of(li)
    theirs = file_of(zhang)
    for day in range(8):
        entry(theirs, "mediation", SPRING + timedelta(days=day))  # 115 points: an A
    visitor = browse(officer)
    at = done(visitor.send(f"/admin/credit/rulebooks/{version.rulebook_id}/versions", start="last"))
    done(visitor.send(f"{at}/grades", version=1, code="AAA", name_zh="优", name_en="Best", from_centipoints="150"))
    shown = visitor.get(at).text
    assert "AAA · Best" in shown and "Put in" in shown and "Sets the grade: " not in shown, "the item sets C as it did"
    page = visitor.get(done(visitor.send(f"{at}/try"))).text
    assert "Nobody changes grade." in page, "a grade above moved nobody"
    grade = db.session.query(Grade).filter_by(version_id=UUID(at.rpartition("/")[2]), code="A").one()
    done(visitor.send(f"/admin/credit/grades/{grade.id}", version=2, code="AA", name_zh="良", name_en="Good", from_centipoints="110"))
    page = visitor.get(done(visitor.send(f"{at}/try"))).text
    assert "A → AA" in page and "B → " not in page
    grade = db.session.query(Grade).filter_by(version_id=UUID(at.rpartition("/")[2]), code="C").one()
    done(visitor.send(f"/admin/credit/grades/{grade.id}", version=3, code="D", name_zh="差", name_en="Poor", from_centipoints="0"))
    assert "Sets the grade: C → D" in visitor.get(at).text
    chart = re.search(r"<svg.*?</svg>", page, re.S).group()
    assert [code for code in re.findall(r">(A+|B|C)</text>", chart)] == ["AAA", "AA", "A", "B", "C"]


def test_a_draft_that_would_stand_on_a_rulebook_that_is_not_there_is_refused_at_its_choice(browse, officer, town):
    version = in_force(town.district, by=officer)
    refused = browse(officer).send(f"/admin/credit/rulebooks/{version.rulebook_id}/versions", start="template")
    assert refused.status_code == 422 and "There is no published rulebook above this area to stand on." in refused.text
    assert one(RulebookVersion).number == 1


def test_a_files_page_shows_its_score_line_by_line_and_keeps_the_look(browse, zhao, file):
    volunteering(file, SPRING, 12, title="清扫")
    entry(file, "litter", SPRING, title="楼道垃圾")
    page = browse(zhao).get(f"/admin/credit/files/{file.id}")
    rows = [re.sub(r"<[^>]+>", " ", row).split() for row in re.findall(r"<tr>(.*?)</tr>", page.text, re.S)]
    assert (["Together", "101", "—"] in rows and ["deeds", "+2"] in [row[:2] for row in rows if row]) or "101" in page.text
    assert "楼道垃圾" in page.text and "2026-03" in page.text
    looked = set(db.session.scalars(select(AuditRow.action).where(AuditRow.target_id == file.id)))
    assert looked == {"credit_file.look", "credit_file.look_at_entries", "credit_file.look_at_score"}
    assert "Looked at the score" in browse(zhao).get(f"/admin/credit/files/{file.id}").text


def test_an_entry_is_written_told_apart_and_voided(browse, zhao, file):
    visitor, at = browse(zhao), f"/admin/credit/files/{file.id}"
    form = {"code": "mediation", "happened_on": TODAY, "quantity": 1, "title": "劝和两家", "evidence": "见证人两名"}
    done(visitor.send(f"{at}/entries", **form))
    again = visitor.send(f"{at}/entries", **form)
    assert again.status_code == 409 and "same deed or another one" in again.text
    done(visitor.send(f"{at}/entries", **form, is_another="yes"))
    done(visitor.send(f"{at}/entries", **form, same_deed_as=one(CreditEntry).id))
    assert len(set(db.session.scalars(select(CreditEntry.deed)))) == 2
    done(visitor.send(f"/admin/credit/entries/{one(CreditEntry).id}/void", reason="写错了人"))
    assert one(CreditEntry).voided_reason == "写错了人"
    assert "Voided" in visitor.get(f"/admin/credit/entries/{one(CreditEntry).id}").text


def test_nobody_is_offered_to_write_in_their_own_file(browse, zhao, town):
    in_force(town.district, by=zhao)
    own = file_of(zhao)
    page = browse(zhao).get(f"/admin/credit/files/{own.id}").text
    assert "others write in it" in page and "Write an entry" not in page
    reply = browse(zhao).send(f"/admin/credit/files/{own.id}/entries", code="mediation", happened_on=TODAY, quantity=1, title="x", evidence="x")
    assert reply.status_code == 403 and db.session.scalar(select(CreditEntry.id)) is None


def test_a_fact_is_written_and_ended(browse, zhao, li, town):
    in_force(town.district, kind=SubjectKind.HOUSEHOLD, by=zhao)
    held = file_of(household=db.session.get(Household, li.household_id))
    visitor, at = browse(zhao), f"/admin/credit/files/{held.id}"
    done(visitor.send(f"{at}/facts", kind="contracted_land", label="后山", quantity=215, unit="mu_hundredths", from_on="2020-01-01",
                      source="入户核对"))
    assert "2.15 mu" in visitor.get(at).text
    done(visitor.send(f"{at}/facts/{one(FileFact).id}/end"))
    assert one(FileFact).ended_at


def test_a_table_is_looked_at_then_taken_and_taken_once(browse, zhao, li, town, file, settings):
    people.seal_papers(li, {"id_number": "500103199003074518"}, settings.keys)
    db.session.commit()
    visitor = browse(zhao)
    table = ("reference,id_number,code,happened_on,title\nA1,500103199003074518,mediation,2026-05-05,调解一起\n"
             "A2,500103199003074518,nothing,2026-05-05,无此项\n")
    form = {"kind": "resident", "area_id": town.community.id, "department": "司法所"}
    looked = visitor.client.post("/admin/credit/import/look", headers={"Origin": "http://localhost"}, content_type="multipart/form-data", data={
        "token": visitor.token, **{name: str(value) for name, value in form.items()}, "table": (io.BytesIO(table.encode("gb18030")), "表.csv")})
    assert looked.status_code == 200 and "What would happen" in looked.text and "knows no such item" in looked.text
    assert db.session.scalar(select(CreditEntry.id)) is None
    carried = re.search(r'name="csv" value="([^"]+)"', looked.text)[1]
    for expected in ("1", "0"):
        taken = visitor.send("/admin/credit/import", **form, csv=carried)
        assert taken.status_code == 200 and re.search(r"<dt>Fit</dt><dd>(\d)", taken.text)[1] == expected
    assert [row.title for row in db.session.scalars(select(CreditEntry))] == ["调解一起"]
    empty = visitor.send("/admin/credit/import/look", **form)
    assert empty.status_code == 422 and "Please fill this in." in empty.text


def test_objections_wait_by_their_day_and_are_decided_by_somebody_else(browse, zhao, qian, li, file, clock):
    told = entry(file, "litter", SPRING, title="楼道垃圾", entered_by_id=zhao.id)
    objections.object_to(told.id, reason="不是我家的", by=li, now=NOON)
    db.session.commit()
    at = f"/admin/credit/objections/{one(EntryObjection).id}"
    assert "objections to credit entries" in browse(zhao).get("/admin").text
    mine = browse(zhao).get(at).text
    assert "somebody else decides" in mine and f"{at}/decide" not in mine
    assert browse(zhao).send(f"{at}/decide", decision="uphold", reason="x").status_code == 403
    clock.now += timedelta(days=9)
    assert "Overdue since 2026-05-1" in browse(qian).get("/admin/credit/objections").text
    done(browse(qian).send(f"{at}/decide", decision="uphold", reason="查实不是"))
    assert one(EntryObjection).status == "upheld" and one(CreditEntry).voided_at
    assert "Nobody objects" in browse(qian).get("/admin/credit/objections").text
    assert "查实不是" in browse(qian).get(at).text


def test_a_repair_is_granted_with_its_reason(browse, zhao, li, file):
    told = entry(file, "litter", SPRING, title="楼道垃圾")
    repairs.ask(told.id, pledge="以后一定把垃圾带到楼下分类投放。", evidence="清扫一次", by=li, now=NOON)
    db.session.commit()
    visitor, at = browse(zhao), f"/admin/credit/repairs/{one(Repair).id}"
    assert "以后一定" in visitor.get(at).text and "楼道垃圾" in visitor.get("/admin/credit/repairs").text
    done(visitor.send(f"{at}/decide", decision="grant", reason="已核实"))
    assert one(CreditEntry).stopped_on == TODAY
    assert "Repaired" in visitor.get(f"/admin/credit/entries/{told.id}").text


def test_rewards_are_made_and_ended(browse, officer, town):
    in_force(town.district, by=officer)
    visitor, at = browse(officer), f"/admin/credit/rulebooks/{one(Rulebook).id}"
    reward = {"scene": "points_multiplier", "from_grade": "A", "title_zh": "多一成", "title_en": "A tenth more", "from_on": TODAY}
    refused = visitor.send(f"{at}/rewards", **reward)
    assert refused.status_code == 422 and "A multiplier of points has it" in refused.text
    done(visitor.send(f"{at}/rewards", **reward, percent=110))
    assert "A tenth more" in visitor.get(at).text
    done(visitor.send(f"{at}/rewards/{one(Reward).id}/end", on=TODAY + timedelta(days=30)))
    assert one(Reward).until_on == TODAY + timedelta(days=30)


def test_a_draft_says_what_would_be_open_to_nobody_by_it(browse, officer, town):
    version = in_force(town.district, by=officer)
    visitor, at = browse(officer), f"/admin/credit/rulebooks/{version.rulebook_id}"
    reward = {"scene": "library_deposit", "from_grade": "A", "title_zh": "免押金", "title_en": "No deposit", "from_on": TODAY}
    for more in ({}, {"title_en": "Over by then", "until_on": TODAY + timedelta(days=1)}, {"title_en": "For everybody", "from_grade": "C"}):
        done(visitor.send(f"{at}/rewards", **reward | more))
    receiver = {"area_id": town.community.id, "uscc": USCC, "offers_zh": "免押金", "offers_en": "x"}
    for grade, name, purpose in (("A", "某图书馆", "library_deposit"), ("B", "某医院", "medical_deposit")):
        done(visitor.send("/admin/credit/letter-receivers", **receiver, from_grade=grade, name=name, purpose=purpose))
    draft_at, said = done(visitor.send(f"{at}/versions", start="last")), "open to nobody by this version"
    assert said not in visitor.get(draft_at).text
    best = {"name_zh": "优", "name_en": "Best", "from_centipoints": "150"}
    done(visitor.send(f"{draft_at}/grades", **best, code="AAA", version=1))
    assert said not in visitor.get(draft_at).text, "A is another rank, and the same grade"
    grade = db.session.query(Grade).filter_by(version_id=UUID(draft_at.rpartition("/")[2]), code="A").one()
    done(visitor.send(f"/admin/credit/grades/{grade.id}", **best | {"from_centipoints": "110"}, code="AA", version=2))
    page = visitor.get(draft_at).text.split(said, 1)[1].split("</table>", 1)[0]
    rows = [re.sub(r"<[^>]+>", " ", row).split() for row in re.findall(r"<tr>(.*?)</tr>", page, re.S)][1:]
    assert rows == [["No", "deposit", "A"], ["Over", "by", "then", "A"], ["某图书馆", "A"]]
    assert "give the grade that is meant this code" in visitor.get(draft_at).text
    assert said not in visitor.get(f"/admin/credit/versions/{version.id}").text


def test_what_names_a_grade_is_offered_those_there_are_and_says_where_there_is_none(browse, officer, zhao, town):
    version = in_force(town.district, by=officer)
    visitor, at = browse(officer), f"/admin/credit/rulebooks/{version.rulebook_id}"
    reward = {"scene": "library_deposit", "title_zh": "免押金", "title_en": "No deposit", "from_on": TODAY}
    assert re.findall(r'<option value="([ABC])"[^>]*>([^<]+)', visitor.get(at).text) == [("A", "A · A"), ("B", "B · B"), ("C", "C · C")]
    refused = visitor.send(f"{at}/rewards", **reward, from_grade="D")
    assert refused.status_code == 422 and "No grade here has this code. There are: A, B, C" in refused.text and db.session.query(Reward).count() == 0
    done(visitor.send(f"{at}/rewards", **reward, from_grade="A"))
    receivers = "/admin/credit/letter-receivers"
    form = {"area_id": town.community.id, "name": "某图书馆", "purpose": "library_deposit", "offers_zh": "免押金", "offers_en": "x", "uscc": USCC}
    assert '<option value="C"' in browse(zhao).get(receivers).text
    made_at = done(browse(zhao).send(receivers, **form, from_grade="A"))
    assert "A · A" in visitor.get(receivers).text and "A · A" in visitor.get(made_at).text

    version.retired_on = TODAY
    renamed = [{**grade, "code": f"{grade['code']}+"} for grade in BOOK["grades"]]
    in_force(town.district, {**BOOK, "grades": renamed, "branches": []}, since=TODAY, by=officer, number=2, rulebook=version.rulebook)
    for path in (at, receivers, made_at):
        assert "A: no grade in force, so it is open to nobody" in visitor.get(path).text, path


def test_a_constraint_holds_once_a_second_person_has_confirmed_it(browse, zhao, qian, officer, town, file):
    listed = {"name": "某某清单", "authority": "某部", "edition": "2026版", "for_persons": "yes", "in_force_from": TODAY}
    assert browse(zhao).send("/admin/credit/constraint-lists", **listed).status_code == 403
    assert "Enter a list" not in browse(zhao).get("/admin/credit/constraint-lists").text
    page = browse(zhao).get(f"/admin/credit/files/{file.id}").text
    assert "Enter a constraint" not in page and "No list was entered, so nothing can be limited." in page
    done(browse(officer).send("/admin/credit/constraint-lists", **listed))
    assert "Enter a constraint" in browse(zhao).get(f"/admin/credit/files/{file.id}").text
    form = {**CONSTRAINT, "list_id": one(ConstraintList).id, "from_on": TODAY}
    without = {name: value for name, value in form.items() if name != "person_basis"}
    refused = browse(zhao).send(f"/admin/credit/files/{file.id}/constraints", **without)
    assert refused.status_code == 422 and "only where a law says so of persons" in refused.text
    at = done(browse(zhao).send(f"/admin/credit/files/{file.id}/constraints", **form))
    assert "a second person confirms it" in browse(zhao).get(at).text
    assert browse(zhao).send(f"{at}/confirm").status_code == 403
    done(browse(qian).send(f"{at}/confirm"))
    assert one(Constraint).confirmed_by_id == qian.id and "Holds" in browse(zhao).get("/admin/credit/constraints").text
    done(browse(zhao).send(f"{at}/lift", reason="已改正"))
    assert one(Constraint).lifted_reason == "已改正" and browse(zhao).get(at).status_code == 404, "from then on it is for whom it concerns"
    assert set(db.session.scalars(select(AuditRow.by_id).where(AuditRow.action == "credit_file.look"))) == {zhao.id}
    done(browse(officer).send(f"/admin/credit/constraint-lists/{one(ConstraintList).id}/end", on=TODAY + timedelta(days=30)))
    assert one(ConstraintList).ended_on == TODAY + timedelta(days=30)
    assert "Enter a constraint" in browse(zhao).get(f"/admin/credit/files/{file.id}").text, "until that day it is in force"


@pytest.mark.parametrize("short", [{"legal_basis": "某法"}, {"person_basis": "某法"}, {"facts": "无"}, {"decision": "无"}, {"scope_zh": "无"},
                                   {"scope_en": "x"}])
def test_a_basis_of_a_word_or_two_is_refused_beside_its_field(browse, zhao, file, short):
    form = {**CONSTRAINT, "list_id": a_list(zhao).id, "from_on": TODAY, **short}
    refused = browse(zhao).send(f"/admin/credit/files/{file.id}/constraints", **form)
    assert refused.status_code == 422 and re.search(rf'<a href="#[^"]*{next(iter(short))}', refused.text)
    assert db.session.query(Constraint).count() == 0


@pytest.mark.parametrize("short", [{"name": "无"}, {"authority": "某"}, {"edition": "新"}])
def test_a_list_has_a_name_an_authority_and_an_edition(browse, officer, short):
    listed = {"name": "某某清单", "authority": "某部", "edition": "2026版", "for_persons": "yes", "in_force_from": TODAY, **short}
    assert browse(officer).send("/admin/credit/constraint-lists", **listed).status_code == 422


def looks_at_scores():
    return db.session.scalar(select(func.count()).select_from(AuditRow).where(AuditRow.action == "credit_file.look_at_score"))


@pytest.mark.parametrize("listed", ["objections", "repairs"])
def test_the_list_of_what_waits_is_a_look_at_each_file(browse, zhao, li, zhang, town, file, listed):
    for whose, of in ((li, file), (zhang, file_of(zhang))):
        fault = entry(of, "litter", TODAY)
        row = EntryObjection(entry_id=fault.id, area_id=town.grid_a.id, by_id=whose.id, reason="x", at=NOON, due_on=TODAY)
        if listed == "repairs":
            a_repair(str(fault.id), town.grid_a.id, whose.id)
        else:
            db.session.add(row)
    db.session.commit()
    assert browse(zhao).get(f"/admin/credit/{listed}").status_code == 200
    looked = select(func.count(AuditRow.target_id.distinct())).where(AuditRow.action == "credit_file.look_at_entries", AuditRow.by_id == zhao.id)
    assert db.session.scalar(looked) == 2


def test_a_plan_is_drawn_by_its_seed_and_results_come_into_the_files(browse, zhao, lin, lins_market, town):
    in_force(town.district, kind=SubjectKind.MERCHANT, by=zhao)
    enrolments.join(SubjectKind.MERCHANT, merchant_id=lins_market.id, by=lin, now=NOON)
    db.session.commit()
    visitor = browse(zhao)
    form = {"area_id": town.community.id, "from_on": TODAY, "until_on": TODAY + timedelta(days=30)}
    assert visitor.send("/admin/credit/inspection-plans", **form, shares="10; 50").status_code == 422
    at = done(visitor.send("/admin/credit/inspection-plans", **form, shares="10, 50"))
    assert one(InspectionPlan).shares == [{"rank": 1, "percent": 10}, {"rank": 2, "percent": 50}]
    assert one(InspectionPlan).seed in visitor.get(at).text and "林记超市" in visitor.get(at).text and looks_at_scores() == 2
    done(visitor.send(f"{at}/inspections/{one(Inspection).id}/result", result="minor_fault", found="货架过期一件", done_on=TODAY))
    assert one(CreditEntry).code == "inspection_minor_fault" and "A minor fault" in visitor.get(at).text


def test_support_is_given_to_as_many_as_there_are_places(browse, zhao, li, town, file):
    visitor = browse(zhao)
    at = done(visitor.send("/admin/credit/support-lists", area_id=town.community.id, kind="resident", support="industry", title_zh="花椒扶持",
                           title_en="Pepper", places=1, opens_on=TODAY, closes_on=TODAY + timedelta(days=9)))
    support.apply(one(SupportList).id, asked="扩种一亩", by=li, now=NOON)
    db.session.commit()
    application = f"{at}/applications/{one(SupportApplication).id}"
    assert "扩种一亩" in visitor.get(at).text and looks_at_scores() == 1
    done(visitor.send(f"{application}/decide", decision="grant", reason="符合条件"))
    assert one(SupportList).granted == 1 and "符合条件" in visitor.get(application).text


def test_receivers_are_registered_and_ended_and_days_corrected_by_the_district(browse, zhao, officer, town):
    in_force(town.district, by=officer)
    visitor = browse(zhao)
    form = {"area_id": town.community.id, "name": "某图书馆", "purpose": "library_deposit", "from_grade": "C", "offers_zh": "免押金",
            "offers_en": "no deposit"}
    wrong = visitor.send("/admin/credit/letter-receivers", **form, uscc="91350100M000100Y44")
    assert wrong.status_code == 422 and "Not a unified social credit code." in wrong.text
    at = done(visitor.send("/admin/credit/letter-receivers", **form, uscc="91350100M000100Y43"))
    done(visitor.send(f"{at}/end"))
    assert one(LetterReceiver).ended_at and "Ended" in visitor.get(at).text

    day = {"day": "2026-05-11", "is_worked": "no", "note": "停电"}
    assert visitor.send("/admin/credit/working-days", **day).status_code == 403
    above = browse(officer)
    done(above.send("/admin/credit/working-days", **day))
    assert db.session.get(CalendarDay, date(2026, 5, 11)).is_worked is False and "停电" in above.get("/admin/credit/working-days").text
    assert UUID(at.rpartition("/")[2]) == one(LetterReceiver).id


def test_a_files_page_asks_as_much_for_many_entries_as_for_two(browse, zhao, li, file):
    asked = []

    def note(connection, cursor, statement, *rest):
        asked.append(statement)
    visitor, counts = browse(zhao), []
    for number in range(2):
        for place in range(1 if number == 0 else 25):
            entry(file, "mediation", SPRING + timedelta(days=number + place), title="调解")
        visitor.get(f"/admin/credit/files/{file.id}")
        asked.clear()
        event.listen(db.engine, "before_cursor_execute", note)
        assert visitor.get(f"/admin/credit/files/{file.id}").status_code == 200
        event.remove(db.engine, "before_cursor_execute", note)
        counts.append(len(asked))
    assert counts[0] == counts[1] <= 75, "six quarters and today, each worked out as it stood"


@pytest.fixture
def hidden(file, town, li, zhao):
    """`hidden("repair")`: words of Li's that did not pass WeChat's check, and the address of their page, and where they are asked for."""
    def make(kind):
        if kind == "objection":
            row = objections.object_to(entry(file, "litter", TODAY).id, reason="骂人的话", by=li, now=NOON)
            page = read = f"/admin/credit/objections/{row.id}"
        elif kind == "repair":
            row = repairs.ask(entry(file, "litter", SPRING).id, pledge="骂人的话，写满十个字。", evidence="x", by=li, now=NOON)
            page = read = f"/admin/credit/repairs/{row.id}"
        elif kind == "application":
            listed = support.open_list(town.community.id, kind="resident", support="allowance", **TITLES, places=1, opens_on=TODAY,
                                       closes_on=TODAY + timedelta(days=9), by=zhao, now=NOON)
            row = support.apply(listed.id, asked="骂人的话", by=li, now=NOON)
            page = read = f"/admin/credit/support-lists/{listed.id}/applications/{row.id}"
        else:
            version = draft(town.community, SMALL, by=zhao)
            adoption.consult(version.id, until=TODAY + timedelta(days=9), by=zhao, now=NOON)
            row = adoption.comment(version.id, said="骂人的话", by=li, now=NOON)
            page = f"/admin/credit/versions/{version.id}"
            read = f"{page}/comments/{row.id}"
        row.text_state = "refused"
        db.session.commit()
        return row.id, page, f"{read}/words"
    return make


@pytest.mark.parametrize("state", ["pending", "review"])
def test_what_has_not_passed_yet_is_read_by_admins_of_the_rulebooks_own_area_alone(browse, live, zhao, officer, li, town, state):
    version = draft(town.district, SMALL, by=officer)
    adoption.consult(version.id, until=TODAY + timedelta(days=7), by=officer, now=NOON)
    adoption.comment(version.id, said="唱得好也要加分", by=li, now=NOON).text_state = state
    db.session.commit()
    auditor = live("孙局长", town.grid_b, Role.AUDITOR, town.district)
    pages = [browse(person).get(f"/admin/credit/versions/{version.id}").text for person in (officer, zhao, auditor)]
    assert ["唱得好也要加分" in page for page in pages] == [True, False, False]
    assert ["Let it pass" in page for page in pages] == [state == "review", False, False]


def test_a_comment_that_is_left_to_people_is_let_pass_or_held_back(browse, zhao, sun, li, town):
    version = draft(town.community, SMALL, by=zhao)
    adoption.consult(version.id, until=TODAY + timedelta(days=7), by=zhao, now=NOON)
    said = [adoption.comment(version.id, said=words, by=li, now=NOON) for words in ("唱得好也要加分", "骂人的话")]
    for row in said:
        row.text_state = "review"
    db.session.commit()
    page, visitor = f"/admin/credit/versions/{version.id}", browse(zhao)
    passes, held = (f"{page}/comments/{row.id}" for row in said)
    assert browse(sun).send(f"{passes}/let-pass").status_code == 403
    done(visitor.send(f"{passes}/let-pass"))
    done(visitor.send(f"{held}/hold-back"))
    assert [row.text_state for row in said] == ["passed", "refused"]
    assert ["唱得好也要加分" in browse(who).get(page).text for who in (zhao, sun)] == [True, True]
    assert ["骂人的话" in browse(who).get(page).text for who in (zhao, sun)] == [False, False]
    assert "Answer: —" in visitor.get(page).text, "an answer to what is not shown has a name"
    assert "Let it pass" not in visitor.get(page).text and visitor.send(f"{held}/let-pass").status_code == 409


@pytest.mark.parametrize("kind", ["objection", "repair", "application", "comment"])
def test_words_that_did_not_pass_are_read_by_who_decides_and_the_log_keeps_it(browse, zhao, sun, hidden, kind):
    row_id, page, words = hidden(kind)
    for visitor, may_read in ((browse(zhao), True), (browse(sun), False)):
        seen = visitor.get(page).text
        assert "骂人的话" not in seen and "is not shown" in seen
        assert (f'action="{words}"' in seen) is may_read
    read = browse(zhao).send(words)
    assert read.status_code == 200 and "骂人的话" in read.text
    assert "骂人的话" not in browse(zhao).get(page).text
    look = db.session.scalars(select(AuditRow).where(AuditRow.target_id == row_id, AuditRow.action.endswith(".look"))).one()
    assert look.by_id == zhao.id


def test_a_round_that_was_opened_by_mistake_is_called_off(browse, zhao, town):
    review_rows.asking(town, zhao)
    review_rows.village(town.grid_a)
    visitor = browse(zhao)
    at = done(visitor.send("/admin/credit/review-rounds", area_id=town.grid_a.id, per_household="5", least_slips="3", opens_on=TODAY,
                           closes_on=TODAY + timedelta(days=14)))
    review_rows.hand_in(review_rows.seats(one(ReviewRound))[0])
    for nothing in ("", "\u200b\u200b"):
        refused = visitor.send(f"{at}/call-off", reason=nothing)
        assert refused.status_code == 422 and "Please fill this in." in refused.text
    done(visitor.send(f"{at}/call-off", reason="wrong grid"))
    page = visitor.get(at).text
    assert "Called off" in page and "wrong grid" in page and "destroyed" in page and one(ReviewRound).seed in page
    assert "Call the round off" not in page and "Called off" in visitor.get("/admin/credit/review-rounds").text


def test_a_round_of_neighbours_reviews_is_opened_watched_and_closed(browse, zhao, town, clock):
    review_rows.asking(town, zhao)
    files, _ = review_rows.village(town.grid_a)
    visitor = browse(zhao)
    form = {"area_id": town.grid_a.id, "per_household": "5", "least_slips": "3", "opens_on": TODAY, "closes_on": TODAY + timedelta(days=14)}
    early = visitor.send("/admin/credit/review-rounds", **form | {"closes_on": TODAY + timedelta(days=1)})
    assert early.status_code == 422 and "Three days after the first" in early.text
    at = done(visitor.send("/admin/credit/review-rounds", **form))
    round_ = one(ReviewRound)
    for seat in review_rows.seats(round_, files[0]):
        review_rows.hand_in(seat)
    page = visitor.get(at).text
    assert "5 of 40" in page and round_.seed not in page and "can be closed from the day after" in page
    assert '<th scope="row" class="number">1</th>' in page
    assert visitor.send(f"{at}/close").status_code == 409
    clock.now = review_rows.after()
    visitor = browse(zhao)
    done(visitor.send(f"{at}/close"))
    page = visitor.get(at).text
    assert round_.seed in page and page.count("well spoken of") >= 2 and "Closed" in page
    assert one(CreditEntry).household_id == files[0].household_id
