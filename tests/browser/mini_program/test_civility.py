"""Li answers a questionnaire and remarks on a figure; Zhou looks at a place without a network, and sends it when that is back."""
import re

import pytest
from PIL import Image
from playwright.sync_api import expect

from commands.index_of_town import KEPT_FOR_PAPER


def test_li_reads_the_index_answers_what_she_is_asked_and_says_what_is_wrong(phone, ask):
    li = phone("li-na", page_path="/civility/index/index")
    expect(li.get_by_text("晚晴社区")).to_be_visible()
    expect(li.get_by_text(re.compile("95%区间")).first).to_be_visible()

    li.get_by_role("button", name=re.compile("想听听您的看法")).click()
    expect(li.get_by_text("没有人会知道您答了什么")).to_be_visible()
    chip = li.get_by_role("button", name="4", exact=True).first
    chip.click()
    expect(chip).to_have_attribute("aria-pressed", "true")
    chip.click()  # taken back: none has to be given
    expect(chip).to_have_attribute("aria-pressed", "false")
    chip.click()
    li.get_by_role("button", name="提交", exact=True).click()
    expect(li.get_by_text("您已经答过了，谢谢！")).to_be_visible()
    assert ask("li-na", "get", "/me/civility")["questionnaires"] == []
    assert '"answers":{' not in li.evaluate("() => Object.values(localStorage).join()")  # the phone keeps nothing of it

    li.go_back()
    li.get_by_role("button", name="逐项查看、提意见").click()
    li.get_by_role("button", name=re.compile("楼道与街面整洁")).click()
    expect(li.get_by_role("dialog")).to_contain_text("实地考察")
    li.get_by_label("这里有什么不对吗？").fill("二号楼门口总有积水")
    li.context.set_offline(True)
    li.get_by_role("dialog").get_by_role("button", name="提交").click()
    expect(li.get_by_role("dialog").get_by_text("这里填写的内容还在")).to_be_visible()
    li.context.set_offline(False)
    li.get_by_role("dialog").get_by_role("button", name="关闭").first.click()
    li.get_by_role("button", name=re.compile("楼道与街面整洁")).click()
    expect(li.get_by_label("这里有什么不对吗？")).to_have_value("二号楼门口总有积水")
    li.get_by_role("dialog").get_by_role("button", name="提交").click()
    expect(li.get_by_text("二号楼门口总有积水")).to_be_visible()
    expect(li.get_by_text("处理中")).to_be_visible()


def test_an_answer_that_was_lost_on_the_way_counts_once(phone, ask):
    li = phone("li-na", page_path="/civility/index/index", expects=(409,))
    li.get_by_role("button", name=re.compile("想听听您的看法")).click()
    li.get_by_role("button", name="5", exact=True).first.click()
    questionnaire = ask("li-na", "get", "/me/civility")["questionnaires"][0]["id"]
    ask("li-na", "post", f"/civility/questionnaires/{questionnaire}/answers", json={"answers": {"2.2": [5, None]}})
    li.get_by_role("button", name="提交", exact=True).click()
    expect(li.get_by_text("您已经答过了，谢谢！")).to_be_visible()


def test_who_does_not_want_to_be_asked_says_so_with_one_tap(phone, ask):
    anna = phone("anna", language="en", page_path="/civility/index/index")
    anna.get_by_role("switch", name="Ask me in questionnaires").click()
    expect(anna.get_by_role("switch", name="Ask me in questionnaires")).not_to_be_checked()
    anna.wait_for_function("() => !document.querySelector('[aria-busy=true]')")
    assert ask("anna", "get", "/me/civility")["opted_out"] is True


def test_who_has_no_phone_puts_a_sheet_into_the_box_and_wang_types_it_in(phone, ask):
    wang = phone("grid-wang", page_path="/grid/area/area")
    wang.get_by_role("button", name="纸质问卷").click()
    wang.get_by_role("button", name=re.compile("晚晴社区")).click()
    expect(wang.get_by_text("箱里收到0份，已录入0份。")).to_be_visible()
    expect(wang.get_by_role("button", name="录入一份")).to_have_count(0)
    waiting = wang.get_by_role("button", name=re.compile("登记投箱"))
    expect(waiting.first).to_be_visible()
    how_many = waiting.count()
    assert how_many >= KEPT_FOR_PAPER
    for put_in in (1, 2, 3):
        expect(wang.get_by_role("button", name="录入一份")).to_have_count(0)  # of fewer than three it could be known whose they are
        waiting.first.click()
        wang.get_by_role("dialog").get_by_role("button", name="已投", exact=True).click()
        expect(wang.get_by_text(f"箱里收到{put_in}份，已录入0份。")).to_be_visible()
        expect(waiting).to_have_count(how_many - put_in)
    expect(wang.get_by_text("箱里总要留两份")).to_be_visible()

    wang.get_by_role("button", name="录入一份").click()
    expect(wang.get_by_text("照纸上录入")).to_be_visible()
    wang.get_by_role("button", name="2", exact=True).first.click()
    wang.context.set_offline(True)
    wang.get_by_role("button", name="提交", exact=True).click()
    expect(wang.get_by_text("现在没有网络。")).to_be_visible()
    assert '"answers":{' not in wang.evaluate("() => Object.values(localStorage).join()")  # it is on the page alone
    expect(wang.get_by_role("button", name="2", exact=True).first).to_have_attribute("aria-pressed", "true")
    wang.context.set_offline(False)
    wang.get_by_role("button", name="提交", exact=True).click()
    expect(wang.get_by_text("箱里收到3份，已录入1份。")).to_be_visible()  # back, as two stay
    expect(wang.get_by_text("已录入。现在没有可以再录入的。")).to_be_visible()
    expect(wang.get_by_role("button", name="录入一份")).to_have_count(0)
    box = ask("grid-wang", "get", "/civility/questionnaires/on-paper")["items"][0]
    assert (box["handed_in"], box["typed"], box["to_type"]) == (3, 1, 0)


@pytest.fixture
def photo(tmp_path):
    path = tmp_path / "stairwell.jpg"
    Image.effect_noise((320, 240), 60).convert("RGB").save(path)
    return path


def test_zhou_looks_at_a_place_without_a_network_and_sends_it_afterwards(phone, ask, photo):
    zhou = phone("grid-zhou", page_path="/grid/surveys/surveys")
    zhou.get_by_role("button", name=re.compile("晚晴社区.*待完成")).click()
    zhou.get_by_role("button").filter(has_text=re.compile("楼道|广场|菜市场|站台|小学|步道")).last.click()
    expect(zhou.get_by_text("地面无垃圾、无积水")).to_be_visible()

    zhou.context.set_offline(True)
    for at in (0, 1, 3, 4, 5, 6):
        zhou.get_by_role("button", name="达标", exact=True).nth(at).click()
    zhou.get_by_role("button", name="提交", exact=True).click()
    expect(zhou.get_by_text("还有1条没有选")).to_be_visible()  # and not that it does not apply
    expect(zhou.get_by_text("还没有选", exact=True)).to_have_count(1)
    zhou.context.set_offline(False)
    zhou.reload()
    expect(zhou.get_by_role("button", name="达标", exact=True).nth(3)).to_have_attribute("aria-pressed", "true")
    expect(zhou.get_by_role("button", name="不适用", exact=True).nth(2)).to_have_attribute("aria-pressed", "false")
    zhou.context.set_offline(True)
    for at in range(7):
        zhou.get_by_role("button", name="不达标" if at == 2 else "达标", exact=True).nth(at).click()
    zhou.get_by_label("备注").fill("三楼有纸箱")
    zhou.get_by_role("button", name="提交", exact=True).click()
    expect(zhou.get_by_text("现在没有网络。")).to_be_visible()
    zhou.context.set_offline(False)
    zhou.reload()  # as if the app was closed meanwhile: what was found is still there
    expect(zhou.get_by_label("备注")).to_have_value("三楼有纸箱")
    expect(zhou.get_by_role("button", name="不达标", exact=True).nth(2)).to_have_attribute("aria-pressed", "true")

    with zhou.expect_file_chooser() as chosen:
        zhou.get_by_role("button", name="添加照片").click()
    chosen.value.set_files(photo)
    zhou.get_by_role("button", name="提交", exact=True).click()
    zhou.wait_for_function("() => location.hash.includes('grid/survey/survey')")
    rounds = ask("grid-zhou", "get", "/civility/rounds")["items"]
    round_ = next(each for each in rounds if (each["status"], each["area_name"]) == ("open", "晚晴社区"))
    made = [visit for visit in ask("grid-zhou", "get", f"/civility/rounds/{round_['id']}")["visits"] if visit["note"] == "三楼有纸箱"]
    assert [(visit["found"]["2.1"], visit["found"]["3.1"], len(visit["pictures"])) for visit in made] == [([1, 1, 0, 1], [1, 1, 1], 1)]
