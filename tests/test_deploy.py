"""What an operator copies from deploy/ fits the code."""
import re
from dataclasses import fields
from pathlib import Path

import pytest

from config import Settings

DEPLOY = Path(__file__).resolve().parent.parent / "deploy"
OF_GUNICORN = {"PORT", "BIND", "WEB_CONCURRENCY", "FORWARDED_ALLOW_IPS", "MAX_REQUESTS", "MAX_REQUESTS_JITTER"}


@pytest.mark.parametrize("unit", sorted(DEPLOY.glob("*.service")), ids=lambda path: path.name)
def test_a_unit_runs_commands_that_there_are(app, unit):
    from commands import register
    register(app)
    called = re.findall(r"^Exec\w+=\S+/flask --app wsgi ([a-z-]+)", unit.read_text(), re.MULTILINE)
    assert called or "gunicorn" in unit.read_text()
    assert set(called) <= set(app.cli.commands)


def test_every_timer_starts_a_unit_of_its_name():
    assert {each.stem for each in DEPLOY.glob("*.timer")} <= {each.stem for each in DEPLOY.glob("*.service")}


def test_the_example_names_every_setting_once_and_no_other():
    named = re.findall(r"^#?([A-Z_]+)=", (DEPLOY / "linli.env.example").read_text(), re.MULTILINE)
    ours = {field.name.upper() for field in fields(Settings) if field.name not in ("keys", "demo")}
    assert len(named) == len(set(named))
    assert set(named) == ours | OF_GUNICORN | {"LINLI_DEMO"}
