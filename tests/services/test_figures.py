from datetime import timedelta

from services.areas import figures
from services.records import approvals, records
from tests.conftest import NOON


def declare(person, area, at=NOON):
    return records.declare(by=person, now=NOON, category="care", area_id=area.id, description="x", started_at=at - timedelta(hours=3),
                           ended_at=at - timedelta(hours=1))


def test_a_grids_month_counts_what_was_done_there_though_the_communitys_fund_pays(town, li, wang, zhao, fund):
    done, waits = declare(li, town.grid_a), declare(li, town.grid_a, NOON - timedelta(days=1))
    declare(li, town.grid_a, NOON - timedelta(days=10))  # in April
    for by in (wang, zhao):
        approvals.approve(done.id, by=by, now=NOON, points=20)
    approvals.approve(waits.id, by=wang, now=NOON, points=20)

    month = figures.of_month(town.grid_a, NOON)
    assert (month["records"], month["minutes"], month["points"], month["events"]) == (1, 120, 20, 0)
    assert figures.of_month(town.community, NOON) == month
    assert figures.of_month(town.grid_b, NOON)["points"] == 0
