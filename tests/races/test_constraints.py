"""A list is ended while constraints are entered on it and confirmed: each came before, or is told that it came too late."""
from uuid import UUID

import pytest
from sqlalchemy import func, select

from models import Constraint, ConstraintList, Role, db
from services.measures import constraints
from tests.conftest import NOON
from tests.measure_rows import DAY, WHOLE, a_list, a_merchants_file
from tests.races.crowd import CROWD, at_once, post, slowly, statuses

ENTERED = {name: value for name, value in WHOLE.items() if name != "person_basis"}


@pytest.fixture
def listed(zhao):
    return str(a_list(zhao, for_persons=False).id)


@pytest.fixture
def file(lins_market, zhao):
    return a_merchants_file(lins_market, zhao).id


@pytest.fixture
def head(live, town):
    """Who ends lists: an admin of the district."""
    return live("x", town.grid_b, Role.AREA_ADMIN, town.district)


def test_what_is_entered_while_its_list_is_ended_stands_on_it_or_is_refused(app, file, listed, zhao, head, token, monkeypatch):
    monkeypatch.setattr(constraints, "months_later", slowly(constraints.months_later))
    staff, ends = token(zhao), token(head)

    def act(i):
        if i == CROWD // 2:
            return post(app, ends, f"constraint-lists/{listed}/end", {"on": DAY.isoformat()})
        return post(app, staff, f"credit-files/{file}/constraints", {**ENTERED, "list_id": listed})
    answers = at_once(app, act)
    ended = answers.pop(CROWD // 2)
    assert ended.status_code == 200, ended.json
    assert {(answer.status_code, answer.json.get("code")) for answer in answers} <= {(201, None), (422, "list_not_in_force")}
    db.session.rollback()
    assert db.session.scalar(select(func.count()).select_from(Constraint)) == statuses(answers).count(201)


@pytest.mark.only("postgresql")
@pytest.mark.parametrize("act", ["enter", "confirm"])
def test_a_list_is_not_ended_under_what_is_being_entered_or_confirmed(app, file, listed, zhao, qian, head, act):
    waiting = constraints.enter(file, **ENTERED | {"from_on": DAY, "list_id": UUID(listed)}, by=zhao, now=NOON)
    db.session.commit()
    if act == "enter":
        constraints.enter(file, **ENTERED | {"from_on": DAY, "list_id": UUID(listed)}, by=zhao, now=NOON)
    else:
        constraints.confirm(waiting.id, by=qian, now=NOON)
    with db.engine.connect() as another:
        free = select(ConstraintList.id).where(ConstraintList.id == UUID(listed)).with_for_update(skip_locked=True)
        assert another.execute(free).all() == []
        another.rollback()
        db.session.commit()
        assert len(another.execute(free).all()) == 1
