"""An address that leads nowhere is answered by a page, and is no crash."""
import pytest

from tests.admin.conftest import Visitor


@pytest.mark.parametrize("path", ["/admin/static/nothing.css", "/admin/static/..%5cx"])
def test_where_nothing_is_a_page_says_so(app, caplog, path):
    reply = Visitor(app).get(path)
    assert (reply.status_code, reply.mimetype) == (404, "text/html")
    assert "Nothing was found here." in reply.text
    assert not caplog.records


@pytest.mark.parametrize(("method", "path"), [("DELETE", "/admin/people"), ("POST", "/admin/audit"), ("PUT", "/admin")])
def test_what_a_page_cannot_do_is_said_on_a_page(app, method, path):
    reply = Visitor(app).client.open(path, method=method)
    assert (reply.status_code, reply.mimetype) == (405, "text/html")
    assert "This is not possible here." in reply.text and "GET" in reply.headers["Allow"]


def test_elsewhere_the_answer_stays_json(app):
    for path in ("/nothing", "/administration"):
        reply = app.test_client().get(path)
        assert (reply.status_code, reply.mimetype) == (404, "application/problem+json")
