"""What waits, a page at a time: the newest of all areas in reach, found without looking at what waits elsewhere."""
import io
import json
from datetime import timedelta
from functools import partial
from types import SimpleNamespace
from uuid import UUID

import pytest
from PIL import Image
from sqlalchemy import insert, text
from uuid_utils.compat import uuid7

from api.edge.fields import Moment
from models import ActivityRecord, Role, db
from models.statements import is_postgresql
from services.records import approvals, evidence, pages, records
from services.refusals import NotFound
from tests.conftest import NOON

LAST = UUID(int=2**128 - 1)
STATUSES = (None, "pending", "credited", "withdrawn")


def a_record(area, resident, status="pending", record_id=None):
    return {"id": record_id or uuid7(), "resident_id": resident.id, "area_id": area.id, "category": "care", "description": "x", "started_at": NOON,
            "ended_at": NOON, "minutes": 0, "points_proposed": 0, "points_max": 0, "evidence_tier": "A", "approvals_needed": 1, "status": status,
            "flags": [], "created_at": NOON}


def a_picture() -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (1, 1)).save(out, format="PNG")
    return out.getvalue()


@pytest.fixture
def filled(town, li):
    """Twelve records of each area below the street, the areas and statuses in turns."""
    areas = (town.grid_a, town.grid_b, town.grid_c, town.community, town.other)
    rows = [a_record(areas[n % 5], li, STATUSES[1 + n % 3]) for n in range(60)]
    db.session.execute(insert(ActivityRecord), rows)
    db.session.commit()
    return [SimpleNamespace(**row, path=areas[n % 5].path) for n, row in enumerate(rows)]


def whole(newest, most):
    """All ids of a list, asked for page by page."""
    found, before = [], LAST
    while page := newest(before=before, most=most):
        found, before = found + [row.id for row in page], page[-1].id
        assert len(page) <= most
    return found


@pytest.mark.parametrize("status", STATUSES)
@pytest.mark.parametrize("where", ["grid_a", "grid_b", "community", "other", "street", "district", "city"])
def test_a_queue_holds_each_record_of_its_areas_once_the_newest_first(town, live, filled, where, status):
    area = getattr(town, where)
    reader = live("孙审计", town.grid_b, Role.AUDITOR, area)
    expected = [row.id for row in reversed(filled) if row.path.startswith(area.path) and status in (None, row.status)]
    assert whole(partial(pages.queue, reader, NOON, status=status), most=7) == expected
    assert len(expected) > (7 if status is None else 3)


def test_two_roles_reach_both_their_areas_and_one_area_may_be_asked_for(town, live, filled, zhou):
    reader = live("孙审计", town.grid_b, Role.AUDITOR, town.grid_a)
    reader.roles.append(live("x", town.grid_b, Role.AUDITOR, town.grid_c).roles[0])
    pending = lambda **asked: {  # noqa: E731
        json.loads(row.shown)["area_id"] for row in pages.queue(reader, NOON, status="pending", before=LAST, most=99, **asked)}
    assert pending() == {str(town.grid_a.id), str(town.grid_c.id)}
    assert pending(area_id=town.grid_c.id) == {str(town.grid_c.id)}
    with pytest.raises(NotFound):
        pages.queue(zhou, NOON, area_id=town.grid_a.id, before=LAST, most=9)


def test_who_holds_no_role_there_reads_nothing(li, filled):
    assert pages.queue(li, NOON, before=LAST, most=9) == []


def test_a_record_is_read_with_its_history_and_pictures_the_oldest_first(town, li, wang, zhao, fund, settings):
    pictures = [evidence.keep(a_picture(), by=li, now=NOON).id for _ in range(3)]
    made = records.declare(by=li, now=NOON, category="care", area_id=town.grid_a.id, description="x", evidence_ids=reversed(pictures),
                           started_at=NOON - timedelta(hours=2), ended_at=NOON - timedelta(hours=1))
    at = NOON + timedelta(milliseconds=1500)
    approvals.approve(made.id, by=wang, now=at, points=10, note="谢谢")
    db.session.commit()
    read = json.loads(pages.queue(wang, NOON, before=LAST, most=1)[0].shown)
    assert [tuple(step.values()) for step in read["history"]] == [
        ("create", str(li.id), Moment.shown(NOON), None, None), ("approve", str(wang.id), Moment.shown(at), 10, "谢谢")]
    assert read["evidence"] == [{"id": str(each), "state": "passed"} for each in pictures]
    row = pages.queued_rows(wang, NOON, before=LAST, most=1)[0]
    assert (row.id, read["resident_name"], row.area_name, row.flags) == (UUID(read["id"]), "李娜", "一网格", made.flags)


def test_ones_own_records_are_also_those_of_who_was_joined_to_one(town, li, zhang, filled):
    second = a_record(town.grid_a, zhang)
    db.session.execute(insert(ActivityRecord), [second])
    own = [row.id for row in reversed(filled)]
    assert whole(partial(pages.own, li), most=7) == own
    assert whole(partial(pages.own, zhang), most=7) == [second["id"]]
    zhang.joined_into_id = li.id
    db.session.flush()
    assert whole(partial(pages.own, li), most=7) == [second["id"], *own]
    assert len(whole(partial(pages.own, li, status="pending"), most=7)) == 21


def test_a_grids_queue_is_found_in_its_index_whatever_waits_elsewhere(town, li, wang):
    db.session.execute(insert(ActivityRecord), [a_record(town.grid_a, li), *(a_record(town.grid_b, li) for _ in range(2000))])
    db.session.commit()
    db.session.execute(text("ANALYZE"))
    statement = pages._queue(is_postgresql(), pages._shown, 1, False, ("status",))
    compiled = statement.compile(db.engine)
    begins, ends = town.grid_a.span
    values = compiled.construct_params({"status": "pending", "reader_id": wang.id, "before": LAST, "most": 21, "from_0": begins, "to_0": ends})
    how = "EXPLAIN" if is_postgresql() else "EXPLAIN QUERY PLAN"
    if not is_postgresql():
        values = tuple(compiled._bind_processors.get(name, str)(values[name]) for name in compiled.positiontup)
    plan = "\n".join(str(row[-1]) for row in db.session.connection().exec_driver_sql(f"{how} {compiled}", values))
    assert "ix_activity_records_queue" in plan and "pk_activity_records on activity_records activity_records_1" not in plan, plan
