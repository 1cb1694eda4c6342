"""Somebody new chooses step by step the grid they live in; then their door is found, and its grid worker finds them."""
import re

from playwright.sync_api import expect

from commands import town
from tests.browser.conftest import PATIENCE_MS

NEWCOMER = "new-neighbour"


def test_somebody_new_is_asked_at_home_chooses_the_grid_and_finds_the_door(phone, ask):
    page = phone(NEWCOMER)
    page.get_by_role("button", name="选择所在网格").click()
    page.get_by_role("button", name=f"{town.COMMUNITY_NAME}第一网格").click()
    page.get_by_role("button", name="保存", exact=True).click()
    expect(page.get_by_text("身边的活动")).to_be_visible()
    expect(page.get_by_text("您住在哪个网格？")).to_have_count(0)

    page.evaluate("location.hash = '/pages/household/household'")
    page.get_by_label("门牌号").fill("1-101 室")
    page.get_by_role("button", name="查找").click()
    page.get_by_role("button", name="这是我家，申请加入").click()
    expect(page.get_by_text("已申请加入1-101 室，等网格员确认。")).to_be_visible()

    wang = phone("grid-wang", page_path="/grid/households/households")
    expect(wang.get_by_text("1-101 室")).to_be_visible(timeout=PATIENCE_MS)
    me = ask(NEWCOMER, "get", "/me")
    found = ask("grid-wang", "get", f"/residents?area_id={me['home_area_id']}&q={me['display_name']}")
    assert me["id"] in [each["id"] for each in found["items"]]


def test_who_has_said_not_now_is_not_asked_again_and_my_household_leads_there(phone, ask):
    page = phone(NEWCOMER)
    page.get_by_role("button", name="以后再说").click()
    page.reload()
    expect(page.get_by_text("身边的活动")).to_be_visible()
    expect(page.get_by_text("您住在哪个网格？")).to_have_count(0)

    page.evaluate("location.hash = '/pages/household/household'")
    expect(page.get_by_text("您还没有选择网格。选好后，就能查找您的门牌号。")).to_be_visible()
    page.get_by_role("button", name="选择所在网格").click()
    page.get_by_role("button", name=f"{town.COMMUNITY_NAME}第二网格").click()
    page.get_by_role("button", name="保存", exact=True).click()
    expect(page.get_by_label("门牌号")).to_be_visible()
    assert ask("grid-wang", "get", f"/areas/{ask(NEWCOMER, 'get', '/me')['home_area_id']}")["code"] == town.GRID_TWO


def test_li_moves_to_another_community_by_way_of_the_street(phone, ask):
    li = phone("li-na", page_path="/pages/my-data/my-data")
    li.get_by_label("我的名字").fill("李娜娜")
    li.get_by_role("button", name="更改").click()
    expect(li.get_by_role("button", name=re.compile("第一网格.*现在"))).to_be_visible()
    li.get_by_role("button", name=re.compile("^回到")).click()
    li.get_by_role("button", name="听涛社区").click()
    li.get_by_role("button", name="听涛社区第一网格").click()
    expect(li.get_by_text(re.compile("您的家庭不会跟着改变"))).to_be_visible()
    li.get_by_role("button", name="保存", exact=True).click()
    expect(li.get_by_text("听涛社区第一网格")).to_be_visible()
    expect(li.get_by_label("我的名字")).to_have_value("李娜娜")  # typed, and not sent yet
    assert ask("grid-wang", "get", f"/areas/{ask('li-na', 'get', '/me')['home_area_id']}")["code"] == town.OTHER_GRID
