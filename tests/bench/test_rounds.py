from bench import rounds, verbs
from bench.crowd import Size

TINY = Size(residents=30, credits_each=2, acting=30, deeds=30, coupons=30, events=2, offers=2)


def test_a_round_really_runs_and_every_request_of_it_succeeds(tmp_path):
    with rounds.stage(str(tmp_path), tmp_path / "sqlite", TINY, warming=2) as stage:
        found, floors = rounds.run({"sqlite": stage}, rounds=1, warm=0, seconds=0.1, count=20)
    assert set(found["sqlite"]) == {*verbs.HOT, *verbs.PAGES}
    assert set(floors["sqlite"]) == {"bare", "raw", "alone", "noise"}
    assert all(figured["per_second"] > 0 for figured in found["sqlite"].values())
