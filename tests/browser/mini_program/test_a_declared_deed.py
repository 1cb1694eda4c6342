"""Li declares a deed with a picture; two people look at it and decide; Li's page says what became of it."""
import re

import pytest
from PIL import Image
from playwright.sync_api import expect

LOADED = "picture => picture.complete && picture.naturalWidth > 1"


@pytest.fixture
def photo(tmp_path):
    path = tmp_path / "deed.jpg"
    Image.effect_noise((320, 240), 60).convert("RGB").save(path)
    return path


def add_picture(page, path):
    with page.expect_file_chooser() as chosen:
        page.get_by_role("button", name="添加图片").click()
    chosen.value.set_files(path)


def declare(page, *, said):
    page.get_by_label("做了什么").fill(said)
    page.get_by_label("开始", exact=True).fill("00:00")
    page.get_by_label("结束", exact=True).fill("00:01")
    page.get_by_role("button", name="提交", exact=True).click()
    page.wait_for_function("() => location.hash.includes('record/record')")


def assert_shows_large(page):
    """The small picture is there, and the same one opens large."""
    small = page.get_by_role("button", name="看大图：图片 1")
    expect(small).to_be_visible()
    page.wait_for_function(f"({LOADED})(document.querySelector('#pages > .wx-page:not([hidden]) .wx-image'))")
    small.click()
    page.wait_for_function(f"({LOADED})(document.querySelector('.wx-preview img'))")
    page.locator(".wx-preview").click()


def decide(page, points):
    """From the queue to the record, and back to the queue."""
    page.get_by_role("button", name=re.compile("查看 李娜")).last.click()
    expect(page.get_by_text("给吴阿姨买药").last).to_be_visible()
    assert_shows_large(page)
    page.get_by_label("积分", exact=True).fill(str(points))
    page.get_by_role("button", name="通过", exact=True).click()
    page.wait_for_function("() => location.hash.includes('grid/queue/queue')")


def test_two_people_see_the_picture_correct_the_points_and_the_resident_reads_it(phone, photo):
    li = phone("li-na", page_path="/pages/declare/declare")
    add_picture(li, photo)
    declare(li, said="给吴阿姨买药")
    assert_shows_large(li)

    wang = phone("grid-wang", page_path="/grid/queue/queue")
    wang.get_by_role("button", name="选中所有正常的").click()
    expect(wang.get_by_role("checkbox", name=re.compile("给吴阿姨买药"))).to_have_attribute("aria-checked", "false")
    decide(wang, 12)
    expect(wang.get_by_text("您已通过", exact=True)).to_be_visible()

    zhao = phone("admin-zhao", page_path="/grid/queue/queue")
    decide(zhao, 15)
    expect(zhao.get_by_text("给吴阿姨买药")).to_have_count(0)

    li.reload()
    expect(li.get_by_text("+15积分")).to_be_visible()
    expect(li.get_by_text(re.compile("· 网格员$"))).to_be_visible()
    expect(li.get_by_text(re.compile("· 管理员$"))).to_be_visible()


def test_a_picture_that_cannot_be_read_is_said(phone, tmp_path):
    broken = tmp_path / "broken.jpg"
    broken.write_bytes(b"no picture")
    li = phone("li-na", page_path="/pages/declare/declare")
    add_picture(li, broken)
    expect(li.get_by_role("alert").get_by_text(re.compile("这张图片打不开"))).to_be_visible()
