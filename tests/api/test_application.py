"""What Flask and werkzeug would do for an answer and a path, done in fewer steps, is still done."""
import pytest
from flask import Response, redirect

from api.application import Answer


@pytest.fixture
def answered(app):
    """The status and headers as WSGI's server hears them."""
    def ask(answer, method="GET"):
        heard = []
        environ = {"REQUEST_METHOD": method, "wsgi.url_scheme": "http"}
        body = b"".join(app.make_response(answer)(environ, lambda status, headers: heard.append((status, dict(headers)))))
        return *heard[0], body
    with app.test_request_context():
        yield ask


def test_an_answer_with_a_body_is_sent_as_it_is(answered):
    assert answered(Answer("{}", 201, content_type="application/json")) == (
        "201 CREATED", {"Content-Type": "application/json", "Content-Length": "2"}, b"{}")


@pytest.mark.parametrize("status", [204, 304])
def test_where_nothing_is_sent_no_length_is_said(answered, status):
    _, headers, body = answered(Answer(b"", status))
    assert ("Content-Length" in headers, body) == (False, b"")


def test_an_address_is_written_as_one(answered):
    assert answered(redirect("/事件"))[1]["Location"] == "/%E4%BA%8B%E4%BB%B6"


def test_what_is_to_be_closed_is_closed(app):
    closed = []
    with app.test_request_context():
        answer = Answer("{}", 200)
        answer.call_on_close(lambda: closed.append(True))
        sent = answer({"REQUEST_METHOD": "GET", "wsgi.url_scheme": "http"}, lambda status, headers: None)
    sent.close()
    assert closed == [True]


def test_what_comes_in_pieces_is_sent_in_pieces(answered):
    assert answered(Answer((piece for piece in ("邻", "里")), headers={"Content-Length": "6"}))[2] == "邻里".encode()


def test_to_who_asks_for_the_head_the_length_is_said_alone(answered):
    assert answered(Response("{}"), "HEAD")[1:] == ({"Content-Type": "text/html; charset=utf-8", "Content-Length": "2"}, b"")


@pytest.mark.parametrize("path", ["//api/v1/areas", "/api//v1/areas", "/api/v1/areas/%ff", "/api/v1/%E4%BA%8B"])
def test_a_path_is_found_as_it_is_written(app, path):
    assert app.test_client().get(path).status_code == 404


@pytest.mark.parametrize("path", ["/api/v1/areas", "/api/v1/offers", "/events/x/poster", "/nowhere"])
def test_a_query_that_is_no_text_is_malformed(app, path):
    answer = app.test_client().get(path, environ_overrides={"QUERY_STRING": "lang=\xff"})
    assert (answer.status_code, answer.json["code"]) == (400, "malformed_request")
    assert answer.headers["X-Request-ID"]


def test_a_query_may_hold_chinese_as_it_is(app):
    plain = {"QUERY_STRING": "q=垃圾".encode().decode("latin-1")}
    assert app.test_client().get("/api/v1/areas", environ_overrides=plain).status_code == 200


@pytest.mark.parametrize("length", ["9" * 5000, "-1", "+5", "1_0", "x", "٣"])
def test_a_length_that_is_none_is_no_crash(app, length):
    answer = app.test_client().post("/api/v1/auth/login", environ_overrides={"CONTENT_TYPE": "application/json", "CONTENT_LENGTH": length})
    assert 400 <= answer.status_code < 500
