"""Plans of community correction: who is staff there no longer runs none, and what nobody runs makes way."""
from datetime import date, timedelta

import pytest

from models import Role, db
from services.access import sign_in
from services.measures import plans
from services.people import people
from services.refusals import NotFound
from tests.conftest import NOON

LATER = NOON + timedelta(days=1)
PLAN = {"until_on": date(2026, 12, 1), "service_minutes": 60, "aims": "按时报到"}


@pytest.fixture
def plan(zhao, wang, li):
    """Li's, begun by Zhao, who runs it with Wang."""
    made = plans.begin(li.id, **PLAN, runner_ids=[wang.id], by=zhao, now=NOON)
    db.session.commit()
    return made


def moved(person, area=None):
    """Their role ends, and they have another in that area."""
    for grant in person.roles:
        grant.ended_at = NOON
    if area:
        people.grant(person, Role.GRID_WORKER, now=NOON, area=area)
    db.session.commit()
    return sign_in.load(person.id, NOON)


class TestOnBothDatabases:
    def test_who_is_staff_of_another_area_or_of_none_sees_it_no_more(self, plan, town, zhao, wang, li):
        assert plans.seen(plan.id, by=wang, now=NOON) is plan
        for area in (town.grid_b, None):
            gone = moved(wang, area)
            assert [db.session.scalars(query).all() for query in (plans.search(gone, LATER), plans.run_by(gone, LATER))] == [[], []]
            for look in (plans.seen, plans.run, plans.steps, plans.close):
                with pytest.raises(NotFound):
                    look(plan.id, by=gone, now=LATER)
            with pytest.raises(NotFound):
                plans.write(plan.id, kind="rule_kept", on_day=date(2026, 5, 6), minutes=None, note="x", by=gone, now=LATER)
        assert plans.seen(plan.id, by=zhao, now=LATER) is plans.seen(plan.id, by=li, now=LATER) is plan

    def test_one_that_nobody_is_left_to_run_is_closed_when_another_is_begun(self, plan, town, zhao, wang, qian, li):
        moved(zhao)
        with pytest.raises(plans.PlanRuns):
            plans.begin(li.id, **PLAN, runner_ids=[], by=qian, now=LATER)
        moved(wang, town.grid_b)
        made = plans.begin(li.id, **PLAN, runner_ids=[], by=qian, now=LATER)
        assert [(each.id, each.status) for each in db.session.scalars(plans.search(li, LATER).order_by(plans.CorrectionPlan.id))] == [
            (plan.id, "ended"), (made.id, "running")]
