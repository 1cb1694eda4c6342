"""A body is read whole before the database is asked for anything; one that breaks off is no request."""
import io

import pytest
from gunicorn.http.errors import InvalidChunkSize
from sqlalchemy import event, func, select

from models import Evidence, db
from services.access import browser_sessions

PICTURE = b"\x89PNG\r\n\x1a\n" + bytes(60_000)


class Line(io.BytesIO):
    """A line that bytes come over; `at_each_read` is called each time somebody reads from it."""

    def __init__(self, sent, at_each_read):
        super().__init__(sent)
        self.at_each_read = at_each_read

    def read(self, size=-1):
        self.at_each_read()
        return super().read(size)

    def readinto(self, buffer):
        self.at_each_read()
        return super().readinto(buffer)


def over(line, length):
    return {"wsgi.input": line, "CONTENT_LENGTH": str(length), "wsgi.input_terminated": True}


@pytest.fixture
def statements(app):
    told = []

    def tell(connection, cursor, statement, *more):
        told.append(statement)
    event.listen(db.engine, "before_cursor_execute", tell)
    yield told
    event.remove(db.engine, "before_cursor_execute", tell)


@pytest.mark.parametrize(("path", "content_type", "body"), [
    ("/api/v1/events", "application/json", b'{"title": "x"}'), ("/api/v1/evidence", "image/png", PICTURE),
    ("/api/v1/evidence", "multipart/form-data; boundary=b", b'--b\r\nContent-Disposition: form-data; name="f"; filename="f"\r\n\r\nx\r\n--b--\r\n'),
    ("/wechat/push", "application/json", b"{}"), ("/api/v1/redemptions", "application/json", b"{}"),
    ("/admin/households", "application/x-www-form-urlencoded", b"name=x")])
def test_the_database_is_asked_nothing_while_a_body_is_read(app, as_, li, zhao, settings, clock, statements, path, content_type, body):
    client = as_(li)
    client.set_cookie("linli_admin", browser_sessions.open_for(zhao, settings=settings, now=clock.now))
    db.session.commit()
    statements.clear()
    asked_meanwhile = []
    line = Line(body, lambda: asked_meanwhile.append(len(statements)))
    client.post(path, content_type=content_type, headers={"Origin": "http://localhost"}, environ_overrides=over(line, len(body)))
    assert set(asked_meanwhile) == {0}


def test_a_body_cut_short_is_refused_and_nothing_happens(as_, li):
    line = Line(PICTURE, lambda: None)
    reply = as_(li).post("/api/v1/evidence", content_type="image/png", environ_overrides=over(line, len(PICTURE) + 1))
    assert (reply.status_code, reply.json["code"]) == (400, "malformed_request")
    assert db.session.scalar(select(func.count()).select_from(Evidence)) == 0


@pytest.mark.parametrize("error", [InvalidChunkSize(b"zz"), ConnectionResetError(), TimeoutError()])
def test_a_body_that_cannot_be_read_is_refused(as_, wang, error):
    def fail():
        raise error
    reply = as_(wang).post("/api/v1/events", content_type="application/json", environ_overrides=over(Line(b"", fail), 9))
    assert (reply.status_code, reply.json["code"]) == (400, "malformed_request")


def test_a_form_cut_short_is_answered_with_a_page(app):
    reply = app.test_client().post("/admin/sign-in", content_type="application/x-www-form-urlencoded",
                                   headers={"Origin": "http://localhost"}, environ_overrides=over(Line(b"username=z", lambda: None), 40))
    assert (reply.status_code, reply.mimetype) == (400, "text/html")
