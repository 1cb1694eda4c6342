"""An event's page says what is so: how far it is once that is known, and what giving up a place means."""
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
