"""Visitors with a browser: `visitor = browse(zhao)`, then `visitor.get("/admin/funds")` and `visitor.send(path, points=5)`."""
import re
import uuid

import pytest

from models import db
from services.access import browser_sessions
from tests.admin import credit_rows
from tests.test_strangers import rows as rows_of_the_api  # noqa: F401

HERE = {"Origin": "http://localhost"}
TOKEN = re.compile(r'name="token" value="([^"]+)"')


class Visitor:
    def __init__(self, app, cookie=None, language="en"):
        self.client = app.test_client()
        self.client.environ_base["HTTP_ACCEPT_LANGUAGE"] = language
        if cookie:
            self.client.set_cookie("linli_admin", cookie)
        self._token = None

    @property
    def token(self):
        if self._token is None:
            found = TOKEN.search(self.client.get("/admin/me").text)
            self._token = found[1] if found else "none"
        return self._token

    def get(self, path):
        return self.client.get(path)

    def send(self, path, headers=HERE, **fields):
        """A form as the page would send it: with the session's token and a key of its own."""
        return self.client.post(path, data={"token": self.token, "act": uuid.uuid4().hex} | fields, headers=headers)


@pytest.fixture
def rows(rows_of_the_api, town, zhao):  # noqa: F811
    """One of everything in the community, by the name that a page's address gives it."""
    return rows_of_the_api | credit_rows.make(rows_of_the_api, town, zhao)


@pytest.fixture
def browse(app, settings, clock):
    def enter(person=None, **more):
        cookie = person and browser_sessions.open_for(person, settings=settings, now=clock.now)
        db.session.commit()
        return Visitor(app, cookie, **more)
    return enter


@pytest.fixture
def password(app):
    """Give somebody a name and a password to sign in with."""
    from models import StaffLogin
    from services.access import passwords

    def give(person, username, text="correct horse battery"):
        login = StaffLogin(person_id=person.id, username=username, password_hash=passwords.hash_password(text))
        db.session.add(login)
        db.session.commit()
        return login
    return give
