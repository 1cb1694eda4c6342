"""What each act at /admin does: the same as the API's, with what a person typed."""
import re
from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import select, update

from models import (
    ActivityRecord,
    Area,
    AreaRules,
    AuditRow,
    CheckIn,
    Coupon,
    Evidence,
    Fund,
    Household,
    HouseholdRequest,
    Merchant,
    Objection,
    Offer,
    OutboxMessage,
    Person,
    RoleGrant,
    Settlement,
    Shop,
    StaffLogin,
    db,
)
from services.access import authenticators, sign_in
from services.audit import audit
from services.people import households, people, residents
from services.points import funds
from services.records import approvals, records
from services.scans import codes, presence
from tests.conftest import NOON


def done(reply):
    assert reply.status_code == 303, reply.text
    return reply.location.split("?")[0]


def fresh(row, row_id):
    return db.session.get(row, row_id, populate_existing=True)


def test_a_role_is_given_until_the_end_of_a_day_and_ended(browse, zhao, li, town):
    visitor = browse(zhao)
    done(visitor.send(f"/admin/people/{li.id}/area-roles", role="grid_worker", area_id=str(town.grid_b.id), until="2026-06-30"))
    given = db.session.scalars(select(RoleGrant).where(RoleGrant.person_id == li.id)).one()
    assert given.until.isoformat() == "2026-06-30T16:00:00+00:00", "until midnight in Chongqing"
    assert "2026-07-01 00:00" in visitor.get(f"/admin/people/{li.id}").text

    done(visitor.send(f"/admin/people/{li.id}/roles/{given.id}/end"))
    assert fresh(RoleGrant, given.id).ended_at


def test_a_merchants_page_leads_to_naming_its_owner(browse, zhao, li, lins_market):
    visitor = browse(zhao)
    page = visitor.get(f"/admin/merchants/{lins_market.id}").text
    search = re.search(r'href="(/admin/people\?merchant_id=[^"]+)"', page)[1]
    person = next(link for link in re.findall(r'href="(/admin/people/[^"]+)"', visitor.get(search).text) if str(li.id) in link)
    assert re.search(rf'<option value="{lins_market.id}" selected>', visitor.get(person.replace("&amp;", "&")).text)

    done(visitor.send(f"/admin/people/{li.id}/shop-roles", role="merchant_owner", merchant_id=str(lins_market.id)))
    assert "李娜" in visitor.get(f"/admin/merchants/{lins_market.id}").text


def test_nobody_gives_themself_a_role_or_is_offered_to(browse, zhao, town):
    visitor = browse(zhao)
    page = visitor.get(f"/admin/people/{zhao.id}").text
    assert "area-roles" not in page and "Nobody decides on their own roles." in page
    assert visitor.send(f"/admin/people/{zhao.id}/area-roles", role="auditor", area_id=str(town.community.id)).status_code == 403


def test_a_cards_person_and_a_wechat_person_become_one(browse, zhao, wang, live, town, settings, clock):
    granny = residents.enrol("奶奶", town.grid_a.id, papers={}, by=wang, settings=settings, now=NOON)
    phone = sign_in.by_openid("granny-s-phone", settings=settings, now=NOON).person
    shown = presence.show_person(phone, settings=settings, now=NOON).token
    db.session.commit()

    visitor = browse(zhao)
    assert visitor.send(f"/admin/people/{granny.id}/join", resident_token="R" + "A" * 28).status_code == 422
    done(visitor.send(f"/admin/people/{granny.id}/join", resident_token=f"{settings.public_url}/c/{shown}"))
    assert fresh(Person, phone.id).joined_into_id == granny.id
    assert codes.parse(shown) is not None


def test_a_lost_authenticator_is_taken_away_by_an_admin(browse, zhao, wang, password, settings, clock):
    login = password(wang, "wang")
    secret = authenticators.new_secret()
    import pyotp
    authenticators.set_up(wang, secret, pyotp.TOTP(secret).at(NOON), "correct horse battery", settings=settings, now=NOON)
    db.session.commit()
    assert login.totp_sealed

    done(browse(zhao).send(f"/admin/people/{wang.id}/authenticator-reset"))
    assert fresh(StaffLogin, wang.id).totp_sealed is None


def test_somebody_is_let_into_a_household(browse, zhao, li, town):
    home = households.make(town.grid_a.id, "1-101", by=zhao, now=NOON)
    asked = people.ask_for_household(li, home.id, now=NOON)
    db.session.commit()
    visitor = browse(zhao)
    assert "1-101" in visitor.get("/admin/households").text
    done(visitor.send(f"/admin/household-requests/{asked.id}/confirm"))
    assert fresh(HouseholdRequest, asked.id).status == "confirmed" and fresh(Person, li.id).household_id == home.id
    assert visitor.send(f"/admin/household-requests/{asked.id}/refuse").status_code == 409


def test_a_grid_is_added_with_the_next_code(browse, zhao, town):
    visitor = browse(zhao)
    page = visitor.get(f"/admin/areas/{town.community.id}").text
    assert 'value="500103001900003"' in page
    done(visitor.send(f"/admin/areas/{town.community.id}/grids", code="500103001900003", name="三网格"))
    grid = db.session.scalars(select(Area).where(Area.code == "500103001900003")).one()
    assert (grid.level, grid.path) == ("grid", town.community.path + "500103001900003/")
    assert "三网格" in visitor.get(f"/admin/areas/{town.community.id}").text
    assert visitor.send(f"/admin/areas/{town.grid_a.id}/grids", code="500103001900009", name="x").status_code == 422


def test_an_areas_days_of_notice_hold_below_it(browse, zhao, wang, li, fund, town):
    visitor = browse(zhao)
    numbers = {"notice_days": "7", "declared_points_per_hour": "20", "declared_points_max": "60", "declared_minutes_max": "180", "version": "0"}
    done(visitor.send(f"/admin/areas/{town.community.id}/rules", **numbers))
    assert db.session.get(AreaRules, town.community.id).notice_days == 7
    assert "晚晴社区" in visitor.get(f"/admin/areas/{town.grid_a.id}").text.split("Set by")[1]

    record = records.declare(by=li, now=NOON, category="x", area_id=town.grid_a.id, description="x", started_at=NOON - timedelta(hours=3),
                             ended_at=NOON - timedelta(hours=1))
    record.approvals_needed = 1
    db.session.commit()
    done(visitor.send(f"/admin/records/{record.id}/approve", points="30", note="well done"))
    assert (fresh(ActivityRecord, record.id).status, record.points) == ("approved", 30)
    assert record.notice_until == NOON + timedelta(days=7)


def test_a_record_is_approved_credited_and_reversed(browse, zhao, qian, wang, li, fund, town):
    record = records.declare(by=li, now=NOON, category="x", area_id=town.grid_a.id, description="x", started_at=NOON - timedelta(hours=3),
                             ended_at=NOON - timedelta(hours=1))
    db.session.commit()
    path = f"/admin/records/{record.id}"
    done(browse(zhao).send(f"{path}/approve", points="20"))
    assert "You have approved this already" in browse(zhao).send(f"{path}/approve", points="20").text
    done(browse(qian).send(f"{path}/approve", points="20"))
    assert fresh(ActivityRecord, record.id).status == "credited"

    assert browse(zhao).send(f"{path}/reverse").status_code == 422
    done(browse(zhao).send(f"{path}/reverse", reason="counted twice"))
    assert fresh(ActivityRecord, record.id).status == "reversed"
    assert "counted twice" in browse(zhao).get(path).text


def test_a_records_pictures_are_shown_and_who_looked_is_kept(browse, sun, rows):
    page = browse(sun).get(f"/admin/records/{rows['record_id']}").text
    [address] = re.findall(r'<img src="([^"]+)"', page)
    assert browse(sun).get(address).mimetype == "image/png"
    look = db.session.scalars(select(AuditRow).order_by(AuditRow.at.desc(), AuditRow.id.desc())).first()
    assert (look.action, str(look.target_id), look.by_id) == ("evidence.look", rows["evidence_id"], sun.id)


def test_a_picture_that_did_not_pass_is_named_and_not_shown(browse, sun, rows):
    db.session.execute(update(Evidence).values(state="refused"))
    db.session.commit()
    page = browse(sun).get(f"/admin/records/{rows['record_id']}").text
    assert "<img" not in page and "Did not pass the check" in page
    assert browse(sun).get(f"/admin/evidence/{rows['evidence_id']}").status_code == 410


def test_what_is_odd_where_it_was_and_its_kind_are_said_in_words(browse, sun, rows):
    db.session.execute(update(CheckIn).values(distance_band="150-300 m"))
    db.session.execute(update(ActivityRecord).values(flags=["far"], category="neighbours", description=""))
    db.session.commit()
    visitor = browse(sun, language="zh-CN")
    scanned = db.session.scalars(select(CheckIn.activity_record_id)).first()
    page = visitor.get(f"/admin/records/{scanned}").text
    assert "邻里互助" in page and "扫码处离现场较远" in page and "距现场 150 至 300 米" in page
    assert "neighbours" not in visitor.get("/admin/records").text + visitor.get("/admin/objections").text + page


def test_an_objection_is_decided(browse, zhao, rows):
    visitor = browse(zhao)
    path = f"/admin/objections/{rows['objection_id']}"
    assert visitor.send(f"{path}/decide", reason="x").status_code == 422
    done(visitor.send(f"{path}/decide", decision="dismiss", reason="seen by three"))
    assert db.session.scalars(select(Objection.status)).one() == "dismissed"
    page = visitor.get(path).text
    assert "seen by three" in page and "/decide" not in page


@pytest.mark.parametrize("kind", ["records", "objections"])
def test_words_that_did_not_pass_are_hidden_until_who_decides_asks_for_them(browse, zhao, sun, rows, kind):
    model, name, words = {"records": (ActivityRecord, "record_id", "description"), "objections": (Objection, "objection_id", "reason")}[kind]
    db.session.execute(update(model).where(model.id == UUID(rows[name])).values({words: "骂人的话", "text_state": "refused"}))
    db.session.commit()
    path = f"/admin/{kind}/{rows[name]}"
    for visitor, may_read in ((browse(zhao), True), (browse(sun), False)):
        page = visitor.get(path).text
        assert "骂人的话" not in page + visitor.get(f"/admin/{kind}").text and "is not shown" in page
        assert (f'action="{path}/words"' in page) is may_read

    read = browse(zhao).send(f"{path}/words")
    assert read.status_code == 200 and "骂人的话" in read.text and read.headers["Cache-Control"] == "no-store"
    assert "骂人的话" not in browse(zhao).get(path).text, "shown once, in the answer itself"
    look = db.session.scalars(select(AuditRow).order_by(AuditRow.at.desc(), AuditRow.id.desc())).first()
    assert (look.action.partition(".")[2], str(look.target_id), look.by_id) == ("look", rows[name], zhao.id)


def test_words_that_passed_are_not_asked_for(browse, zhao, rows):
    for path in (f"/admin/records/{rows['record_id']}", f"/admin/objections/{rows['objection_id']}"):
        assert "/words" not in browse(zhao).get(path).text
        assert browse(zhao).send(f"{path}/words").status_code == 409


def test_what_was_not_sent_is_said_in_words_and_goes_again_or_is_let_go(browse, zhao, sun, rows):
    path, unsent_id = f"/admin/unsent/{rows['unsent_id']}", UUID(rows["unsent_id"])
    page = browse(sun).get("/admin/unsent").text + browse(sun).get(path).text
    assert "*娜" in page and "李娜" not in page and "a template or its fields do not fit" in page and "errcode 40037" in page
    assert "messages not sent" in browse(sun).get("/admin").text

    done(browse(zhao).send(f"{path}/send-again"))
    assert fresh(OutboxMessage, unsent_id).state == "new"
    db.session.execute(update(OutboxMessage).values(state="dead"))
    db.session.commit()
    assert browse(zhao).send(f"{path}/let-go").status_code == 422
    done(browse(zhao).send(f"{path}/let-go", reason="wrong template"))
    assert fresh(OutboxMessage, unsent_id) is None


def test_what_is_too_late_for_the_phone_can_only_be_let_go(browse, zhao, rows, clock):
    clock.now += timedelta(hours=12)
    visitor, path = browse(zhao), f"/admin/unsent/{rows['unsent_id']}"
    page = visitor.get(path).text
    assert "too late for the phone" in page and "send-again" not in page and "let-go" in page
    assert "too old to ring a phone" in visitor.send(f"{path}/send-again").text


def test_a_fund_is_made_and_filled(browse, zhao, town):
    visitor = browse(zhao)
    path = done(visitor.send("/admin/funds", area_id=town.community.code, name="2026", period_start="2026-01-01", period_end="2026-12-31"))
    done(visitor.send(f"{path}/top-ups", points="1,000", amount_fen="1,234.5", reference="2026-17"))
    assert db.session.scalars(select(Fund.name)).one() == "2026"
    page = visitor.get(path).text
    assert "1,000" in page and "1,234.50" in page and "2026-17" in page


OFFER = {"title": "满减十元", "kind": "cash_off", "face_value_fen": "10", "points_price": "50", "stock": "9", "on_sale_from": "2026-05-01T08:00",
         "on_sale_until": "2026-06-01T08:00", "valid_days": "30", "funded_by": "community"}


def test_an_offer_is_made_put_on_sale_paused_and_ended(browse, zhao, town, lins_market):
    visitor = browse(zhao)
    shop = db.session.scalars(select(Shop)).one()
    path = done(visitor.send("/admin/offers", area_id=str(town.community.id), merchant_id=str(lins_market.id), shop_ids=str(shop.id), **OFFER))
    made = db.session.scalars(select(Offer)).one()
    assert (made.face_value_fen, made.min_spend_fen, made.shops) == (1000, 0, [shop])
    assert made.on_sale_from.isoformat() == "2026-05-01T00:00:00+00:00"
    for verb, status in (("publish", "on_sale"), ("pause", "paused"), ("publish", "on_sale"), ("end", "ended")):
        assert f"{path}/{verb}" in visitor.get(path).text
        done(visitor.send(f"{path}/{verb}"))
        assert fresh(Offer, made.id).status == status
    assert visitor.send(f"{path}/publish").status_code == 409


@pytest.fixture
def offered(browse, zhao, town, lins_market):
    """Zhao's offer at Lin's Market, at one of its shops."""
    shop = db.session.scalars(select(Shop)).one()
    browse(zhao).send("/admin/offers", area_id=str(town.community.id), merchant_id=str(lins_market.id), shop_ids=str(shop.id),
                      **OFFER | {"per_resident_limit": "2"})
    return db.session.scalars(select(Offer)).one()


def test_a_draft_is_changed_whole_and_what_is_left_empty_is_no_more(browse, zhao, offered):
    visitor, path = browse(zhao), f"/admin/offers/{offered.id}"
    page = visitor.get(path).text
    assert 'name="face_value_fen"' in page and 'value="10.00"' in page and " checked" in page
    terms = OFFER | {"kind": "goods", "item": "鸡蛋", "face_value_fen": "12.50", "title": "鸡蛋一盒"}
    done(visitor.send(path, **terms, version=str(offered.version)))
    now = fresh(Offer, offered.id)
    assert (now.kind, now.item, now.face_value_fen, now.title) == ("goods", "鸡蛋", 1250, "鸡蛋一盒")
    assert (now.shops, now.per_resident_limit, now.min_spend_fen) == ([], None, 0)


def test_once_a_coupon_is_out_what_it_promises_is_not_offered_for_change(browse, zhao, offered, rows):
    offer, visitor = db.session.get(Offer, UUID(rows["offer_id"])), browse(zhao)
    coupon = db.session.get(Coupon, UUID(rows["coupon_id"]))
    path, bought = f"/admin/offers/{offer.id}", (coupon.points_paid, coupon.valid_until)
    page = visitor.get(path).text
    assert "Coupons are out" in page and 'name="points_price"' in page and 'name="face_value_fen"' not in page

    changed = OFFER | {"title": "新名", "points_price": "8", "stock": str(offer.issued), "valid_days": "5", "face_value_fen": "99"}
    assert "So many are out already." in visitor.send(path, **changed | {"stock": str(offer.issued - 1)}, version=str(offer.version)).text
    done(visitor.send(path, **changed, version=str(offer.version)))
    now = fresh(Offer, offer.id)
    assert (now.title, now.points_price, now.stock, now.valid_days, now.face_value_fen) == ("新名", 8, now.issued, 5, 1000)
    coupon = fresh(Coupon, coupon.id)
    assert (coupon.points_paid, coupon.valid_until) == bought


def test_an_offer_that_somebody_changed_meanwhile_or_ended_stays_as_it_is(browse, zhao, offered):
    visitor, path, seen = browse(zhao), f"/admin/offers/{offered.id}", str(offered.version)
    done(visitor.send(path, **OFFER | {"stock": "7"}, version=seen))
    assert "Someone changed this meanwhile" in visitor.send(path, **OFFER | {"stock": "6"}, version=seen).text

    done(visitor.send(f"{path}/end"))
    assert 'name="stock"' not in visitor.get(path).text
    assert visitor.send(path, **OFFER | {"stock": "5"}, version=str(fresh(Offer, offered.id).version)).status_code == 409
    assert fresh(Offer, offered.id).stock == 7


def test_a_coupon_is_found_at_its_holder_and_given_back_for_its_points(browse, zhao, sun, li, rows):
    held = db.session.get(Coupon, UUID(rows["coupon_id"]))
    path, code = f"/admin/coupons/{held.id}", held.short_code
    person = browse(zhao).get(f"/admin/people/{li.id}").text
    assert f'href="{path}"' in person and f"{path}/refund" not in browse(sun).get(path).text
    page = browse(zhao).get(path).text
    assert f"{path}/refund" in page and code not in page + person

    done(browse(zhao).send(f"{path}/refund"))
    assert fresh(Coupon, held.id).status == "refunded"
    assert "Refunded" in browse(zhao).get(path).text and f"{path}/refund" not in browse(zhao).get(path).text
    assert "taken back" in browse(zhao).send(f"{path}/refund").text
    assert db.session.scalars(select(AuditRow.by_id).where(AuditRow.action == "coupon.refund")).all() == [zhao.id]


def test_a_coupon_past_its_last_moment_is_not_offered_for_refund(browse, zhao, rows, clock):
    held = db.session.get(Coupon, UUID(rows["coupon_id"]))
    path = f"/admin/coupons/{held.id}"
    clock.now = held.valid_until - timedelta(seconds=1)
    assert f"{path}/refund" in browse(zhao).get(path).text
    clock.now = held.valid_until
    assert "/refund" not in browse(zhao).get(path).text and browse(zhao).send(f"{path}/refund").status_code == 409


def test_an_offer_that_lacks_something_is_shown_again_for_the_same_merchant(browse, zhao, town, lins_market):
    form = OFFER | {"kind": "percent_off", "area_id": str(town.community.id), "merchant_id": str(lins_market.id)}
    reply = browse(zhao).send("/admin/offers", **form)
    assert reply.status_code == 422 and "林记超市" in reply.text and 'value="满减十元"' in reply.text
    assert {"face_value_fen", "percent", "discount_cap_fen"} == set(re.findall(r'name="(\w+)"[^>]*aria-invalid', reply.text))


def test_an_owners_offer_waits_for_an_admin(browse, zhao, as_, lin, town, lins_market):
    made = as_(lin).post("/api/v1/offers", json={
        "merchant_id": str(lins_market.id), "title": "x", "kind": "cash_off", "face_value_fen": 1000, "points_price": 5, "stock": 9,
        "area_id": str(town.community.id), "on_sale_from": "2026-05-01T00:00:00Z", "on_sale_until": "2026-06-01T00:00:00Z",
        "valid_days": 30, "funded_by": "community"}).json
    visitor, path = browse(zhao), f"/admin/offers/{made['id']}"
    assert f"{path}/publish" not in visitor.get(path).text
    done(visitor.send(f"{path}/approve"))
    assert f"{path}/publish" in visitor.get(path).text


def test_a_merchant_is_taken_in_with_a_sealed_account(browse, zhao, town):
    visitor = browse(zhao)
    form = {"name": "康宁诊所", "uscc": "91350100M000100Y43", "area_id": str(town.community.id)}
    half = visitor.send("/admin/merchants", **form, account_number="6222000011112222")
    assert half.status_code == 422 and db.session.scalars(select(Merchant.id)).all() == []

    path = done(visitor.send("/admin/merchants", **form, account_number="6222000011112222", account_name="康宁诊所", bank_name="工商银行"))
    page = visitor.get(path).text
    assert "****2222" in page and "6222000011112222" not in page

    found = db.session.scalars(select(Merchant)).one()
    masked = {"account_number": "****2222", "account_name": "康宁诊所", "bank_name": "建设银行", "version": str(found.version)}
    done(visitor.send(path, **form | {"name": "康宁"}, **masked))
    assert "建设银行" in visitor.get(path).text and fresh(Merchant, found.id).name == "康宁"
    assert visitor.send(path, **form, **masked).status_code == 412


def test_a_shop_is_opened_suspended_and_goes_on(browse, zhao, lins_market):
    visitor, path = browse(zhao), f"/admin/merchants/{lins_market.id}"
    done(visitor.send(f"{path}/shops", name="分店", address="中山一路 3 号", latitude="29.5", longitude="106.5"))
    shop = db.session.scalars(select(Shop).where(Shop.name == "分店")).one()
    for verb, status in (("suspend", "suspended"), ("resume", "active")):
        done(visitor.send(f"{path}/shops/{shop.id}/{verb}"))
        assert fresh(Shop, shop.id).status == status
    done(visitor.send(f"{path}/suspend"))
    assert fresh(Merchant, lins_market.id).status == "suspended"


def test_a_disputed_settlement_is_reopened_for_the_shop(browse, as_, zhao, lin, rows, clock, lins_market):
    clock.now += timedelta(days=1)
    visitor = browse(zhao)
    path = done(visitor.send("/admin/settlements", merchant_id=str(lins_market.id), period_start="2026-05-01", period_end="2026-05-31"))
    made = db.session.scalars(select(Settlement).order_by(Settlement.id.desc())).first()
    line = as_(lin).get(f"/api/v1/settlements/{made.id}/lines").json["items"][0]["id"]
    as_(lin).post(f"/api/v1/settlements/{made.id}/dispute", json={"reason": "not ours", "line_ids": [line]})
    page = visitor.get(path).text
    assert "not ours" in page and "Reopen for the shop" in page
    done(visitor.send(f"{path}/reopen"))
    assert fresh(Settlement, made.id).status == "draft"


@pytest.mark.parametrize("query", ["?area_id=x", "?status=nothing", "?cursor=", "?q=%00", "?area_id=500103001900"])
def test_a_filter_that_makes_no_sense_narrows_nothing(browse, zhao, town, query):
    assert browse(zhao).get(f"/admin/records{query}").status_code == 200


def test_what_was_wrong_with_a_form_is_not_said_of_the_filters_below_it(browse, zhao, town):
    page = browse(zhao).send("/admin/credit/rulebooks", kind="").text
    form, filters = page.split('role="search"')
    assert "has-wrong" in form and "has-wrong" not in filters.split("</form>")[0]


def test_a_cursor_that_is_none_of_ours_is_refused(browse, zhao, town):
    assert browse(zhao).get("/admin/records?cursor=x").status_code == 422


def test_where_there_are_too_many_areas_one_is_named_by_its_code(browse, live, town, monkeypatch):
    from admin import lists
    monkeypatch.setattr(lists, "MOST_CHOICES", 2)
    mayor = live("市长", town.city, "area_admin", town.city)
    visitor = browse(mayor)
    page = visitor.get(f"/admin/households?area_id={town.grid_a.id}").text
    assert f'value="{town.grid_a.code}"' in page and "<select" not in page.split("filters")[1].split("</form>")[0]
    done(visitor.send("/admin/households", area_id=town.grid_a.code, name="1-101"))
    assert db.session.scalars(select(Household.area_id)).one() == town.grid_a.id
    assert visitor.send("/admin/households", area_id="999", name="1-102").status_code == 422


def test_the_audit_log_says_in_words_what_was_done(browse, li, wang, zhao, sun, town, fund):
    record = records.declare(by=li, now=NOON, category="neighbours", area_id=town.grid_a.id, description="陪诊",
                             started_at=NOON - timedelta(hours=3), ended_at=NOON - timedelta(hours=2))
    approvals.approve(record.id, by=wang, now=NOON)
    funds.top_up(fund.id, points=0, amount_fen=123456, reference="1", by=zhao, now=NOON)
    audit.write("event.edit", "event", record.id, by=wang.id, area_id=town.grid_a.id, now=NOON, fields=["title", "x"], new_here=True)
    db.session.commit()
    chinese, english = (browse(sun, language=language).get("/admin/audit").text for language in ("zh-CN", "en"))
    assert f"积分：{record.points}; 状态：待审批" in chinese and f"Points: {record.points}; Status: Waiting for approval" in english
    assert "金额：¥1,234.56" in chinese and "修改：title, x; new_here：True" in chinese
