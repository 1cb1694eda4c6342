from uuid import uuid4

import pytest
from sqlalchemy import text

from models import db
from services.people import people, vault
from services.people.vault import SealBroken
from tests.conftest import KEYS, NOON

PAPERS = {"paper_name": "李娜娜", "id_number": "500103199002300024", "phone": "13900000001"}


def test_what_is_sealed_opens_for_its_own_row_and_column_only():
    row, key = uuid4(), None
    key = vault.new_key(KEYS["fields"], row)
    sealed = vault.seal(KEYS["fields"], key, "李娜娜", table="people", column="paper_name", row=row)
    assert vault.unseal(KEYS["fields"], key, sealed, table="people", column="paper_name", row=row) == "李娜娜"
    for moved in ({"column": "phone"}, {"table": "merchants"}, {"row": uuid4()}):
        with pytest.raises(SealBroken):
            vault.unseal(KEYS["fields"], key, sealed, **{"table": "people", "column": "paper_name", "row": row, **moved})
    with pytest.raises(SealBroken):
        vault.unseal(KEYS["fields"], key, sealed[:-1] + bytes([sealed[-1] ^ 1]), table="people", column="paper_name", row=row)
    with pytest.raises(SealBroken):
        vault.unseal(KEYS["codes"], key, sealed, table="people", column="paper_name", row=row)


def test_papers_are_nowhere_in_clear_and_are_found_by_their_index(town):
    person = people.make("小李", town.grid_a, keys=KEYS, now=NOON, papers=PAPERS)
    db.session.commit()
    assert {column: people.paper(person, column, KEYS) for column in PAPERS} == PAPERS
    stored = db.session.execute(text("SELECT * FROM people")).one()
    for value in PAPERS.values():
        assert not any(value.encode() in bytes(cell) if isinstance(cell, bytes | memoryview) else value in str(cell) for cell in stored)
    assert person.phone_index == vault.blind_index(KEYS["blind_index"], "phone", PAPERS["phone"])
    assert person.phone_index != vault.blind_index(KEYS["blind_index"], "id_number", PAPERS["phone"])


def test_without_the_persons_key_nothing_opens(town):
    person = people.make("小李", town.grid_a, keys=KEYS, now=NOON, papers=PAPERS)
    person.data_key = vault.new_key(KEYS["fields"], person.id)
    with pytest.raises(SealBroken):
        people.paper(person, "phone", KEYS)


@pytest.mark.parametrize(("name", "shown"), [("李娜", "*娜"), ("王小明", "王*明"), ("Anna Smith", "A*******h"), ("李", "*")])
def test_a_name_is_masked(name, shown):
    assert people.masked(name) == shown
