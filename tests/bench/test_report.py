from xml.etree import ElementTree

import pytest

from bench import drawing, growth, report, verbs

PLAIN = {"per_second": 400.4, "p50_ms": 12.34, "p99_ms": 56.7, "cpu_ms": 2.345, "database_cpu_ms": None, "client_cpu_ms": 0.1}
FOUND = PLAIN | {"throughput_ratio": 0.812, "cpu_ratio": 1.44, "p99_ratio": 1.2, "statements": 7}
FLOORS = {"bare": PLAIN, "raw": PLAIN, "alone": {"per_second": 900.1}, "noise": 0.125}
LATEST = {
    "at": "2026-11-26T12:00:00+00:00", "machine": {"cores": 2, "python": "3.11.7", "sqlite": "3.53.4", "postgresql": None},
    "how": {"rounds": 5, "seconds": 6.0}, "floors": {"sqlite": FLOORS}, "sqlite": {name: FOUND for name in (*verbs.HOT, *verbs.PAGES)}}
GROWTH = {"sqlite": {"residents": [10_000, 100_000], "p50_ms": {name: [4.0, 5.0] for name in verbs.HOT},
                     "ratios": {name: [1.0, 1.25] for name in verbs.HOT}}}
PAGE = "# Performance\n\nBefore.\n\n<!-- figures: written by make bench -->\nold\n<!-- end of figures -->\n\nAfter.\n"


@pytest.fixture
def docs(tmp_path):
    (tmp_path / "performance.md").write_text(PAGE)
    return tmp_path


def test_the_page_keeps_its_words_and_gets_new_figures(docs):
    report.write(LATEST, docs)
    once = (docs / "performance.md").read_text()
    assert once.startswith("# Performance\n\nBefore.\n\n<!-- figures") and once.endswith("<!-- end of figures -->\n\nAfter.\n")
    assert "| `check_in` | 0.81 | 1.4 | 400 | 12.3 | 57 | 2.35 |  | 7 |  |" in once
    assert "Noise of the floor: 12%." in once
    assert "old" not in once and "PostgreSQL" not in once
    report.write(LATEST, docs)
    assert (docs / "performance.md").read_text() == once


def test_an_open_loop_and_growth_are_told_where_they_were_measured(docs):
    check_in = FOUND | {"open_loop": {"rate": 50.0, "p50_ms": 8.0, "p99_ms": 20.0}}
    report.write(LATEST | {"sqlite": LATEST["sqlite"] | {"check_in": check_in}, "growth": GROWTH}, docs)
    page = (docs / "performance.md").read_text()
    assert "| 7 | 50, 8.0, 20 |" in page
    assert "| `redeem` | 4.0 (× 1.00) | 5.0 (× 1.25) |" in page
    assert (docs / "performance-growth-sqlite.svg").exists()


def test_what_a_district_of_scores_takes_is_told_for_each_database(docs):
    found = dict.fromkeys((name for _, name in report.CREDIT), 1.5) | {"people": 100_000, "entries": 2_000_000, "count_ratio": 5232}
    report.write(LATEST | {"credit": {"sqlite": found, "postgresql": found}}, docs)
    page = (docs / "performance.md").read_text()
    assert "| 100,000 files, 2,000,000 entries | SQLite | PostgreSQL |" in page
    assert "| all scores anew: s | 1.5 | 1.5 |" in page and "| × `count(*)` | 5,232 | 5,232 |" in page


def test_a_page_without_its_markers_is_not_written_over():
    with pytest.raises(SystemExit, match="markers"):
        report.between_markers("# Performance\n", "figures")


def test_pictures_are_well_formed_and_draw_each_value():
    drawn = ElementTree.fromstring(drawing.bars("a < b", ["check_in", "redeem"], {"SQLite": [0.8, 1.6], "PostgreSQL": [0.4, 0.2]}))
    widths = [float(bar.get("width")) for bar in drawn.findall("{*}rect")][:4]
    assert widths[2] == max(widths) == pytest.approx(2 * widths[0], abs=0.2)
    drawn = ElementTree.fromstring(drawing.lines("x", [10_000, 100_000, 1_000_000], {"redeem": [1, 1.2, 1.5]}))
    assert len(drawn.find("{*}polyline").get("points").split()) == 3


def test_growth_is_against_the_smallest_of_the_same_turn():
    assert growth.ratios([[4, 8, 10], [6, 8, 30]]) == [1, 1.5]
