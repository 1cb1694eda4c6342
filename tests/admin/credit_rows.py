"""One of everything of credit by the names that the pages' addresses have, what each form sends, and more rows for lists."""
from datetime import timedelta
from uuid import UUID

from models import (
    CalendarDay,
    ConstraintList,
    CreditEntry,
    EntryObjection,
    Grade,
    Indicator,
    Letter,
    LetterReceiver,
    Recall,
    Repair,
    SubjectKind,
    db,
)
from services.credit import enrolments
from services.credit.trials import runs
from services.culture import calendar, honours, knowledge
from services.measures import constraints, plans, supervision, support
from tests.conftest import NOON
from tests.culture import DAY, HONOUR, PAGE

TODAY = NOON.date()
LISTS = tuple(f"credit/{name}" for name in (
    "rulebooks", "files", "objections", "repairs", "constraints", "constraint-lists", "inspection-plans", "support-lists", "letter-receivers",
    "recalls", "working-days", "correction-plans",
    "review-rounds"))
CULTURE = ("culture/honours", "culture/knowledge-pages", "culture/days")
USCC = "91350100M000100Y43"
TITLES = {"title_zh": "题", "title_en": "x"}
CONSTRAINT = {"scene": "honours", "legal_basis": "xx xx xx", "person_basis": "xx xx xx", "facts": "xx xx", "decision": "xx xx",
              "scope_zh": "xx", "scope_en": "xx", "grade_class": "minor", "months": 1}
ITEM = {"version": "1", "branch": "deeds", "code": "choir2", "name_zh": "合唱", "name_en": "x", "each_centipoints": "1", "measured": "times"}
GRADE = {"version": "1", "code": "A+", "name_zh": "优", "name_en": "x", "from_centipoints": "150"}
TABLE = {"kind": "resident", "department": "xx", "csv": "reference,id_number,code,happened_on,title\n1,x,mediation,2026-05-06,x\n"}


def bodies(area, person_id):
    titles = {"kind": "merchant", **TITLES, **area}
    days = {"from_on": "2026-05-07", "until_on": "2026-06-07"}
    return {
        "make_rulebook": titles, "draft_rulebook": {"start": "last"},
        "make_reward": {"scene": "library_deposit", "from_grade": "A", **TITLES, **days},
        "end_reward": {"on": "2026-06-07"}, "consult_rulebook_version": {"until": "2026-06-07"},
        "publish_rulebook_version": {"in_force_from": "2026-06-07"},
        "vote_rulebook_version": {"voted_on": "2026-05-06", "voters": "people", "eligible": "1", "present": "1", "votes_for": "1",
                                  "votes_against": "0", "minutes": "x"},
        "retire_rulebook_version": {"on": "2026-06-07"}, "answer_comment": {"answer": "x"}, "add_item": ITEM, "edit_item": ITEM,
        "add_grade": GRADE, "edit_grade": GRADE, "scale_version": {"version": "1", "base": "100", "most": "200"},
        "enter_entry": {"code": "mediation", "happened_on": "2026-05-06", "quantity": "1", "title": "x", "evidence": "x"},
        "void_entry": {"reason": "x"},
        "write_fact": {"kind": "planting", "label": "x", "unit": "none", "from_on": "2026-05-06", "source": "x"},
        "look_at_table": {**TABLE, **area}, "take_table": {**TABLE, **area}, "decide_credit_objection": {"decision": "uphold", "reason": "x"},
        "decide_credit_repair": {"decision": "grant", "reason": "x"},
        "enter_constraint": {**CONSTRAINT, "list_id": str(UUID(int=0)), "from_on": "2026-05-07"},
        "lift_constraint": {"reason": "x"}, "correct_day": {"day": "2026-05-07", "is_worked": "no", "note": "x"},
        "end_constraint_list": {"on": "2026-12-01"},
        "enter_constraint_list": {"name": "xx xx", "authority": "xx", "edition": "2026", "for_persons": "no", "in_force_from": "2026-05-07"},
        "draw_plan": {"shares": "10", **days, **area}, "enter_result": {"result": "clean", "found": "x", "done_on": "2026-05-06"},
        "open_review_round": {"per_household": "5", "least_slips": "3", "opens_on": "2026-05-07", "closes_on": "2026-05-17", **area},
        "call_off_review_round": {"reason": "x"},
        "open_support_list": {**titles, "support": "industry", "places": "1", "opens_on": "2026-05-07", "closes_on": "2026-06-07"},
        "decide_application": {"decision": "grant", "reason": "x"},
        "register_receiver": {"name": "xx", "uscc": USCC, "purpose": "farm_loan", "from_grade": "A", "offers_zh": "x", "offers_en": "x", **area},
        "begin_correction_plan": {"person_id": person_id, "until_on": "2026-12-31", "service_minutes": "60", "aims": "x"},
        "write_plan_step": {"kind": "rule_kept", "on_day": "2026-05-06", "note": "x"},
        "propose_honour": {"person_id": person_id, **HONOUR, **area}, "enter_culture_day": {**DAY, **area},
        "write_knowledge_page": {**PAGE, **area}, "rewrite_knowledge_page": PAGE,
        "ask_question": {"asks_zh": "x", "asks_en": "x", "choices_zh": "x\r\ny", "choices_en": "x\ny", "right": "2"},
    }


def make(rows, town, zhao):
    """What the API names otherwise or not at all."""
    item = db.session.query(Indicator).filter_by(code="choir").one()
    trial = runs.try_out(item.version_id, by=zhao, now=NOON)
    letter = db.session.get(Letter, UUID(rows["letter_id"]))
    db.session.add_all([Recall(letter_id=letter.id, why="repaired", at=NOON),
                        CalendarDay(day=TODAY - timedelta(days=1), is_worked=False, note="x", by_id=zhao.id, at=NOON)])
    db.session.commit()
    grade = db.session.query(Grade).filter_by(version_id=item.version_id, rank=1).one()
    return {"item_id": str(item.id), "grade_id": str(grade.id), "trial_id": str(trial.id), "support_list_id": rows["list_id"]}


def more(number, rows, town, zhao, person):
    """One more of each kind of row that a list holds."""
    from services.credit import rulebooks
    rulebooks.make(town.grid_b.id if number == 0 else _grid(number, town).id, "resident", by=zhao, now=NOON, **TITLES)
    file = enrolments.join(SubjectKind.RESIDENT, by=person, now=NOON)
    _repair(file, person)
    entry = _fault(file)
    db.session.add(EntryObjection(entry_id=entry.id, area_id=file.area_id, by_id=person.id, reason="x", at=NOON, due_on=TODAY - timedelta(days=1)))
    listed = _list(zhao, f"xx xx {number}")
    constraints.enter(file.id, list_id=listed.id, from_on=TODAY, by=zhao, now=NOON, **CONSTRAINT)
    supervision.plan(town.community.id, from_on=TODAY, until_on=TODAY + timedelta(days=30), shares=[], by=zhao, now=NOON)
    support.open_list(town.community.id, kind="resident", support="industry", places=2, opens_on=TODAY, closes_on=TODAY + timedelta(days=9), by=zhao,
                      now=NOON, **TITLES)
    receiver = LetterReceiver(area_id=town.community.id, name=f"{number}", uscc=f"{number:018d}", purpose="farm_loan", from_grade="A", offers_zh="x",
                              offers_en="x", registered_by_id=zhao.id, registered_at=NOON)
    db.session.add(receiver)
    db.session.flush()
    _recall(file, receiver, person)
    db.session.add(CalendarDay(day=TODAY + timedelta(days=number + 1), is_worked=False, note="x", by_id=zhao.id, at=NOON))
    plans.begin(person.id, until_on=TODAY + timedelta(days=99), service_minutes=60, aims="x", runner_ids=[], by=zhao, now=NOON)
    honours.propose(town.community.id, person_id=person.id, by=zhao, now=NOON, **HONOUR)
    knowledge.write(town.community.id, questions=[], by=zhao, now=NOON, **PAGE)
    calendar.enter(town.community.id, on_day=TODAY, until_on=TODAY + timedelta(days=number), about_zh="", about_en="", by=zhao, now=NOON, **TITLES)
    db.session.flush()


def _grid(number, town):
    from models import Area
    code = f"5001030019{90_000 + number}"
    grid = Area(code=code, name=f"格{number}", level="grid", parent_id=town.community.id, path=f"{town.community.path}{code}/")
    db.session.add(grid)
    db.session.flush()
    return grid


def _fault(file):
    entry = CreditEntry(person_id=file.person_id, area_id=file.area_id, code="litter", measured="times", quantity=1, happened_on=TODAY,
                        entered_on=TODAY,
                        entered_at=NOON, deed=f"x/{file.id}/{db.session.query(CreditEntry).count()}", title="x", source="grid_worker",
                        source_ref=f"{file.id}/{db.session.query(CreditEntry).count()}", source_name="x", evidence="x")
    db.session.add(entry)
    db.session.flush()
    return entry


def _repair(file, by):
    row = Repair(entry_id=_fault(file).id, area_id=file.area_id, grade_class="ordinary", by_id=by.id, pledge="xx xx xx xx xx xx", evidence="xx xx",
                 at=NOON, due_on=TODAY)
    db.session.add(row)
    db.session.flush()
    return row


def _list(zhao, name):
    listed = ConstraintList(name=name, authority="xx", edition="2026", for_persons=True, in_force_from=TODAY,
                            entered_by_id=zhao.id, entered_at=NOON)
    db.session.add(listed)
    db.session.flush()
    return listed


def _recall(file, receiver, by):
    letter = Letter(file_id=file.id, receiver_id=receiver.id, asked_by_id=by.id, asked_at=NOON, says={}, expires_on=TODAY, status="sent",
                    sent_at=NOON,
                    code_hash=receiver.id.bytes * 2)
    db.session.add(letter)
    db.session.flush()
    db.session.add(Recall(letter_id=letter.id, why="repaired", at=NOON))
    db.session.flush()
