"""The bench's arithmetic, from made-up figures."""
from dataclasses import replace

import pytest

from bench import figures, verbs
from bench.figures import Sample
from bench.load import Heard

FLOOR = Sample(per_second=400, p50_ms=10, p99_ms=40, cpu_ms=2, database_cpu_ms=1, client_cpu_ms=0.1)


@pytest.mark.parametrize(("values", "share", "value"), [
    ([5], 0.5, 5), ([5], 0.99, 5), ([3, 1, 2], 0.5, 2), ([4, 3, 2, 1], 0.5, 2), (list(range(1, 101)), 0.99, 99), (list(range(1, 101)), 1, 100)])
def test_a_percentile_is_a_value_that_was_measured(values, share, value):
    assert figures.percentile(values, share) == value


def test_a_sample_is_for_each_request():
    heard = Heard(times=[0.010, 0.020, 0.030, 0.040], seconds=2, cpu=0.004)
    assert figures.sample(heard, cpu=0.020, database_cpu=0.008) == Sample(2, 20, 40, 5, 2, 1)
    assert figures.sample(heard, cpu=0.020, database_cpu=None).database_cpu_ms is None


def test_ratios_are_paired_within_their_round_before_their_median_is_taken():
    floor = [replace(FLOOR, per_second=rate) for rate in (400, 200, 100)]
    ours = [replace(FLOOR, per_second=rate, cpu_ms=3) for rate in (200, 180, 10)]
    assert figures.against(ours, floor) == {"throughput_ratio": 0.5, "cpu_ratio": 1.5, "p99_ratio": 1}


def test_a_rounds_floor_is_between_what_it_was_before_and_after():
    assert figures.between(FLOOR, replace(FLOOR, per_second=200, database_cpu_ms=None)) == replace(FLOOR, per_second=300, database_cpu_ms=None)


def test_noise_is_how_far_the_floor_went():
    assert figures.noise([replace(FLOOR, per_second=rate) for rate in (90, 100, 120)]) == 0.3
    assert figures.noise([FLOOR]) == 0


def test_a_databases_figures_name_each_verb_and_each_floor():
    names = (*verbs.HOT, *verbs.PAGES)
    rounds = [{name: FLOOR for name in ("bare", "raw", *names, "raw_after")}] * 3
    found, floors = figures.of_a_database(rounds, statements=dict.fromkeys(names, 8), alone=[900, 1000, 2000])
    assert set(found) == set(names)
    for figured in found.values():
        assert figured.keys() >= {"throughput_ratio", "cpu_ratio", "p50_ms", "p99_ms", "statements"}
        assert (figured["throughput_ratio"], figured["p50_ms"], figured["statements"]) == (1, 10, 8)
    assert (floors["raw"]["per_second"], floors["bare"]["p99_ms"], floors["alone"], floors["noise"]) == (400, 40, {"per_second": 1000}, 0)
