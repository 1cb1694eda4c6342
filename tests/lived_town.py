"""The demo's town with its weeks behind it, lived through once in a run."""
import shutil

import pytest

from commands import demo
from config import Settings
from tests.conftest import KEYS


@pytest.fixture(scope="session")
def lived_town(templates, once):
    """A file to copy: the town as the demo prepares it when it starts."""
    def live(path):
        shutil.copy(templates("sqlite"), path)
        demo._prepare(Settings(database_url=f"sqlite:///{path}", keys=KEYS, demo=True))
    return once("lived.db", live)
