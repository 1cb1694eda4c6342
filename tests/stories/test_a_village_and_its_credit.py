"""Two years of a village's credit: sixty households, six of them worked by hand.

The rulebook for households: base 100. Volunteering brings a point for every six hours (1.5 in the second version), mediation 2, a clean
yard 1 for half a year; litter costs 1 (2 in the second) and doubles, burning straw 3. The second version, in force from 1 July 2025, knows
a new fault, fishing where it is forbidden, for 2. Everything else counts for a year.
"""
import random
from datetime import date, timedelta
from types import SimpleNamespace

import pytest
from uuid_utils.compat import uuid7

from models import CreditEntry, CreditFile, Enrolment, Household, Measured, Role, Source, Standing, SubjectKind, db
from services.access import sign_in
from services.credit import adoption, enrolments, entries, explanations, hundredths, objections, repairs, rulebooks, scores
from services.people import members, people
from tests.conftest import KEYS
from tests.credit_books import GRADES, at, book, branch, item

QUARTERS = [date(2024, 9, 30), date(2024, 12, 31), date(2025, 3, 31), date(2025, 6, 30), date(2025, 9, 30), date(2025, 12, 31),
            date(2026, 3, 31), date(2026, 6, 30)]
WORKED = {  # by hand: the score as it stood at the end of each quarter
    # 12 h of 10 Aug 2024 are entered on 15 Jan 2025 (+2; by the second version +3, but lapsed on 10 Aug); a clean yard 20 Mar to 19 Sep 2025
    # (+1); 6 h on 5 Nov 2025 (+1.5)
    "陈": ["100", "100", "103", "103", "100", "101.5", "101.5", "101.5"],
    # a mediation on 12 Oct 2024 that two sources tell of (+2 once, to 11 Oct 2025); litter on 1 Feb 2025 (-1, by the second version -2, to 31 Jan
    # 2026) and again on 15 Aug 2025 (-2 doubled: -4, to 14 Aug 2026)
    "刘": ["100", "102", "101", "101", "96", "94", "96", "96"],
    # burning straw on 20 Jan 2025 (-3), disputed from 25 Mar, upheld on 10 Apr; a clean yard on 1 May 2026 (+1)
    "赵": ["100", "100", "97 to 100", "100", "100", "100", "100", "101"],
    # burning straw on 10 Feb 2025 (-3), repaired on 20 Aug 2025; 30 h on 10 Oct 2025 (5 x 1.5 = 7.5)
    "孙": ["100", "100", "97", "97", "100", "107.5", "107.5", "107.5"],
    # Min mediates on 5 Sep 2024 (+2, to 4 Sep 2025); a clean yard 1 Nov 2024 to 30 Apr 2025 (+1); Min is a household of her own from 15 May 2025
    "周": ["102", "103", "103", "100", "100", "100", "100", "100"],
    # Lan gives 18 h on 20 Aug 2024 (+3, to 19 Aug 2025), is outside from 10 Jan to 31 May 2025; forbidden fishing on 15 Jun 2025, no fault yet,
    # and on 2 Oct 2025 (-2)
    "吴": ["103", "103", "100", "103", "100", "98", "98", "98"],
}
MIN_ALONE = [None, None, None, "102", "100", "100", "100", "100"]


def rules(version):
    newer = version == 2
    faults = [item("litter", -200 if newer else -100, doubles=True), item("straw", -300)]
    return book(
        branch("deeds", item("volunteering", 150 if newer else 100, measured="minutes", per_quantity=360, most=1000), item("mediation", 200),
               most=1500),
        branch("home", item("clean_yard", 100, term_months=6, most=300)),
        branch("faults", *faults, *([item("fishing", -200)] if newer else []), least=-3000), grades=GRADES)


@pytest.fixture
def village(town, zhao, qian):
    """Zhao writes the rules, Qian decides; the first version is in force when the village begins."""
    began = date(2024, 5, 1)
    for admin in (zhao, qian):
        people.grant(admin, Role.AREA_ADMIN, now=at(began), area=town.district)
    db.session.commit()
    writer, judge = (sign_in.load(admin.id, at(date(2026, 6, 30))) for admin in (zhao, qian))
    book_ = rulebooks.make(town.district.id, "household", title_zh="农村信用评价指标体系", title_en="Village credit", by=writer, now=at(began))
    first = rulebooks.draft(book_.id, rules(1), template=False, by=writer, now=at(began))
    adopt(first, began, date(2024, 7, 1), writer)
    return SimpleNamespace(town=town, writer=writer, judge=judge, book=book_, homes={}, files={}, people={})


def adopt(version, day, in_force_from, writer):
    adoption.consult(version.id, until=day + timedelta(days=7), by=writer, now=at(day))
    adoption.publish(version.id, in_force_from=in_force_from, by=writer, now=at(day + timedelta(days=7)))
    db.session.commit()


def settle(village, name, *given_names):
    """A household in the scheme with all its people since 1 July 2024."""
    day, town = date(2024, 6, 1), village.town
    home = Household(area_id=town.grid_a.id, name=f"{name}家", created_at=at(day))
    db.session.add(home)
    db.session.flush()
    for given in given_names:
        person = people.make(f"{name}{given}", town.grid_a, keys=KEYS, now=at(day), household_id=home.id)
        db.session.commit()
        village.people[f"{name}{given}"] = sign_in.load(person.id, at(day))
        enrolments.join(SubjectKind.RESIDENT, by=village.people[f"{name}{given}"], now=at(date(2024, 7, 1)))
    village.homes[name] = home
    village.files[name] = enrolments.join(SubjectKind.HOUSEHOLD, by=village.people[name + given_names[0]], now=at(date(2024, 7, 1)))
    db.session.commit()


def own_file(village, person):
    return enrolments.own_file(SubjectKind.RESIDENT, by=village.people[person], now=at(date(2026, 6, 30)))


def write(file, code, day, *, quantity=1, known=None, deed=None, source=Source.GRID_WORKER):
    measured = Measured.MINUTES if code == "volunteering" else Measured.TIMES
    made = entries.write(file, code, measured, quantity * 60 if code == "volunteering" else quantity, happened_on=day, title=code,
                         evidence="seen", source=source, source_ref=f"{source}/{file.id}/{code}/{day}/{deed}", source_name="王网格", deed=deed,
                         now=at(known or day))
    entries.touch([made], now=at(known or day))
    db.session.commit()
    return made


def live_two_years(village):
    for name, given in (("陈", "刚"), ("刘", "芳"), ("赵", "军"), ("孙", "英"), ("周", "强敏"), ("吴", "兰")):
        settle(village, name, *given)
    at_home = village.files
    write(own_file(village, "周敏"), "mediation", date(2024, 9, 5))
    write(own_file(village, "吴兰"), "volunteering", date(2024, 8, 20), quantity=18)
    for source in (Source.CHAIN, Source.DEPARTMENT):
        write(own_file(village, "刘芳"), "mediation", date(2024, 10, 12), deed="quarrel about a wall", source=source)
    write(at_home["周"], "clean_yard", date(2024, 11, 1))
    enrolments.leave(SubjectKind.RESIDENT, by=village.people["吴兰"], now=at(date(2025, 1, 10)))
    write(own_file(village, "陈刚"), "volunteering", date(2024, 8, 10), quantity=12, known=date(2025, 1, 15))
    burnt = write(at_home["赵"], "straw", date(2025, 1, 20))
    write(own_file(village, "刘芳"), "litter", date(2025, 2, 1))
    made_good = write(at_home["孙"], "straw", date(2025, 2, 10))
    write(at_home["陈"], "clean_yard", date(2025, 3, 20))
    disputed = objections.object_to(burnt.id, reason="It was the field beside ours.", by=village.people["赵军"], now=at(date(2025, 3, 25)))
    objections.decide(disputed.id, uphold=True, reason="The map shows it.", by=village.judge, now=at(date(2025, 4, 10)))
    village.alone = members.split(village.homes["周"].id, "周敏家", [village.people["周敏"].id], on=date(2025, 5, 15), by=village.judge,
                                  now=at(date(2025, 5, 15)))
    db.session.commit()
    village.people["周敏"] = sign_in.load(village.people["周敏"].id, at(date(2025, 5, 15)))
    village.files["周敏"] = enrolments.join(SubjectKind.HOUSEHOLD, by=village.people["周敏"], now=at(date(2025, 5, 15)))
    second = rulebooks.draft(village.book.id, rules(2), template=False, by=village.writer, now=at(date(2025, 5, 20)))
    adopt(second, date(2025, 5, 20), date(2025, 7, 1), village.writer)
    enrolments.join(SubjectKind.RESIDENT, by=village.people["吴兰"], now=at(date(2025, 6, 1)))
    write(at_home["吴"], "fishing", date(2025, 6, 15))
    write(own_file(village, "刘芳"), "litter", date(2025, 8, 15))
    asked = repairs.ask(made_good.id, pledge="We plough the straw in from now on.", evidence="ploughed", by=village.people["孙英"],
                        now=at(date(2025, 8, 18)))
    repairs.decide(asked.id, grant=True, reason="Seen on the field.", by=village.judge, now=at(date(2025, 8, 20)))
    write(at_home["吴"], "fishing", date(2025, 10, 2))
    write(own_file(village, "孙英"), "volunteering", date(2025, 10, 10), quantity=30)
    write(own_file(village, "陈刚"), "volunteering", date(2025, 11, 5), quantity=6)
    write(at_home["赵"], "clean_yard", date(2026, 5, 1))
    db.session.commit()


def neighbours(village, count, seed):
    """Other households, whose deeds are nobody else's: written straight into the tables."""
    chance, since, rows = random.Random(seed), date(2024, 7, 1), []
    for number in range(count):
        home = Household(id=uuid7(), area_id=village.town.grid_a.id, name=f"邻{number:02d}家", created_at=at(since))
        db.session.add(home)
        db.session.flush()
        person = people.make(f"邻{number:02d}", village.town.grid_a, keys=KEYS, now=at(since), household_id=home.id)
        own, joint = (CreditFile(id=uuid7(), kind=kind, area_id=home.area_id, opened_at=at(since), **{column: key}) for kind, column, key in (
            (SubjectKind.RESIDENT, "person_id", person.id), (SubjectKind.HOUSEHOLD, "household_id", home.id)))
        db.session.add_all([own, joint])
        db.session.flush()
        rows += [Enrolment(file_id=file.id, joined_on=since, joined_at=at(since), joined_by_id=person.id, text_version="x") for file in (own, joint)]
        for nth in range(chance.randrange(4)):
            day, code = since + timedelta(days=chance.randrange(720)), chance.choice(["volunteering", "mediation", "clean_yard", "litter", "straw"])
            file = joint if code in ("clean_yard", "straw") else own
            minutes = code == "volunteering"
            rows.append(CreditEntry(
                person_id=file.person_id, household_id=file.household_id, area_id=file.area_id, code=code, title="", source_name="", evidence="seen",
                measured=Measured.MINUTES if minutes else Measured.TIMES, quantity=chance.randrange(1, 30) * 60 if minutes else 1, happened_on=day,
                entered_on=day, entered_at=at(day), deed=f"{file.id}/{nth}", source=Source.GRID_WORKER, source_ref=f"{file.id}/{nth}"))
    db.session.add_all(rows)
    db.session.commit()


def as_shown(file, day):
    try:
        found = scores.as_it_stood(file, day, now=at(date(2026, 7, 1)))
    except scores.NotInSchemeThen:
        return None
    return (f"{written(found.low)} to {written(found.high)}" if found.is_disputed else written(found.centipoints))


def written(centipoints):
    return hundredths.shown(centipoints)


class TestOnBothDatabases:
    def test_six_households_stand_where_they_stand_by_hand(self, village):
        live_two_years(village)
        neighbours(village, 53, seed=60)
        worked = {name: [as_shown(village.files[name], day) for day in QUARTERS] for name in WORKED}
        assert worked == WORKED
        assert [as_shown(village.files["周敏"], day) for day in QUARTERS] == MIN_ALONE
        assert db.session.query(CreditFile).filter_by(kind="household").count() == 60

        with pytest.raises(scores.NotInSchemeThen):  # nothing is written of the time outside
            entries.check(own_file(village, "吴兰"), _litter(village), happened_on=date(2025, 3, 1), settings=None, now=at(date(2026, 7, 1)))
        said = explanations.explain(village.files["刘"], on=QUARTERS[4], now=at(date(2026, 7, 1)))
        assert said.en == ["By members together: -4", "Base 100 - 4 = 96, grade B"]  # 2 and 6, but of two people it is not told apart

        day, now = date(2026, 6, 30), at(date(2026, 6, 30), 23)
        version = scores.in_force.version(village.town.grid_a, SubjectKind.HOUSEHOLD, day)
        for ids in scores.batches(version.rulebook, on=day):
            scores.recompute(version.rulebook, version, ids, on=day, now=now)
        db.session.commit()
        rows = {row.file_id: (row.centipoints, row.grade_rank) for row in db.session.query(Standing).filter_by(version_id=version.id)}
        assert len(rows) == 60
        for file in db.session.query(CreditFile).filter_by(kind="household"):
            one = scores.score(file, on=day, now=now)
            assert rows[file.id] == (one.centipoints, one.grade.rank)


def _litter(village):
    version = scores.in_force.version(village.town.grid_a, SubjectKind.HOUSEHOLD, date(2026, 7, 1))
    return next(each for each in version.indicators if each.code == "litter")
