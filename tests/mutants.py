"""Are the tests sharp? Each small change to a module, one at a time, must make one of its tests fail.

    python -m tests.mutants                    every module of SHARP: an hour or so
    python -m tests.mutants services/ledger.py [LINE]

A changed module is never written: the process that runs the tests gets it in place of the file. What stays unnoticed is printed.
"""
import ast
import importlib.abc
import importlib.util
import os
import signal
import sys
from collections.abc import Iterator
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path

LONGEST = 240  # seconds; a change that makes the tests hang was noticed
SHARP = {  # the module, and the tests that must notice
    "services/ledger.py": "tests/services/test_ledger.py tests/services/test_ledger_properties.py tests/services/test_joins.py",
    "services/people/vault.py": "tests/services/test_vault.py",
    "services/access/tokens.py": "tests/services/test_forgeries.py tests/services/test_sign_in.py",
    "services/scans/codes.py": "tests/services/test_forgeries.py tests/services/test_check_ins.py tests/services/test_coupons.py",
    "services/scans/presence.py": "tests/services/test_forgeries.py tests/services/test_check_ins.py tests/services/test_joins.py",
    "services/audit/audit_chain.py": "tests/services/test_audit_chain.py tests/commands/test_operating.py tests/commands/test_nightly.py",
    "api/edge/idempotency.py": "tests/api/test_conventions.py tests/races/test_one_key.py tests/races/test_races.py",
}
ON_BOTH = ("api/edge/idempotency.py", "services/ledger.py")  # has branches of PostgreSQL's own
OTHER = {ast.Lt: ast.LtE, ast.LtE: ast.Lt, ast.Gt: ast.GtE, ast.GtE: ast.Gt, ast.Eq: ast.NotEq, ast.NotEq: ast.Eq, ast.Is: ast.IsNot,
         ast.IsNot: ast.Is, ast.In: ast.NotIn, ast.NotIn: ast.In, ast.And: ast.Or, ast.Or: ast.And, ast.Add: ast.Sub, ast.Sub: ast.Add,
         ast.Mult: ast.Add, ast.Mod: ast.Mult, ast.BitOr: ast.BitAnd, ast.BitAnd: ast.BitOr, ast.LShift: ast.RShift, ast.RShift: ast.LShift}


def changes(node: ast.AST) -> Iterator[tuple[str, str, object]]:
    """What a node can become: which of its fields, to what, in words."""
    match node:
        case ast.Compare(ops=[op]) if type(op) in OTHER:
            yield "ops", [OTHER[type(op)]()], "another comparison"
        case ast.BoolOp(op=op) | ast.BinOp(op=op) | ast.AugAssign(op=op) if type(op) in OTHER:
            yield "op", OTHER[type(op)](), "another operator"
        case ast.If(test=test) | ast.IfExp(test=test) | ast.While(test=test):
            yield "test", ast.UnaryOp(ast.Not(), test), "the contrary"
        case ast.Constant(value=bool(value)):
            yield "value", not value, "the contrary"
        case ast.Constant(value=int(value)):
            yield "value", value + 1, "one more"
        case ast.Return(value=value) if value is not None and not (isinstance(value, ast.Constant) and value.value is None):
            yield "value", ast.Constant(None), "returns None"
    for name in ("body", "orelse"):
        if isinstance(statements := getattr(node, name, None), list):
            for place, statement in enumerate(statements):
                if isinstance(statement, ast.Raise | ast.AugAssign) or (isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Call)):
                    yield name, [*statements[:place], ast.Pass(), *statements[place + 1:]], f"without `{ast.unparse(statement)[:60]}`"


def mutants(source: str, only: int | None = None) -> Iterator[tuple[int, str, str]]:
    """(line, what is changed, the changed source), each a change from the original."""
    tree = ast.parse(source)
    for node in ast.walk(tree):
        for field, value, words in list(changes(node)):
            was = getattr(node, field)
            setattr(node, field, value)
            line = next((at.lineno for at in ast.walk(node) if hasattr(at, "lineno")), 0)
            if only in (None, line):
                yield line, words, ast.unparse(ast.fix_missing_locations(tree))
            setattr(node, field, was)


class InItsPlace(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    def __init__(self, module: str, source: str):
        self.module, self.source = module, source

    def find_spec(self, name, path, target=None):
        return importlib.util.spec_from_loader(name, self, origin=f"{name} changed") if name == self.module else None

    def exec_module(self, module):
        exec(compile(self.source, f"{self.module} changed", "exec"), module.__dict__)


def survives(file: str, source: str) -> bool:
    """Whether all of its tests pass with this in place of the file. In a process of its own, which has loaded nothing of ours."""
    if (child := os.fork()) == 0:
        signal.alarm(LONGEST)
        sys.meta_path.insert(0, InItsPlace(file.removesuffix(".py").replace("/", "."), source))
        with open(os.devnull, "w") as nowhere, redirect_stdout(nowhere), redirect_stderr(nowhere):
            import pytest
            passed = pytest.main(["-x", "-q", "-p", "no:xdist", "-p", "no:cacheprovider", "-p", "no:randomly", *SHARP[file].split(), *(
                [] if file in ON_BOTH else ["--databases", "sqlite"])])
        os._exit(int(passed != 0))
    return os.waitpid(child, 0)[1] == 0


def main(files: list[str], only: int | None = None) -> None:
    import flask_smorest  # noqa: F401  what others wrote is loaded once for all
    import sqlalchemy.dialects.sqlite  # noqa: F401
    import werkzeug  # noqa: F401
    for file in files:
        source, tried, left = Path(file).read_text(), 0, 0
        if not survives(file, source):
            sys.exit(f"{file}: its tests fail without any change")
        for line, words, changed in mutants(source, only):
            tried += 1
            if survives(file, changed):
                left += 1
                print(f"{file}:{line}: {words}", flush=True)
        print(f"{file}: {tried - left} of {tried} noticed", flush=True)


if __name__ == "__main__":
    named = sys.argv[1:]
    main(named[:1] or list(SHARP), int(named[1]) if named[1:] else None)
