"""What says which version this is says the same everywhere, and what others wrote is named with its licence."""
import re
from datetime import date
from itertools import pairwise
from pathlib import Path

from api import database_url
from commands import licences
from commands.version import version
from models.schema import newest_revision
from version import VERSION

ROOT = Path(__file__).resolve().parent.parent
HEADING = re.compile(r"^## (.+)$", re.MULTILINE)
RELEASE = re.compile(r"(\d+\.\d+\.\d+) - (\d{4}-\d{2}-\d{2})")


def releases():
    """Number and day of each version of the changelog, the newest first."""
    unreleased, *numbered = HEADING.findall((ROOT / "CHANGELOG.md").read_text())
    assert unreleased == "Unreleased"
    return [(number, date.fromisoformat(day)) for number, day in (RELEASE.fullmatch(heading).groups() for heading in numbered)]


def test_the_newest_version_of_the_changelog_is_this_one():
    assert releases()[0][0] == VERSION


def test_versions_and_days_go_upwards():
    for (newer, on), (older, before) in pairwise(releases()):
        assert [int(part) for part in newer.split(".")] > [int(part) for part in older.split(".")] and on >= before


def test_the_changelog_names_the_newest_step_of_the_schema_first():
    steps = re.findall(r"^Schema: `([^`]+)`", (ROOT / "CHANGELOG.md").read_text(), re.MULTILINE)
    assert steps[0] == newest_revision(), "a new step of the schema is told under Unreleased: Schema: `…`."
    assert steps == sorted(steps, reverse=True)


def test_the_changelog_knows_six_kinds_of_change():
    kinds = set(re.findall(r"^### (.+)$", (ROOT / "CHANGELOG.md").read_text(), re.MULTILINE))
    assert kinds <= {"Added", "Changed", "Deprecated", "Removed", "Fixed", "Security"}


def test_server_metrics_and_command_say_this_version(app, database):
    client = app.test_client()
    assert client.get("/healthz").json == {"status": "alive", "version": VERSION}
    assert f'linli_version_info{{version="{VERSION}"}} 1.0' in client.get("/metrics").text.splitlines()
    told = app.test_cli_runner().invoke(version).output
    assert told.startswith(f"Linli {VERSION}, schema {newest_revision()}, Python 3.")
    assert ("SQLite 3." in told) == database_url(database).startswith("sqlite")


def test_the_way_to_upgrade_names_this_version():
    told = (ROOT / "docs" / "operations.md").read_text().split("## Upgrading")[1].split("\n## ")[0]
    assert set(re.findall(r"\d+\.\d+\.\d+", told)) == {VERSION}


def test_every_pinned_package_is_listed_with_its_licence():
    rows = set(re.findall(r"^\| (\S+) \| (\S+) \| \S.* \|$", licences.PAGE.read_text(), re.MULTILINE))
    for _, list_name, _ in licences.LISTS:
        pins = licences.pinned(list_name)
        assert len(pins) > 10 and set(pins) <= rows, list_name
    from_npm = {(package.name, package.version) for package in licences.from_npm()}
    assert ("echarts", "6.1.0") in from_npm and from_npm <= rows


def test_every_line_of_a_pinned_list_is_read():
    for _, list_name, _ in licences.LISTS:
        begun = [line for line in (ROOT / list_name).read_text().splitlines() if line and line[0] not in " #"]
        assert len(begun) == len(licences.pinned(list_name)), list_name


def test_every_pin_has_a_hash():
    for _, list_name, _ in licences.LISTS:
        for pin in re.split(r"\n(?=\S)", (ROOT / list_name).read_text()):
            assert pin.startswith("#") or "--hash=sha256:" in pin, pin.splitlines()[0]


def test_the_page_of_licences_is_as_make_licences_writes_it():
    assert licences.PAGE.read_text() == licences.page()
