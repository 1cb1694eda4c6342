"""The pages of credit, of what grows from it and of the civility index at /admin in a real Chromium, each with a row of its own."""
import re

import pytest

from tests.admin import credit_rows
from tests.admin.test_who_may import asked
from tests.browser.test_admin import DESK, WIDTHS, desk, left_wrong  # noqa: F401
from tests.test_strangers import rows as rows_of_the_api  # noqa: F401

PARTS = ("civility", "credit", "culture")


@pytest.fixture
def rows(rows_of_the_api, town, zhao):  # noqa: F811
    return rows_of_the_api | credit_rows.make(rows_of_the_api, town, zhao)


def pages(app, rows, part):
    """The paths of the pages of this part; others are pictures and files."""
    return sorted({path for endpoint, path, _ in asked(app, rows, "GET") if part.match(path) and "/pictures/" not in path and "<" not in path})


@pytest.mark.parametrize("language", ["zh-CN", "en"])
@pytest.mark.parametrize("part", PARTS)
def test_every_page_fits_every_width_and_neither_axe_nor_the_browser_complains(app, rows, desk, axe, complaints, zhao, part, language):  # noqa: F811
    page, wrong = desk(zhao, language=language), {}
    found = pages(app, rows, re.compile(f"/admin/{part}"))
    for path in found:
        page.goto(path)
        page.eval_on_selector_all("main details", "all => all.forEach((it) => { it.open = true; })")
        wrong[path, "axe"] = axe(page)
        page.eval_on_selector_all(".scroll", "all => all.forEach((it) => it.remove())")  # a wide table scrolls in its own frame
        for width, height in WIDTHS.items():
            page.set_viewport_size({"width": width, "height": height})
            wrong[path, width] = left_wrong(page)
        page.set_viewport_size(DESK)
    assert len(found) > 5
    assert "\n".join(f"{where} {said}" for where, said in wrong.items() if said) == ""
    assert complaints == []
