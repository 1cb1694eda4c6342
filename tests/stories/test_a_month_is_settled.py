"""A month's settlement from made to paid, through the pages at /admin: two admins, and the shop's owner in between."""
import re
from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import select

from models import AuditRow, Settlement, Wallet, db
from services.points import books
from tests.admin.conftest import browse, password  # noqa: F401


def text_of(page):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page))


@pytest.fixture
def used_coupon(as_, town, li, wang, zhao, mei, lins_market, fund, key):
    """Li came, was approved, bought ten yuan off, and Mei took the coupon."""
    worker = as_(wang)
    event = worker.post("/api/v1/events", json={
        "title": "x", "category": "x", "area_id": str(town.grid_a.id), "starts_at": "2026-05-06T03:00:00Z", "ends_at": "2026-05-06T05:00:00Z",
        "check_out_required": False, "points_per_hour": 100, "points_max": 100, "check_in_mode": "both"}).json
    worker.post(f"/api/v1/events/{event['id']}/publish")
    code = worker.get(f"/api/v1/events/{event['id']}/code").json["token"]
    came = as_(li).post("/api/v1/check-ins", headers=key(), json={"token": code}).json
    worker.post(f"/api/v1/activity-records/{came['activity_record_id']}/approve", json={}, headers=key())
    offer = as_(zhao).post("/api/v1/offers", json={
        "merchant_id": str(lins_market.id), "title": "满减十元", "kind": "cash_off", "face_value_fen": 1000, "points_price": 50, "stock": 9,
        "area_id": str(town.community.id), "on_sale_from": "2026-05-01T00:00:00Z", "on_sale_until": "2026-06-01T00:00:00Z",
        "valid_days": 30, "funded_by": "community"}).json
    as_(zhao).post(f"/api/v1/offers/{offer['id']}/publish")
    coupon = as_(li).post("/api/v1/coupons", json={"offer_id": offer["id"]}, headers=key()).json
    shop = as_(mei).get("/api/v1/shops").json["items"][0]["id"]
    used = as_(mei).post("/api/v1/redemptions", headers=key(), json={"code": coupon["short_code"], "shop_id": shop, "spend_fen": 3000})
    assert used.status_code == 201, used.json


def test_zhao_makes_and_approves_lin_confirms_and_qian_pays(browse, as_, used_coupon, zhao, qian, lin, sun, lins_market, clock):  # noqa: F811
    clock.now += timedelta(days=1)
    first, second, auditor = browse(zhao), browse(qian), browse(sun)

    # Zhao makes May's settlement of the market: one coupon of ten yuan.
    made = first.send("/admin/settlements", merchant_id=str(lins_market.id), period_start="2026-05-01", period_end="2026-05-31")
    path = made.location.split("?")[0]
    page = text_of(first.get(path).text)
    assert "10.00" in page and "Waits for the shop" in page and "The shop's owner confirms or disputes it first." in page.replace("&#39;", "'")

    # Nobody approves before the shop has confirmed.
    early = first.send(f"{path}/approve")
    assert early.status_code == 409
    settlement_id = path.rpartition("/")[2]
    [line] = as_(lin).get(f"/api/v1/settlements/{settlement_id}/lines").json["items"]
    assert (line["title"], line["shop_name"], line["amount_fen"]) == ("满减十元", "林记超市", 1000)
    assert as_(lin).post(f"/api/v1/settlements/{settlement_id}/confirm").status_code == 200

    # Zhao approves, and so may not pay: the page offers nothing, and a forged form is refused.
    assert "settlements to approve" in first.get("/admin").text
    assert first.send(f"{path}/approve").status_code == 303
    page = first.get(path).text
    assert "You approved it, so another admin pays." in page and f"{path}/pay" not in page
    payment = {"paid_at": "2026-05-07T12:00", "bank_reference": "ICBC-0507"}
    assert first.send(f"{path}/pay", **payment).status_code == 403

    # Qian pays. The market's wallet is empty, and the statement can be fetched.
    assert f"{path}/pay" in second.get(path).text
    assert second.send(f"{path}/pay", **payment).location == f"{path}?done=paid"
    page = text_of(second.get(path).text)
    assert "ICBC-0507" in page and "赵主任" in page and "钱主任" in page
    assert db.session.scalars(select(Wallet.balance).where(Wallet.owner_id == lins_market.id)).all() == [0]
    assert second.get(f"{path}/statement.xlsx").data.startswith(b"PK")

    # The reconciliation has nothing left to pay, the auditor finds every step, and the books balance.
    row = text_of(second.get("/admin/reconciliation?period_start=2026-05-01&period_end=2026-05-31").text)
    assert "林记超市 10.00 10.00 10.00 0.00" in row
    log = text_of(auditor.get("/admin/audit").text)
    for said in ("Made a settlement", "Confirmed a settlement", "Approved a settlement", "Paid a settlement"):
        assert said in log
    steps = db.session.scalars(select(AuditRow.action).where(AuditRow.target_id == UUID(settlement_id)).order_by(AuditRow.id)).all()
    assert steps == ["settlement.make", "settlement.confirm", "settlement.approve", "settlement.pay"]
    assert db.session.get(Settlement, UUID(settlement_id)).status == "paid"
    assert books.problems() == []
