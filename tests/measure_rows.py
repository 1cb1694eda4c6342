"""One of everything that credit opens, limits and repairs, for the tests that walk all routes."""
from datetime import date, timedelta
from uuid import UUID

from uuid_utils.compat import uuid7

from models import CalendarDay, ConstraintList, CreditFile, Enrolment, LetterLook, Recall, Repair, SubjectKind, db
from tests import credit_books
from tests.conftest import NOON, new_key

DAY = date(2026, 5, 6)
PLEDGE = "I will bring my rubbish where it belongs."
WHOLE = {"scene": "procurement", "legal_basis": "政府采购法第二十二条", "person_basis": "某法第十条第二款", "facts": "串通投标",
         "decision": "渝财罚〔2026〕1号", "scope_zh": "不参加采购",
         "scope_en": "no procurement", "grade_class": "ordinary", "months": 6, "from_on": "2026-05-06"}
REWARD = {"scene": "library_deposit", "from_grade": "B", "title_zh": "免押金借书", "title_en": "x", "from_on": "2026-01-01"}
KEEPING = credit_books.book(credit_books.branch("keeping", credit_books.item("inspection_clean", 100),
                                                credit_books.item("inspection_minor_fault", -100)))


def make_rows(town, zhao, market, resident, worker, admin, credit, resident_id):
    """By the name that routes give it. `credit` are the rows of credit_books; the plan is the resident's, and run by the admin alone."""
    def ok(client, path, **body):
        reply = client.post(f"/api/v1{path}", json=body, headers=new_key())
        assert reply.status_code < 300, (path, reply.json)
        return reply.json
    file = credit["file_id"]
    fault = ok(worker, f"/credit-files/{file}/entries", code="litter", happened_on="2026-05-06", title="x", evidence="x")["id"]
    letter = ok(resident, "/letters", receiver_id=ok(admin, "/letter-receivers", **receiver(town))["id"], kind="resident")
    plan = ok(admin, "/correction-plans", person_id=str(resident_id), until_on="2026-12-31", service_minutes=600, aims="x")["id"]
    ok(admin, f"/correction-plans/{plan}/steps", kind="rule_kept", on_day="2026-05-06", note="x")
    merchants_file(market, zhao, town)
    inspections = ok(admin, "/inspection-plans", **inspected(town))["id"]
    support = ok(admin, "/support-lists", **supported(town))["id"]
    listed, repair = a_list(zhao), a_repair(fault, town.grid_a.id, resident_id)
    return {"reward_id": ok(admin, f"/rulebooks/{credit['rulebook_id']}/rewards", **REWARD)["id"], "constraint_list_id": str(listed.id),
            "constraint_id": ok(admin, f"/credit-files/{file}/constraints", list_id=str(listed.id), **WHOLE)["id"],
            "inspection_plan_id": inspections, "list_id": support,
            "inspection_id": admin.get(f"/api/v1/inspection-plans/{inspections}/inspections").json["items"][0]["id"],
            "application_id": ok(resident, f"/support-lists/{support}/applications", asked="x")["id"],
            "receiver_id": letter["receiver_id"], "letter_id": letter["id"], "code": ok(resident, f"/letters/{letter['id']}/send")["code"],
            "credit_objection_id": ok(resident, f"/credit-entries/{fault}/objection", reason="x")["id"], "repair_id": repair,
            "plan_id": plan, "day": "2026-05-07"}


def make_many(ok, town, zhao, residents, merchants, rulebook):
    """At least three of everything that is listed; the ids that the paths of lists name. The first of the residents owns the first merchant."""
    li = residents[0]
    credit_books.in_force(town.district, KEEPING, kind=SubjectKind.MERCHANT, by=zhao)
    for merchant in merchants[1:]:
        a_merchants_file(merchant, zhao)
    support = [ok(zhao, "/support-lists", **supported(town))["id"] for _ in range(3)]
    plans = [ok(zhao, "/inspection-plans", **{**inspected(town), "shares": [{"rank": 2, "percent": 100}]})["id"] for _ in range(3)]
    for number, (resident, purpose) in enumerate(zip(residents, ("farm_loan", "rent_deposit", "subsidy"), strict=True)):
        file = db.session.query(CreditFile).filter_by(person_id=resident.id).one()
        ok(zhao, f"/rulebooks/{rulebook}/rewards", **REWARD)
        ok(zhao, f"/credit-files/{file.id}/constraints", list_id=str(a_list(zhao).id), **WHOLE)
        fault = credit_books.entry(file, "litter", DAY)
        ok(resident, f"/credit-entries/{fault.id}/objection", reason="x")
        a_repair(str(fault.id), town.grid_a.id, resident.id)
        ok(li, f"/support-lists/{support[number]}/applications", asked="x")
        if resident is not li:
            ok(resident, f"/support-lists/{support[0]}/applications", asked="x")
        db.session.add(CalendarDay(day=DAY + timedelta(days=number), is_worked=False, note="x", by_id=zhao.id, at=NOON))
        letter = ok(li, "/letters", receiver_id=ok(zhao, "/letter-receivers", **receiver(town, purpose=purpose))["id"], kind="resident")["id"]
        ok(li, f"/letters/{letter}/send")
        db.session.add(Recall(letter_id=UUID(letter), why="repaired", at=NOON))
        db.session.add_all(LetterLook(letter_id=UUID(letter), at=NOON) for _ in range(3))
        plan = ok(zhao, "/correction-plans", person_id=str(resident.id), until_on="2026-12-31", service_minutes=600, aims="x")["id"]
        for _ in range(3):
            ok(zhao, f"/correction-plans/{plan}/steps", kind="rule_kept", on_day="2026-05-06", note="x")
    db.session.commit()
    return {"inspection_plan_id": plans[0], "list_id": support[0], "letter_id": letter, "plan_id": plan}


def receiver(town, *, grade="C", purpose="farm_loan"):
    return {"area_id": str(town.community.id), "name": "渝中农商行", "uscc": "91350100M000100Y43", "purpose": purpose, "from_grade": grade,
            "offers_zh": "信用惠农贷", "offers_en": "farm loan"}


def inspected(town):
    return {"area_id": str(town.community.id), "from_on": "2026-05-06", "until_on": "2026-07-01", "shares": [{"rank": 2, "percent": 50}]}


def supported(town, *, places=1, kind="resident"):
    return {"area_id": str(town.community.id), "kind": kind, "support": "allowance", "title_zh": "补贴", "title_en": "x", "places": places,
            "opens_on": "2026-05-06", "closes_on": "2026-06-01"}


def merchants_file(market, zhao, town, document=KEEPING):
    """The market's file, in the scheme, under a rulebook for merchants."""
    credit_books.in_force(town.district, document, kind=SubjectKind.MERCHANT, by=zhao)
    return a_merchants_file(market, zhao)


def a_merchants_file(market, zhao):
    file = CreditFile(id=uuid7(), kind=SubjectKind.MERCHANT, merchant_id=market.id, area_id=market.area_id, opened_at=NOON)
    db.session.add(file)
    db.session.flush()
    db.session.add(Enrolment(file_id=file.id, joined_on=date(2026, 1, 1), joined_at=NOON, text_version="x", joined_by_id=zhao.id))
    db.session.commit()
    return file


def a_list(zhao, *, for_persons=True):
    made = ConstraintList(id=uuid7(), name="全国失信惩戒措施基础清单", authority="国家发展改革委", edition="2024 版", for_persons=for_persons,
                          in_force_from=date(2024, 1, 1), entered_by_id=zhao.id, entered_at=NOON)
    db.session.add(made)
    db.session.commit()
    return made


def a_repair(entry_id, area_id, by_id):
    """Asked for when it might be: the rule that it is too early is not what routes are walked for."""
    made = Repair(id=uuid7(), entry_id=UUID(entry_id), area_id=area_id, grade_class="ordinary", by_id=by_id, pledge=PLEDGE, evidence="x", at=NOON,
                  due_on=DAY + timedelta(days=5))
    db.session.add(made)
    db.session.commit()
    return str(made.id)
