"""A chain with more links than are shown."""
from datetime import timedelta

import pytest

from models import Coupon, db
from services.audit import trace
from services.refusals import NotFound
from tests.conftest import NOON
from tests.services.test_settlements import make, use  # noqa: F401  coupons used at Lin's, and their settlement


@pytest.fixture
def settlement(use, make, zhang, monkeypatch):  # noqa: F811
    """Of three uses of Li's, then one of Zhang's; two links of a kind are shown."""
    monkeypatch.setattr(trace, "MOST", 2)
    used = [use(1000, NOON + timedelta(minutes=minute)) for minute in range(4)]
    db.session.get_one(Coupon, used[3].coupon_id).resident_id = zhang.id
    made = make(NOON + timedelta(hours=2))
    db.session.commit()
    return made, used


def kinds(chain, kind):
    return [link["id"] for link in chain.links if link["type"] == kind]


def test_who_comes_after_the_cut_still_reaches_the_settlement(settlement, zhang, wang):
    made, used = settlement
    chain = trace.chain("settlement", made.id, by=zhang, now=NOON)
    assert (kinds(chain, "settlement"), kinds(chain, "redemption")) == ([made.id], [used[3].id])
    assert chain.cut == [], "how much others used is not theirs to know"
    assert kinds(trace.chain("redemption", used[3].id, by=zhang, now=NOON), "settlement") == [made.id]
    with pytest.raises(NotFound):
        trace.chain("settlement", made.id, by=wang, now=NOON)


def test_who_sees_everything_is_told_where_the_list_is_cut(settlement, zhao, lin, as_):
    made, used = settlement
    for person in (zhao, lin):
        chain = trace.chain("settlement", made.id, by=person, now=NOON)
        assert kinds(chain, "redemption") == [row.id for row in used[:2]]
        assert "redemption" in chain.cut and "settlement" not in chain.cut
    assert as_(zhao).get(f"/api/v1/trace/redemption/{used[0].id}").json["cut"] == []
