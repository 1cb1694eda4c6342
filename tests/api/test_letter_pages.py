"""What a letter's receiver opens, and the code that leads there."""
from io import BytesIO

import pytest
import zxingcpp
from PIL import Image

CODE = "LZk3pQ0aB7xYw-19LmNoPqR"


def test_the_page_holds_nothing_but_the_code_of_its_address(app):
    page = app.test_client().get(f"/l/{CODE}?lang=en")
    assert (page.status_code, page.mimetype) == (200, "text/html")
    assert f'data-code="{CODE}"' in page.text and "Reference letter" in page.text
    assert app.test_client().get("/l/%3Cscript%3E?lang=en").text.count("<script>") == 0


def test_whoever_knows_a_code_gets_its_address_drawn(app, settings):
    drawn = app.test_client().get(f"/api/v1/letters/{CODE}/code.png")
    assert (drawn.status_code, drawn.mimetype) == (200, "image/png")
    assert zxingcpp.read_barcodes(Image.open(BytesIO(drawn.data)))[0].text == f"{settings.public_url}/l/{CODE}"


@pytest.mark.parametrize("code", ["x", "L", CODE + "A", CODE[:-1] + "."])
def test_what_is_no_code_is_not_drawn(app, code):
    assert app.test_client().get(f"/api/v1/letters/{code}/code.png").json["code"] == "not_found"
