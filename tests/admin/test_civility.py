"""The civility index in a browser: from a draft to an answered remark, by the street's two admins."""
import re

from sqlalchemy import select

from models import CivilityNode, CivilityPeriod, CivilityRemark, CivilityVersion, DepartmentFigure, db
from services.civility import periods, questionnaires, remarks
from tests.civility import make_version, settle
from tests.conftest import NOON


def one(row):
    db.session.expire_all()
    return db.session.scalars(select(row).order_by(row.id.desc()).limit(1)).one()


def test_a_version_begins_with_the_example_and_is_published_when_its_weights_are_right(browse, tang, town):
    visitor = browse(tang)
    reply = visitor.send("/admin/civility/versions", area_id=town.street.id, title_zh="文明指数", title_en="Civility index", start="example")
    assert reply.status_code == 303, reply.text
    made = one(CivilityVersion)
    assert [node.weight_hundredths for node in made.tree if not node.parent_code] == [2900, 2200, 1800, 2600, 500]

    node = next(node for node in made.tree if node.code == "5.2")
    form = {"code": "5.2", "name_zh": "单位共建", "name_en": "Firms", "weight_hundredths": "39.5", "method": "questionnaire", "part": "workplace",
            "answers": "yes_no", "scale_from_hundredths": "0", "scale_to_hundredths": "100", "items": "有 | Yes there is\n还有 | And more"}
    refused = visitor.send(f"/admin/civility/nodes/{node.id}", **form | {"items": "没有英文"})
    assert refused.status_code == 422 and "One a line, at most 20" in refused.text and "没有英文" in refused.text
    assert visitor.send(f"/admin/civility/nodes/{node.id}", **form).status_code == 303
    page = visitor.get(f"/admin/civility/versions/{made.id}").text
    assert "Below these the weights are not 100 per cent together: 5: 99.50 %" in page
    assert "weights below one branch are not 100" in visitor.send(f"/admin/civility/versions/{made.id}/publish").text
    changed = next(node for node in one(CivilityVersion).tree if node.code == "5.2")
    assert changed.items == [{"zh": "有", "en": "Yes there is"}, {"zh": "还有", "en": "And more"}]

    visitor.send(f"/admin/civility/nodes/{changed.id}", **form | {"weight_hundredths": "40"})
    assert visitor.send(f"/admin/civility/versions/{made.id}/publish").status_code == 303
    assert one(CivilityVersion).status == "published"


def test_a_branch_goes_with_what_lies_below_it_and_another_comes(browse, tang, town):
    made = make_version(town.street, tang, published=False)
    visitor = browse(tang)
    gone = next(node for node in made.tree if node.code == "2")
    assert visitor.send(f"/admin/civility/nodes/{gone.id}/drop").status_code == 303
    visitor.send(f"/admin/civility/versions/{made.id}/nodes", code="3", name_zh="新", name_en="New", weight_hundredths="40", method="department",
                 part="community", scale_from_hundredths="100", scale_to_hundredths="0")
    assert [node.code for node in one(CivilityVersion).tree] == ["1", "1.1", "1.2", "3"]


def test_the_next_draft_begins_with_the_last_version(browse, tang, town, version):
    browse(tang).send("/admin/civility/versions", area_id=town.street.id, title_zh="二", title_en="Two", start="last")
    made = one(CivilityVersion)
    assert (made.number, [node.code for node in made.tree]) == (2, [node.code for node in version.tree])


def test_a_period_is_collected_closed_published_and_remarked_on(browse, tang, song, zhou, li, town, version, clock):
    settle(town.grid_a, 12)
    first, second = browse(tang), browse(song)
    assert first.send(f"/admin/civility/versions/{version.id}/periods", first_on="2026-04-01", last_on="2026-05-05").status_code == 303
    period = one(CivilityPeriod)
    at = f"/admin/civility/periods/{period.id}"
    for number in range(5):
        first.send("/admin/civility/places", area_id=town.community.id, name=f"{number} 号楼")
    drawn = first.send(f"{at}/rounds", area_id=town.community.id, surveyor_id=zhou.id, most=5)
    assert drawn.status_code == 303 and "5 of 5" in first.get(drawn.location).text
    asked = first.send(f"{at}/questionnaires", area_id=town.community.id, most=20)
    assert re.search(r"<code>[0-9a-f]{16}</code>", first.get(asked.location).text)
    again = first.send(f"{at}/questionnaires", area_id=town.community.id, most=20)
    assert again.status_code == 409 and "drawn once" in again.text

    leaf = db.session.scalars(select(CivilityNode).where(CivilityNode.code == "2.2")).one()
    entered = first.send(f"{at}/figures", area_id=town.community.id, node_id=leaf.id, value_hundredths="87.5", source="应急办", document="第 1 号")
    figure = one(DepartmentFigure)
    assert (entered.status_code, figure.value_hundredths, figure.people) == (303, 8750, None)
    assert "another admin confirms it" in first.get(entered.location).text
    assert second.send(f"/admin/civility/department-figures/{figure.id}/confirm").status_code == 303

    assert first.send(f"{at}/close").status_code == 303
    page = first.get(at).text
    assert "so another admin publishes it" in page and f'action="{at}/publish"' not in page
    assert "the same to the last digit" in page
    assert second.send(f"{at}/publish").status_code == 303
    tiles = re.findall(r'<li class="(\w+)"><a href="[^"]+"><span>([^<]+)</span> <strong>([^<]+)</strong>', second.get(at).text)
    assert tiles == [("none", "晚晴社区", "—"), ("none", "临江社区", "—")]
    whole = first.get(f"{at}/areas/{town.community.id}").text
    assert "87.50" in whole and "应急办, 第 1 号" in whole and "Not measured" in whole

    remarks.remark(period.id, area_id=town.community.id, node_id=leaf.id, text="少了", by=li, now=NOON)
    db.session.commit()
    remark = one(CivilityRemark)
    assert "remarks on the civility index" in first.get("/admin").text
    assert first.send(f"/admin/civility/remarks/{remark.id}/answer", answer="更正", value_hundredths="90").status_code == 303
    corrected = first.get(f"{at}/areas/{town.community.id}").text
    assert "Corrected" in corrected and "90.00" in corrected and "87.50" in corrected


def test_periods_of_two_versions_are_not_compared(browse, tang, song, town, version):
    made = []
    for number in range(2):
        used = version if number == 0 else make_version(town.street, tang)
        period = periods.begin(used.id, first_on=NOON.date().replace(month=number + 1, day=1), last_on=NOON.date().replace(month=number + 1, day=20),
                               by=tang, now=NOON)
        periods.close(period.id, by=tang, now=NOON)
        made.append(periods.publish(period.id, by=song, now=NOON).id)
    db.session.commit()
    reply = browse(tang).get(f"/admin/civility/periods/{made[0]}/areas/{town.community.id}?other_id={made[1]}")
    assert reply.status_code == 409 and "they are never compared" in reply.text


def test_an_admin_below_reads_what_was_published_above_and_not_what_it_was_made_of(browse, tang, song, zhao, town, period):
    assert browse(zhao).get(f"/admin/civility/periods/{period.id}").status_code == 404
    periods.close(period.id, by=tang, now=NOON)
    periods.publish(period.id, by=song, now=NOON)
    db.session.commit()
    page = browse(zhao).get(f"/admin/civility/periods/{period.id}")
    assert page.status_code == 200 and "What it is made of" not in page.text and "<form method=\"post\" action=\"/admin/civility" not in page.text


def test_how_many_answered_is_shown_from_ten_on(browse, tang, town, period):
    settle(town.grid_a, 12)
    questionnaires.draw(period.id, town.community.id, most=20, seed="0", by=tang, now=NOON)
    db.session.commit()
    assert 'data-label="Answered, from ten on" class="number">—' in browse(tang).get("/admin/civility/questionnaires").text
