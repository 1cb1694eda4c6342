import json
from contextlib import nullcontext

import pytest

from bench import __main__ as make_bench


@pytest.mark.parametrize(("env", "rounds", "seconds"), [
    ({}, 5, 6), ({"QUICK": "1"}, 3, 3), ({"QUICK": ""}, 5, 6), ({"QUICK": "1", "ROUNDS": "9", "SECONDS": "0.5"}, 9, 0.5)])
def test_how_long_is_asked_for_in_the_environment(env, rounds, seconds):
    assert make_bench.asked_for(env) == {"rounds": rounds, "seconds": seconds}


@pytest.fixture
def quick(monkeypatch, tmp_path):
    """`quick(server)` is what a quick run writes whose rounds take no time, with this PostgreSQL or none."""
    monkeypatch.setenv("QUICK", "1")
    monkeypatch.setattr(make_bench, "LATEST", tmp_path / "latest.json")
    monkeypatch.setattr(make_bench, "in_turns", lambda places, *args, **how: dict.fromkeys(("floors", *places), how["open_loop"]))
    monkeypatch.setattr(make_bench.databases, "version", lambda server: "18.6")

    def run(server):
        monkeypatch.setattr(make_bench.databases, "postgresql", lambda: nullcontext(server))
        make_bench.main()
        return json.loads(make_bench.LATEST.read_text())
    return run


def test_without_postgresql_it_says_so_and_writes_sqlites_half(quick, capsys):
    latest = quick(None)
    assert "no PostgreSQL" in capsys.readouterr().err
    assert set(latest) == {"at", "machine", "how", "floors", "sqlite"}
    assert latest["machine"]["postgresql"] is None


def test_with_it_both_are_written_and_a_quick_run_has_no_open_loop(quick, capsys):
    latest = quick("postgresql://x")
    assert "no PostgreSQL" not in capsys.readouterr().err
    assert set(latest) == {"at", "machine", "how", "floors", "sqlite", "postgresql"}
    assert (latest["machine"]["postgresql"], latest["sqlite"]) == ("18.6", False)
