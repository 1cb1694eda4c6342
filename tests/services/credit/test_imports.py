"""A department's table: row by row."""
from datetime import date

import pytest

from models import CreditEntry, db
from services.access import sign_in
from services.credit import imports, scores
from services.people import people
from tests.conftest import KEYS, NOON
from tests.credit_books import BOOK, file_of, in_force

NUMBERS = ("11010519491231002X", "440524188001010014")
HEAD = "reference,id_number,code,happened_on,title,quantity,deed\n"


@pytest.fixture
def known(town, zhao, li):
    in_force(town.district, BOOK, by=zhao)
    people.seal_papers(li, {"id_number": NUMBERS[0]}, KEYS)
    db.session.commit()
    file_of(li)
    return li


def bring_in(zhao, town, settings, *rows, **how):
    found = imports.bring_in("resident", town.community.id, "城管局", HEAD + "\n".join(rows), by=zhao, settings=settings, now=NOON, **how)
    db.session.commit()
    return [(row.row, row.refusal and row.refusal.code) for row in found.rows], found


GOOD = f"1,{NUMBERS[0]},litter,2026-05-01,乱倒垃圾,1,"


class TestOnBothDatabases:
    def test_each_row_is_taken_or_refused_by_itself(self, known, town, zhao, settings):
        told, found = bring_in(
            zhao, town, settings, GOOD, f"1,{NUMBERS[0]},litter,2026-05-02,again,1,", f"2,{NUMBERS[1]},litter,2026-05-01,nobody,1,",
            f"3,{NUMBERS[0]},nothing,2026-05-01,x,1,", f"4,{NUMBERS[0]},litter,2026-13-01,x,1,", f"5,{NUMBERS[0]},litter,2027-01-01,x,1,",
            f"6,{NUMBERS[0]},litter,2026-05-01,the same,1,", f"7,{NUMBERS[0]},litter,2023-05-01,before,1,", "8")
        assert told == [(2, None), (3, "taken_already"), (4, "no_such_file"), (5, "unknown_item"), (6, "row_unreadable"),
                        (7, "validation_failed"), (8, "looks_the_same"), (9, "not_in_scheme_then"), (10, "row_unreadable")]
        assert (found.entered, found.refused) == (1, 8)
        assert db.session.query(CreditEntry).count() == 1

    def test_a_deed_of_one_name_counts_once(self, known, town, zhao, settings):
        told, _ = bring_in(zhao, town, settings, *(f"{n},{NUMBERS[0]},mediation,2026-05-01,{n},1,quarrel" for n in (1, 2)))
        assert told == [(2, None), (3, None)]
        file = imports.db.session.query(imports.CreditFile).one()
        assert scores.score(file, on=date(2026, 5, 6), now=NOON).centipoints == 10200

    def test_a_look_writes_nothing(self, known, town, zhao, settings):
        told, _ = bring_in(zhao, town, settings, GOOD, only_look=True)
        assert (told, db.session.query(CreditEntry).count()) == ([(2, None)], 0)

    @pytest.mark.parametrize("table", ["", "a,b\n1,2", HEAD.replace("title", "name"), HEAD + GOOD.replace("1", "1", 1) + "\n" + "x\n" * 501])
    def test_a_table_that_is_none_is_refused_whole(self, known, town, zhao, settings, table):
        with pytest.raises(imports.NotThisTable):
            imports.bring_in("resident", town.community.id, "x", table, by=zhao, settings=settings, now=NOON)

    def test_a_childs_fault_is_written_in_no_file(self, known, town, zhao, settings, live):
        child = live("小明", town.grid_a)
        born = "50010320120101001"
        from services.people.identifiers import MOD_11_CHARACTERS, MOD_11_WEIGHTS
        number = born + MOD_11_CHARACTERS[sum(int(d) * w for d, w in zip(born, MOD_11_WEIGHTS, strict=True)) % 11]
        people.seal_papers(child, {"id_number": number}, KEYS)
        db.session.commit()
        file_of(sign_in.load(child.id, NOON))
        told, _ = bring_in(zhao, town, settings, f"1,{number},litter,2026-05-01,x,1,", f"2,{number},mediation,2026-05-01,x,1,")
        assert told == [(2, "minors_fault"), (3, None)]
