"""An event's page says what is so: how far it is once that is known, and what giving up a place means."""
import re
from datetime import UTC, datetime, timedelta

from playwright.sync_api import expect


def test_the_page_knows_the_distance_that_the_list_measured(phone):
    li = phone("li-na", page_path="/pages/events/events")
    li.get_by_role("button", name="离我最近").click()
    distances = set(li.get_by_text("米", exact=False).all_inner_texts())
    assert len(distances) > 2  # the town's events are at different places
    li.locator("#pages > :not([hidden])").get_by_text("滨江步道清洁").first.click()
    expect(li.get_by_text("距离这里：")).to_be_visible()


def test_giving_up_a_place_among_many_gives_it_to_nobody(phone):
    li = phone("li-na", page_path="/pages/events/events")
    li.locator("#pages > :not([hidden])").get_by_text("垃圾分类").first.click()
    li.get_by_role("button", name="报名", exact=True).click()
    li.get_by_role("button", name="我去不了了").click()
    expect(li.get_by_text("还有名额，以后可以再报名。")).to_be_visible()
    li.get_by_role("dialog").get_by_role("button", name="取消报名").click()
    expect(li.get_by_role("button", name="报名", exact=True)).to_be_visible()


def test_an_event_without_a_place_shows_no_pin_and_no_dangling_dot(phone, ask):
    starts = datetime.now(UTC) - timedelta(minutes=5)
    made = ask("grid-wang", "post", "/events", json={
        "title": "电话问候", "category": "care", "area_id": ask("grid-wang", "get", "/me")["home_area_id"], "points_per_hour": 10, "points_max": 20,
        "starts_at": starts.isoformat(), "ends_at": (starts + timedelta(hours=2)).isoformat()})
    ask("grid-wang", "post", f"/events/{made['id']}/publish")
    li = phone("li-na", page_path="/pages/events/events")
    card = li.locator("#pages > :not([hidden])").get_by_role("button", name=re.compile("电话问候"))
    expect(card).to_be_visible()
    expect(card.locator(".pin")).to_have_count(0)
    card.click()
    expect(li.get_by_text(re.compile("每小时10积分"))).to_be_visible()
    expect(li.locator("#pages > :not([hidden]) .pin")).to_have_count(0)

    wang = phone("grid-wang")
    row = wang.get_by_role("button", name=re.compile("电话问候"))
    expect(row.locator(".quiet")).to_have_text(re.compile(r"\d\d:\d\d$"))
