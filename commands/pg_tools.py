"""pg_dump and pg_restore, with a pipe."""
import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager

import click
from flask import current_app
from sqlalchemy.engine import make_url


@contextmanager
def running(name: str, *arguments: str, **streams) -> Iterator[subprocess.Popen]:
    """That it is missing or fails is told. The password goes by the environment: a command line can be read by others."""
    if shutil.which(name) is None:
        raise click.ClickException(f"{name} is not installed here; use it, or pgBackRest, on the database's host.")
    password = _url().password
    with subprocess.Popen([name, *arguments], env=os.environ | ({"PGPASSWORD": password} if password else {}), **streams) as tool:
        try:
            yield tool
            if tool.stdin:
                tool.stdin.close()
        except BrokenPipeError:
            pass  # it ended by itself, and its code tells how
        except BaseException:
            tool.kill()
            raise
    if tool.returncode:
        raise click.ClickException(f"{name} failed; what it said is above.")


def database() -> str:
    """The URL, without the password."""
    return _url().set(drivername="postgresql", password=None).render_as_string(hide_password=False)


def into_database() -> tuple[str, ...]:
    """What pg_restore is told, so that all of a dump comes into the database or nothing."""
    return "--no-owner", "--exit-on-error", "--single-transaction", f"--dbname={database()}"


def _url():
    return make_url(current_app.config["SQLALCHEMY_DATABASE_URI"])
