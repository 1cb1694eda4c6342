"""Planning and publishing an event."""
from datetime import timedelta

import pytest

from models import EventStatus, db
from services import events
from services.sign_ups import EventOver
from tests.conftest import NOON


@pytest.mark.parametrize(("after_the_end", "published"), [(-1, True), (0, False)])
def test_what_has_ended_is_not_published(app, town, wang, after_the_end, published):
    event = events.plan(by=wang, now=NOON, area_id=town.grid_a.id, title="清扫", category="environment", starts_at=NOON,
                        ends_at=NOON + timedelta(hours=2), check_in_mode="both", check_out_required=True, points_per_hour=10, points_max=40,
                        missing_check_out="review")
    db.session.commit()
    now = event.ends_at + timedelta(seconds=after_the_end)
    if published:
        assert events.step(event, "publish", by=wang, now=now).status == EventStatus.PUBLISHED
        return
    with pytest.raises(EventOver):
        events.step(event, "publish", by=wang, now=now)
    assert event.status == EventStatus.DRAFT
