"""Credit on the phone: joining, leaving, an objection, a repair, a word on a draft, a letter and its receiver, a grid worker's entry."""
import re

import pytest
from playwright.sync_api import expect

from tests.browser.mini_program.test_every_screen import show


def on(page, text, *, exact=False):
    return page.locator("#pages > .wx-page:not([hidden])").get_by_text(text, exact=exact).first


def press(page, name, *, exact=True):
    page.locator("#pages > .wx-page:not([hidden])").get_by_role("button", name=name, exact=exact).first.click()


def agree(page, name):
    page.get_by_role("dialog").get_by_role("button", name=name, exact=True).click()


def test_who_is_outside_reads_what_it_is_joins_and_leaves(phone, ask):
    page = phone("grid-wang")
    show(page, "credit/file/file")
    expect(on(page, "加入完全自愿，随时可以退出")).to_be_visible()
    press(page, "我已阅读，加入")
    expect(on(page, "怎么算出来的")).to_be_visible()
    press(page, "谁查看过")
    expect(on(page, "没有人查看过。")).to_be_visible()
    press(page, "退出信用评价")
    agree(page, "退出")
    expect(on(page, "原来的档案已封存")).to_be_visible()
    expect(page.get_by_text("没有人查看过。")).to_have_count(0)
    assert [file["joined_on"] for file in ask("grid-wang", "get", "/me/credit-files")["items"] if file["kind"] == "resident"] == [None]


def test_a_range_is_shown_while_something_is_disputed_and_the_fault_can_be_repaired(phone, ask):
    page = phone("li-na")
    show(page, "credit/file/file")
    expect(page.locator(".figure.range")).to_have_text(re.compile(r"^[\d.]+ – [\d.]+$"))
    press(page, re.compile("乱倒垃圾"), exact=False)
    expect(on(page, "您的异议正在处理")).to_be_visible()
    press(page, "已改正，申请修复")
    page.get_by_label("您的承诺").fill("以后装修垃圾当天清走，不放楼道。")
    page.get_by_label("做了什么，有什么证明").fill("已清运，有照片。")
    press(page, "提交")
    expect(on(page, "修复申请正在处理")).to_be_visible()
    press(page, "撤回修复申请")
    agree(page, "撤回修复申请")
    expect(on(page, "您已撤回申请")).to_be_visible()
    assert [each["status"] for each in ask("li-na", "get", "/repairs")["items"]] == ["withdrawn"]


def test_somebody_objects_to_an_entry(phone, ask):
    file = next(each for each in ask("anna", "get", "/me/credit-files")["items"] if each["kind"] == "resident")
    entry = next(each for each in ask("anna", "get", f"/credit-files/{file['id']}/entries")["items"] if each["code"] == "honour")
    page = phone("anna", language="en")
    show(page, f"credit/entry/entry?id={entry['id']}")
    press(page, "This is wrong: object")
    page.get_by_label("What is wrong with it?").fill("That was my sister.")
    press(page, "Send")
    expect(on(page, "Your objection waits for a decision")).to_be_visible()
    assert ask("anna", "get", "/credit-objections")["items"][0]["reason"] == "That was my sister."


def test_a_draft_is_read_beside_the_rules_and_commented_on(phone):
    page = phone("li-na")
    show(page, "credit/rules/rules?kind=household")
    expect(on(page, "每次分值：+1 → +1.5")).to_be_visible()
    press(page, "提意见")
    page.get_by_label("您觉得应该怎么改？").fill("一分半太多了。")
    press(page, "提交")
    expect(on(page, "一分半太多了。")).to_be_visible()


@pytest.fixture
def letter(phone, browser, site):
    """Li asks the library's letter and sends it: her phone, and the page that the library opens."""
    page = phone("li-na")
    show(page, "credit/letters/letters")
    page.locator(".card", has_text="渝中区图书馆").get_by_role("button", name="开一封推荐信").click()
    expect(on(page, "达到贵单位“借书免押金”所要求的条件")).to_be_visible()
    press(page, "发出")
    agree(page, "发出")
    expect(page.get_by_role("img", name="推荐信网址的二维码")).to_be_visible()
    address = on(page, "/l/L").text_content().strip()
    received = browser.new_context(locale="zh-CN").new_page()
    yield page, received, address
    received.context.close()


def test_a_letter_is_read_by_its_receiver_and_by_nobody_once_it_is_withdrawn(letter):
    page, received, address = letter
    received.goto(address)
    expect(received.get_by_text("达到贵单位“借书免押金”所要求的条件")).to_be_visible()
    assert not re.search(r"\d+\.\d|守信居民", received.locator("main").text_content())
    page.reload()
    expect(on(page, re.compile(r"^今天 \d\d:\d\d$"))).to_be_visible()
    press(page, "撤回")
    agree(page, "撤回")
    expect(on(page, "已撤回")).to_be_visible()
    received.reload()
    expect(received.get_by_text("达到贵单位")).to_be_hidden()
    received.get_by_role("button").click()
    expect(received.locator("#notice.good")).to_be_visible()


def test_a_grid_worker_writes_down_a_deed_and_says_whether_it_is_the_same(phone, person_of, ask):
    page = phone("grid-wang", expects=(409,))
    li = person_of("李娜")
    show(page, f"grid/resident/resident?id={li}")
    press(page, "信用档案")
    press(page, "写一条记录")
    for name, said in (("多少分钟", "一小时"), ("发生了什么", "楼道清扫"), ("有什么证明", "照片")):
        page.get_by_label(name).fill(said)
    press(page, "记录下来")
    expect(on(page, "多少分钟：请填整数，例如 30。")).to_be_visible()
    page.get_by_role("dialog").get_by_role("button", name="关闭").first.click()
    for title in ("市中心血站献血 200 毫升", "献血车献血"):
        press(page, "写一条记录")
        page.get_by_label("对应哪条规则").select_option(label="无偿献血（公益奉献）")
        page.get_by_label("几次").fill("1")
        page.get_by_label("发生了什么").fill(title)
        page.get_by_label("有什么证明").fill("献血证")
        press(page, "记录下来")
        if title == "献血车献血":
            expect(on(page, "同一天、同一条规则已有一条记录")).to_be_visible()
            press(page, "是另一件事")
        expect(page.get_by_role("dialog")).to_be_hidden()
        expect(on(page, title)).to_be_visible()
    file = next(each for each in ask("li-na", "get", "/me/credit-files")["items"] if each["kind"] == "resident")
    written = ask("li-na", "get", f"/credit-files/{file['id']}/entries")["items"][:2]
    assert {each["title"] for each in written} == {"市中心血站献血 200 毫升", "献血车献血"}
