"""What named a rank names a code afterwards (0034, 0035): by the version in force, open to nobody where there is none; and the way down."""
from datetime import date
from uuid import UUID

import pytest
from sqlalchemy import bindparam, text
from sqlalchemy.exc import DatabaseError
from uuid_utils.compat import uuid7

from models import Letter, LetterReceiver, Reward, Rulebook, SubjectKind, db
from models.schema import downgrade, upgrade
from services.credit import adoption
from tests.conftest import NOON
from tests.credit_books import GRADES, book, branch, draft, file_of, in_force, item

BEFORE = "0033_recalled_again"
LONG_AGO = date(2020, 1, 1)
BOOK = book(branch("deeds", item("mediation", 200)))
WITH_AA = book(branch("deeds", item("mediation", 200)), grades=[{**GRADES[0], "code": "AA", "from_centipoints": 15000}, *GRADES])


@pytest.fixture
def before(town, zhao):
    """`before(rewards=[(rulebook, rank)], receivers=[(area, rank)])`: rows of the schema before, which name ranks."""
    def put(rewards=(), receivers=()):
        back_to(BEFORE)
        for place, (rulebook, rank) in enumerate(rewards):
            insert(Reward, rulebook_id=rulebook.id, scene="library_deposit", from_rank=rank, title_zh="x", title_en=f"{place}", terms_zh="",
                   terms_en="", from_on=LONG_AGO, made_by_id=zhao.id, made_at=NOON, version=1)
        for place, (area, rank) in enumerate(receivers):
            insert(LetterReceiver, area_id=area.id, name=f"{place}", uscc=f"{place:018d}", purpose="subsidy", from_rank=rank, offers_zh="x",
                   offers_en="x", registered_by_id=zhao.id, registered_at=NOON, version=1)
        db.session.commit()
    return put


def insert(model, **values):
    """Past the model, which knows no rank any more."""
    values, columns = {"id": uuid7(), **values}, model.__table__.c
    marks = [bindparam(name, value, **({"type_": columns[name].type} if name in columns else {})) for name, value in values.items()]
    names = ", ".join(values)
    db.session.execute(text(f"INSERT INTO {model.__tablename__} ({names}) VALUES (:{names.replace(', ', ', :')})").bindparams(*marks))


def back_to(revision):
    db.session.commit()
    db.session.remove()
    downgrade(revision)


def up():
    db.session.remove()
    upgrade()


def named(column="from_grade"):
    """By each reward, then by each receiver, in the order in which they were put."""
    rows = [db.session.scalars(text(f"SELECT {column} FROM {table} ORDER BY {order}")).all()
            for table, order in (("rewards", "title_en"), ("letter_receivers", "name"))]
    db.session.rollback()
    return rows


class TestOnBothDatabases:
    def test_a_reward_names_what_its_rank_is_in_the_version_in_force_else_in_the_newest(self, before, town, zhao):
        old = in_force(town.community, WITH_AA, by=zhao, since=LONG_AGO)
        old.retired_on = date(2024, 1, 1)
        now = in_force(town.community, BOOK, by=zhao, number=2, rulebook=old.rulebook).rulebook
        draft(town.community, WITH_AA, by=zhao)
        drafted = draft(town.community, WITH_AA, by=zhao, kind=SubjectKind.HOUSEHOLD).rulebook
        adoption.drop(draft(town.community, BOOK, by=zhao, kind=SubjectKind.HOUSEHOLD).id, by=zhao, now=NOON)
        empty = Rulebook(id=uuid7(), area_id=town.other.id, kind="resident", title_zh="x", title_en="x", created_at=NOON)
        db.session.add(empty)
        before(rewards=[(now, 1), (now, 2), (now, 12), (drafted, 1), (empty, 1)])
        up()
        assert named()[0] == ["A", "B", "C", "AA", ""], "past the last grade it was open to all; where no version says whose, to nobody"

    @pytest.mark.parametrize(("rulebooks", "code"), [
        ([], ""), ([("other", "resident", BOOK)], ""),
        ([("district", "merchant", WITH_AA)], "A"),
        ([("district", "merchant", BOOK), ("district", "household", WITH_AA)], "A"),
        ([("district", "household", WITH_AA), ("community", "household", BOOK)], "B"),
        ([("district", "resident", WITH_AA), ("community", "household", BOOK)], "A")])
    def test_a_receiver_names_what_its_rank_is_for_residents_else_others_by_the_nearest_rulebook(self, before, town, zhao, rulebooks, code):
        for area, kind, document in rulebooks:
            in_force(getattr(town, area), document, by=zhao, kind=kind)
        before(receivers=[(town.community, 2), (town.community, 9)])
        up()
        assert named()[1] == [code, code and "C"]

    def test_on_the_way_down_a_code_is_its_rank_again_and_one_that_none_has_the_fewest(self, before, town, zhao):
        rulebook = in_force(town.district, BOOK, by=zhao).rulebook
        before(rewards=[(rulebook, 1), (rulebook, 2), (rulebook, 3)], receivers=[(town.community, 2), (town.community, 3)])
        up()
        db.session.add(Reward(rulebook_id=rulebook.id, scene="library_deposit", from_grade="Z", title_zh="x", title_en="9", from_on=LONG_AGO,
                              made_by_id=zhao.id, made_at=NOON))
        db.session.add(LetterReceiver(area_id=town.community.id, name="9", uscc="9", purpose="subsidy", from_grade="Z", offers_zh="x", offers_en="x",
                                      registered_by_id=zhao.id, registered_at=NOON))
        back_to("0034_grades_by_code")
        assert named("from_rank") == [[1, 2, 3, 1], [2, 3, 1]]
        assert named() == [["A", "B", "C", "Z"], ["B", "C", "Z"]]
        back_to(BEFORE)
        assert named("from_rank") == [[1, 2, 3, 1], [2, 3, 1]]

    def test_letters_keep_their_receiver_and_what_was_written_stays(self, before, town, zhao, li):
        rulebook = in_force(town.district, BOOK, by=zhao).rulebook
        file = file_of(li)
        before(rewards=[(rulebook, 2)], receivers=[(town.community, 2)])
        receiver_id = UUID(str(db.session.scalar(text("SELECT id FROM letter_receivers"))))
        db.session.add(Letter(file_id=file.id, receiver_id=receiver_id, asked_by_id=li.id, asked_at=NOON, says={}, expires_on=NOON.date()))
        db.session.commit()
        up()
        assert db.session.scalar(text("SELECT r.from_grade FROM letters l JOIN letter_receivers r ON r.id = l.receiver_id")) == "B"
        db.session.rollback()
        for change in ("UPDATE letter_receivers SET from_grade = 'C'", "UPDATE letter_receivers SET purpose = 'subsidy'",
                       "DELETE FROM letter_receivers", "UPDATE rewards SET from_grade = 'C'", "DELETE FROM rewards"):
            with pytest.raises(DatabaseError):
                db.session.execute(text(change))
            db.session.rollback()
