"""Li reviews the neighbours she was drawn for, and reads what neighbours said of her own household."""
import re

from playwright.sync_api import expect


def test_li_hands_in_a_slip_that_the_phone_keeps_nothing_of(phone, ask):
    li = phone("li-na", page_path="/credit/file/file")
    li.get_by_role("button", name=re.compile("评议邻居")).click()
    expect(li.get_by_text("没有人会知道您答了什么")).to_be_visible()
    before = ask("li-na", "get", "/me/reviews")["items"]
    first = next(row for row in before if not row["is_handed_in"])
    card = li.locator(".card", has_text=first["household_name"])
    expect(card.get_by_role("button", name="交评议单")).to_be_disabled()
    card.get_by_role("button", name="好", exact=True).click()
    card.get_by_role("button", name="交评议单").click()
    li.get_by_role("dialog").get_by_role("button", name="交评议单").click()
    expect(card.get_by_text("已交")).to_be_visible()
    after = {row["id"]: row["is_handed_in"] for row in ask("li-na", "get", "/me/reviews")["items"]}
    assert after == {row["id"]: row["is_handed_in"] or row["id"] == first["id"] for row in before}
    assert "review_good" not in li.evaluate("() => Object.values(localStorage).filter((each) => each.includes('answers')).join()")


def test_a_slip_that_was_lost_on_the_way_counts_once(phone, ask):
    anna = phone("anna", language="en", page_path="/credit/reviews/reviews", expects=(409,))
    seat = next(row for row in ask("anna", "get", "/me/reviews")["items"] if not row["is_handed_in"])
    card = anna.locator(".card", has_text=seat["household_name"])
    card.get_by_role("button", name="I do not know").click()
    ask("anna", "post", f"/reviews/{seat['id']}/slip", json={"answers": {"review_good": "good"}})
    card.get_by_role("button", name="Hand in").click()
    anna.get_by_role("dialog").get_by_role("button", name="Hand in").click()
    expect(card.get_by_text("Handed in", exact=True)).to_be_visible()


def test_a_household_reads_what_came_out_of_its_own_review(phone):
    li = phone("li-na", page_path="/credit/file/file?kind=household")
    li.get_by_role("button", name="邻居怎么看").click()
    expect(li.get_by_text("正在进行，结束后在这里看结果。")).to_be_visible()
    expect(li.get_by_text(re.compile("种子"))).to_be_visible()
    li.get_by_role("button", name=re.compile("好：已记入您户档案")).click()
    expect(li.get_by_text("邻里评议", exact=True)).to_be_visible()
