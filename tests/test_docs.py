"""docs/api.md names the routes and the codes that there are, and no others; so does the OpenAPI document."""
import re
from dataclasses import fields
from pathlib import Path

import pytest

from api import create_app
from config import Settings
from tests.conftest import KEYS

ROOT = Path(__file__).resolve().parent.parent
BASE = "/api/v1"
METHODS = ("GET", "POST", "PUT", "DELETE")
CALL = re.compile(rf"`(?:({'|'.join(METHODS)}) )?([/.][^`\s]*)[^`]*`")
HERE = ("/healthz", "/readyz", "/metrics")
OWN_CODES = (  # refused on the operator's console or on a page of /admin
    "area_row_invalid", "code_taken", "form_not_ours", "not_for_you", "too_late_for_phone")


def text_of(name: str) -> str:
    return (ROOT / "docs" / name).read_text()


def routes_in(text: str) -> set[tuple[str, str]]:
    """`GET /a/{id}` · `/b` names two routes: the second goes on from the first."""
    found = set()
    for line in text.splitlines():
        method, path = "", ""
        for token in CALL.finditer(line):
            method = token[1] or method
            if not method or not (token[1] or _continues(line, token)):
                continue
            path = token[2] if token[1] else _from(path, token[2])
            path = path.split("?")[0]
            found.add((method, _plain(path)))
    return found


def _continues(line: str, token) -> bool:
    before = line[:token.start()].rstrip()
    return before.endswith("·") or re.search(r"· `[^`]*` `\{[^`]*\}` ?$", before) is not None


def _from(before: str, shorthand: str) -> str:
    """`.xlsx` replaces the ending; `/me/code.png` begins anew; `/cancel` replaces what follows the last id."""
    if shorthand.startswith("."):
        return before[:before.rindex(".")] + shorthand
    if shorthand.startswith("/me/"):
        return shorthand
    return re.match(r".*\}", before)[0] + shorthand


def _plain(path: str) -> str:
    return re.sub(r"\{[^}]*\}|<[^>]*>", "{}", path).rstrip(",")


@pytest.fixture(scope="module")
def app():
    """No database is asked here, so it stands for both."""
    return create_app(Settings(database_url="sqlite:///:memory:", keys=KEYS))


@pytest.fixture
def routes(app):
    """The API's, as (method, path below the base)."""
    return {(method, _plain(rule.rule.removeprefix(BASE))) for rule in app.url_map.iter_rules()
            for method in rule.methods & set(METHODS) if rule.rule.startswith(BASE) and not rule.rule.endswith("openapi.json")}


@pytest.fixture
def document(app):
    return app.test_client().get(f"{BASE}/openapi.json").get_json()


def test_every_route_named_in_the_contract_exists(routes):
    assert {call for call in routes_in(text_of("api.md")) if call[1] not in HERE} - routes == set()


def test_every_route_stands_in_the_contract(routes):
    assert routes - routes_in(text_of("api.md")) == set()


def test_the_openapi_document_names_the_same_routes(routes, document):
    told = {(method.upper(), _plain(path.removeprefix(BASE))) for path, operations in document["paths"].items() if path.startswith(BASE)
            for method in operations if method.upper() in METHODS}
    assert told == routes


def queries_in(text: str) -> dict[tuple[str, str], set[str]]:
    """`GET /a?b=&c=` asks with b and c. Paging is every list's, and told once."""
    found = {}
    for _, path, asked in re.findall(r"`(GET )(/[^`?\s]*)(?:\?([^`\s]*))?`", text):
        found.setdefault(_plain(path), set()).update(part.partition("=")[0] for part in asked.split("&") if part)
    return found


def test_every_query_parameter_stands_in_the_contract_and_no_other(document):
    told = {_plain(path.removeprefix(BASE)): {one["name"] for one in operations["get"].get("parameters", ()) if one["in"] == "query"}
            - {"limit", "cursor"} for path, operations in document["paths"].items() if path.startswith(BASE) and "get" in operations}
    named = queries_in(text_of("api.md"))
    assert {path: names for path, names in told.items() if names} == {path: names for path, names in named.items() if names}


def test_every_code_stands_in_the_contracts_list_with_its_status(document):
    table = text_of("api.md").split("## All codes")[1].split("Those that")[0]
    assert set(re.findall(r"`([a-z_]+)`", table)) == set(document["x-refusal-codes"]) - set(OWN_CODES)


def test_every_code_in_a_table_of_codes_is_one_of_ours(document):
    first_cells = re.findall(r"^\| ((?:`[a-z_]+`(?: / |, )?)+) \| \d{3} \|", text_of("api.md"), re.MULTILINE)
    named = {code for cell in first_cells for code in re.findall(r"`([a-z_]+)`", cell)}
    assert named and named <= set(document["x-refusal-codes"])


def test_every_setting_stands_in_its_table_with_its_default():
    rows = dict(re.findall(r"^\| `([A-Z_]+)` \| (.*?) \|", text_of("running.md"), re.MULTILINE))
    expected = {field.name.upper(): field for field in fields(Settings) if field.name not in ("keys", "demo")}
    assert expected.keys() - rows.keys() == set()
    assert {name: rows[name] for name in expected} == {name: _shown(field.default) for name, field in expected.items()}


def _shown(default) -> str:
    if isinstance(default, bool):
        return "on" if default else "off"
    return f"`{default}`" if default != "" else "empty"


def test_every_test_that_the_page_of_promises_names_is_there():
    named = re.findall(r"`(tests/[\w/]+\.py)(?:::(\w+))?`", text_of("reliability.md"))
    assert len(named) > 20
    missing = [(path, test) for path, test in named if not (ROOT / path).exists() or (test and f"def {test}(" not in (ROOT / path).read_text())]
    assert missing == []
