"""From the door to a used coupon, with no reading: Li checks in with the venue's code of Wang's window, Wang approves, Li exchanges,
Lin's Market serves. The pictures of it are the README's: `SCREENSHOTS=docs/screens pytest …` takes them anew."""
import os
import re
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import expect

from tests.browser.mini_program.conftest import listen

SIGN_IN = "微信登录"
WIDE, TALL = 390, 760


@pytest.fixture
def snap():
    """Keep a picture of this moment, if somebody wants it; small, in few colours."""
    folder = os.environ.get("SCREENSHOTS")

    def taken(page, name):
        if not folder:
            return
        path = Path(folder) / f"{name}.png"
        path.parent.mkdir(parents=True, exist_ok=True)
        page.wait_for_timeout(2500)  # toasts are gone
        page.screenshot(path=path)
        Image.open(path).convert("RGB").quantize(48).save(path, optimize=True)
    return taken


@pytest.fixture
def doors(browser, site):
    """The page of doors; `doors(name)` opens one, as a tab of its own."""
    context = browser.new_context(locale="zh-CN", viewport={"width": WIDE, "height": TALL}, permissions=["clipboard-read", "clipboard-write"])
    context.set_default_timeout(10_000)
    complaints = []
    page = context.new_page()
    listen(page, site, complaints)
    page.goto(site)

    def enter(name):
        with context.expect_page() as opened:
            page.get_by_role("link", name=re.compile(name)).click()
        tab = opened.value
        listen(tab, site, complaints)
        tab.get_by_role("button", name=SIGN_IN).click()
        return tab
    enter.page = page
    yield enter
    context.close()
    assert complaints == []


def test_from_the_door_to_a_used_coupon(doors, snap):
    snap(doors.page, "doors")
    wang = doors("王秀英")
    expect(wang.get_by_text("待审批记录")).to_be_visible()
    snap(wang, "grid")
    wang.get_by_role("button", name=re.compile("进行中")).click()
    wang.get_by_role("button", name="出示现场码").click()
    expect(wang.get_by_role("img", name="现场码")).to_be_visible()
    snap(wang, "venue")

    li = doors("李娜")
    points = int(re.search(r"(\d+)\s*积分", li.get_by_role("button", name=re.compile("您好")).inner_text())[1])
    snap(li, "home")
    li.get_by_role("button", name="扫码签到").click()
    wang.bring_to_front()  # a tab behind another renews its code late
    li.get_by_label("或者输入六位数字").fill(wang.get_by_text(re.compile(r"^\d{3} \d{3}$")).inner_text())
    li.get_by_role("button", name="提交", exact=True).click()
    expect(li.get_by_text(re.compile(r"\d\d:\d\d 签到成功"))).to_be_visible()
    snap(li, "check-in")
    li.get_by_role("button", name="查看记录").click()
    expect(li.get_by_text("等待审批", exact=True)).to_be_visible()

    wang.get_by_role("button", name="返回").click()
    expect(wang.get_by_text("在场", exact=True)).to_be_visible()
    wang.get_by_role("button", name="返回").click()
    wang.get_by_role("button", name=re.compile("待审批记录")).click()
    wang.get_by_role("checkbox", name=re.compile("李娜")).first.click()
    snap(wang, "queue")
    wang.get_by_role("button", name="通过 1", exact=True).click()
    expect(wang.get_by_text("已处理1条。")).to_be_visible()

    li.get_by_role("button", name="刷新").click()
    expect(li.get_by_text("已发积分").first).to_be_visible()
    earned = int(re.search(r"\+(\d+)积分", li.locator("#pages").inner_text())[1])
    li.goto(li.url.split("#")[0] + "#/pages/offers/offers")
    expect(li.get_by_text(re.compile(rf"^{points + earned} 积分$"))).to_be_visible()
    snap(li, "offers")
    li.get_by_role("button", name=re.compile("10 yuan off")).click()
    expect(li.get_by_text("中山一路 1900 号")).to_be_visible()
    li.get_by_role("button", name="确定兑换").click()
    expect(li.get_by_role("img", name="给店员扫的券码")).to_be_visible()
    digits = li.get_by_text(re.compile(r"^\d{4} \d{4} \d{4}$")).inner_text()
    snap(li, "coupon")

    till = doors("周小梅")
    till.get_by_label("或者输入十二位数字").fill(digits)
    till.get_by_role("button", name="查看").click()
    expect(till.get_by_text("¥10", exact=True)).to_be_visible()
    snap(till, "till")
    till.get_by_role("button", name="确认收券").click()
    expect(till.get_by_text(re.compile("收券成功"))).to_be_visible()
    snap(till, "taken")
    expect(li.get_by_role("status").get_by_text("已使用")).to_be_visible()


def test_the_first_screen_weighs_less_than_two_hundred_kilobytes(phone):
    page = phone("li-na", signs_in=False)
    expect(page.get_by_role("button", name=SIGN_IN)).to_be_visible()
    weights = page.evaluate("() => performance.getEntriesByType('resource').map(({ name, encodedBodySize }) => [name, encodedBodySize])")
    assert 50_000 < sum(size for _, size in weights) < 200_000, weights


def test_all_that_comes_until_home_stands_is_less_than_200_kb(phone):
    page = phone("li-na")
    expect(page.get_by_text("身边的活动")).to_be_visible()
    came = page.evaluate("""() => ["navigation", "resource"].flatMap((kind) => performance.getEntriesByType(kind))
      .map((entry) => [entry.name, entry.transferSize])""")
    assert 20 < len(came) < 100
    assert sum(size for _, size in came) < 200_000, sorted(came, key=lambda entry: -entry[1])[:5]
