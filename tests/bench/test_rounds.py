import pytest

from bench import growth, rounds, soak, verbs
from bench.crowd import Size

TINY = Size(residents=30, credits_each=2, acting=30, deeds=200, coupons=200, events=10, offers=2)


@pytest.fixture(scope="module")
def stage(tmp_path_factory):
    folder = tmp_path_factory.mktemp("bench")
    with rounds.stage(str(folder), folder / "sqlite", TINY, warming=2) as stage:
        yield stage


def test_a_round_really_runs_and_every_request_of_it_succeeds(stage):
    found, floors = rounds.run({"sqlite": stage}, rounds=1, warm=0, seconds=0.1, count=20)
    assert set(found["sqlite"]) == {*verbs.HOT, *verbs.PAGES}
    assert set(floors["sqlite"]) == {"bare", "raw", "alone", "noise"}
    assert all(figured["per_second"] > 0 for figured in found["sqlite"].values())


def test_an_open_loop_asks_at_half_of_what_the_rounds_gave(stage):
    found = {"sqlite": {"check_in": {"per_second": 40}}}
    rounds.at_a_steady_rate({"sqlite": stage}, found, seconds=0.2)
    assert found["sqlite"]["check_in"]["open_loop"].keys() == {"rate", "per_second", "p50_ms", "p99_ms"}
    assert found["sqlite"]["check_in"]["open_loop"]["rate"] == 20


def test_growth_tells_each_verbs_time_in_each_size(stage):
    found = growth.timed([stage, stage], [10, 20], turns=1, count=2)
    assert found["residents"] == [10, 20]
    assert set(found["p50_ms"]) == set(found["ratios"]) == {*verbs.HOT, *verbs.PAGES}
    assert all(len(times) == 2 for times in found["p50_ms"].values())


def test_a_soak_tells_how_long_a_crowd_waits_and_what_memory_the_workers_hold(stage):
    found = soak.soak(stage, burst=10, within=0.5, rate=20, seconds=1)
    assert 0 < found.burst_p95_ms <= found.burst_slowest_ms and 0 < found.p50_ms <= found.p99_ms
    assert len(found.memory_mb) == soak.PARTS + 1 and all(50 < held < 500 for held in found.memory_mb)
