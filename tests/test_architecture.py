"""The layout's promises, checked."""
import ast
import inspect
import re
from pathlib import Path

import pytest

from api.edge import problems
from services.refusals import Refusal

ALLOWED = {  # floor -> our folders it may import
    "models": {"models"},
    "clients": {"clients"},
    "services": {"models", "services", "config"},
    "api": {"api", "admin", "models", "services", "clients", "config", "version"},
    "admin": {"admin", "api", "models", "services", "config"},
}
OURS = {"admin", "api", "models", "services", "clients", "commands", "miniapp_stub", "config", "tests", "version", "wsgi"}
NEVER = re.compile(r"\b(user|member|operator|region|zone|vendor|voucher|payout|ticket)s?\b", re.IGNORECASE)
OUTSIDE = {"healthz", "readyz", "metrics", "docs", "static", "api-docs", "docs_assets"}


def files(*folders):
    return [path for folder in folders for path in sorted(Path(folder).rglob("*.py"))]


def imports(path):
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name.split(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module.split(".")[0]


@pytest.mark.parametrize("floor", ALLOWED)
def test_imports_point_downwards(floor):
    for path in files(floor):
        assert set(imports(path)) & OURS <= ALLOWED[floor], path


def test_the_pages_use_the_edge_of_the_api_and_none_of_its_resources():
    """What surrounds a request is shared; routes and schemas are each door's own. Only api/__init__.py, which puts the app together, names admin."""
    for path in files("admin"):
        named = {module.split(".")[1] for module in _modules(path) if module.startswith("api.")}
        assert named | _from(path, "api") <= {"edge"}, path
    assert [path.name for path in files("api") if "admin" in set(imports(path))] == ["__init__.py"]


def _modules(path):
    return [node.module for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.ImportFrom) and node.module]


def _from(path, package):
    return {alias.name for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.ImportFrom) and node.module == package
            for alias in node.names}


def test_the_pages_ask_the_services_and_never_the_database():
    for path in files("admin"):
        assert "sqlalchemy" not in set(imports(path)), path
        if path.name != "door.py":
            assert "db" not in _from(path, "models"), path


def test_the_master_process_loads_nothing_that_a_reload_must_load_anew():
    for name in ("gunicorn.conf.py", "web_worker.py"):
        at_the_top = [node for node in ast.parse(Path(name).read_text()).body if isinstance(node, ast.Import | ast.ImportFrom)]
        named = {(node.module or "") if isinstance(node, ast.ImportFrom) else node.names[0].name for node in at_the_top}
        assert not {module.split(".")[0] for module in named} & OURS, name


def test_rules_know_nothing_of_the_web():
    for path in files("services", "models"):
        assert not set(imports(path)) & {"flask", "werkzeug", "flask_smorest", "flask_babel"}, path


def test_only_the_edge_commits():
    wrapped = re.compile(r"\b(super\(\)|self\.connection|self\.lent)\.commit\(\)")  # the driver's own, and the session's around it
    for path in files("models", "services", "clients"):
        assert ".commit(" not in (wrapped.sub("", path.read_text()) if path.parent.name == "drivers" else path.read_text()), path
    assert [path.name for path in files("api", "admin") if ".commit(" in path.read_text()] == ["boundary.py"]


def test_one_module_signs():
    assert [path.name for path in files("api", "services", "models", "clients") if "jwt" in set(imports(path))] == ["tokens.py"]


@pytest.mark.parametrize(("rows", "writer"), [("Posting|Wallet", "ledger.py"), ("Lot|LotUse", "lots.py")])
def test_one_module_posts_and_one_keeps_the_lots(rows, writer):
    writes = re.compile(rf"(insert|update|delete|put)\(({rows})\b|\b({rows})\(")
    assert [path.name for path in files("api", "services", "commands") if writes.search(path.read_text())] == [writer]


def views(app):
    return [(rule, app.view_functions[rule.endpoint]) for rule in app.url_map.iter_rules()
            if rule.endpoint.split(".")[-1] not in OUTSIDE and "openapi" not in rule.endpoint]


def test_every_route_says_whom_it_lets_in(app):
    for rule, view in views(app):
        assert hasattr(view, "lets_in"), rule


def test_no_route_takes_patch(app):
    assert not [rule for rule, _ in views(app) if "PATCH" in rule.methods]


def below(kind):
    return [kind, *(found for child in kind.__subclasses__() for found in below(child))]


def test_every_refusal_has_its_own_code_and_a_status(app):
    kinds = [kind for kind in below(Refusal) if kind is not Refusal]
    codes = [problems.CODES.get(kind) or kind.code.fget(kind.__new__(kind)) for kind in kinds]
    shared = {code for code in codes if codes.count(code) > 1}
    assert shared <= {"forbidden", "malformed_request", "validation_failed", "rate_limited"}
    assert all(problems.status_of(kind) for kind in kinds)


def test_modules_can_be_read_in_a_sitting():
    long = {str(path): len(path.read_text().splitlines()) for path in files("api", "admin", "services", "models", "clients", "commands")}
    assert {path: lines for path, lines in long.items() if lines > 300} == {}


def test_folders_can_be_looked_through():
    """A floor that passes some twenty modules is grouped by the nouns that all floors share."""
    many = {str(folder): len(list(folder.glob("*.py"))) for floor in ALLOWED for folder in [Path(floor), *Path(floor).rglob("*/")]}
    assert {folder: count for folder, count in many.items() if count > 26} == {}


def test_one_word_for_each_thing():
    for path in files("models", "services"):
        names = {node.name for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.FunctionDef | ast.ClassDef)}
        assert not [name for name in names if NEVER.search(name.replace("_", " "))], path


def test_a_rule_takes_the_time_as_an_argument():
    for path in files("services"):
        assert "datetime.now(" not in path.read_text(), path
        assert "time.time(" not in path.read_text(), path


def test_public_rules_promise_something():
    from services import check_ins, ledger
    from services.records import approvals
    for rule in (approvals.approve, approvals.reverse, check_ins.check_in, ledger.post, ledger.credit, ledger.spend):
        assert inspect.getdoc(rule)


def test_every_sentence_has_its_chinese():
    from babel.messages.extract import extract_from_dir
    from babel.messages.pofile import read_po
    methods = [("api/**.py", "python"), ("services/**.py", "python"), ("api/templates/**.html", "jinja2")]
    keywords = {"N_": None, "T": None, "gettext": None, "_": None}
    written = {sentence for _, _, sentence, *_ in extract_from_dir(".", methods, keywords=keywords) if isinstance(sentence, str)}
    with Path("api/translations/zh_Hans/LC_MESSAGES/messages.po").open("rb") as catalogue:
        known = {message.id for message in read_po(catalogue) if message.string}
    assert written - known == set()


def test_a_sentence_of_both_catalogues_has_one_translation():
    """Both are read as one: where they differed, the later one would speak for both."""
    from babel.messages.pofile import read_po
    catalogues = []
    for folder in ("api", "admin"):
        with Path(f"{folder}/translations/zh_Hans/LC_MESSAGES/messages.po").open("rb") as catalogue:
            catalogues.append({message.id: message.string for message in read_po(catalogue) if message.id and message.string})
    ours, theirs = catalogues
    assert {sentence: (ours[sentence], theirs[sentence]) for sentence in ours.keys() & theirs.keys()
            if ours[sentence] != theirs[sentence]} == {}
