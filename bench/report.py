"""docs/performance.md's figures, between its markers, and its pictures, from what the last long run wrote."""
import re
from pathlib import Path

from bench import drawing
from bench.verbs import HOT, PAGES

DOCS = Path(__file__).resolve().parent.parent / "docs"
NAMES = {"sqlite": "SQLite", "postgresql": "PostgreSQL"}
FLOORS = {"bare": "`bare`", "raw": "`raw`"}


def write(latest: dict, docs: Path = DOCS) -> None:
    page = docs / "performance.md"
    page.write_text(between_markers(page.read_text(), text_of(latest)))
    kinds = {kind: latest[kind] for kind in NAMES if kind in latest}
    (docs / "performance-ratios.svg").write_text(drawing.bars(
        "Throughput, as a part of a check-in written by hand", [*HOT, *PAGES],
        {NAMES[kind]: [found[name]["throughput_ratio"] for name in (*HOT, *PAGES)] for kind, found in kinds.items()}))
    for kind, by_verb in latest.get("growth", {}).items():
        (docs / f"performance-growth-{kind}.svg").write_text(drawing.lines(
            f"{NAMES[kind]}: time of one request against the number of residents, as a multiple of the smallest", by_verb["residents"],
            {name: by_verb["ratios"][name] for name in HOT}))


def between_markers(page: str, text: str) -> str:
    found = re.compile(r"(<!-- figures: written by make bench -->\n).*?(<!-- end of figures -->)", re.DOTALL)
    if not found.search(page):
        raise SystemExit("docs/performance.md has lost its markers")
    return found.sub(lambda marks: marks[1] + text + "\n" + marks[2], page)


def text_of(latest: dict) -> str:
    machine, how = latest["machine"], latest["how"]
    parts = [f"Measured on {latest['at'][:10]}: {machine['cores']} shared cores, Python {machine['python']}, SQLite {machine['sqlite']}"
             + (f", PostgreSQL {machine['postgresql']}" if machine["postgresql"] else "")
             + f"; {how['rounds']} rounds of {how['seconds']:.0f} s for each."]
    parts += [_table(NAMES[kind], latest[kind], latest["floors"][kind]) for kind in NAMES if kind in latest]
    parts += [_growth(NAMES[kind], found) for kind, found in latest.get("growth", {}).items()]
    if "credit" in latest:
        parts.append(_credit(latest["credit"]))
    parts.append("![Throughput of each verb as a part of the floor's](performance-ratios.svg)")
    parts += [f"![Time against size on {NAMES[kind]}](performance-growth-{kind}.svg)" for kind in latest.get("growth", {})]
    return "\n\n".join(parts)


def _table(name: str, verbs: dict, floors: dict) -> str:
    heads = (name, "× raw req/s", "× raw CPU", "req/s", "p50 ms", "p99 ms", "CPU ms", "DB CPU ms", "statements", "open loop: req/s, p50, p99 ms")
    rows = [(title, "", "", *_plain(floors[floor]), "", "") for floor, title in FLOORS.items()]
    rows.append(("`alone`", "", "", f"{floors['alone']['per_second']:.0f}", *[""] * 6))
    rows += [(f"`{verb}`", f"{found['throughput_ratio']:.2f}", f"{found['cpu_ratio']:.1f}", *_plain(found), str(found["statements"]),
              _open(found.get("open_loop"))) for verb, found in verbs.items()]
    return _markdown(heads, rows) + f"\n\nNoise of the floor: {floors['noise']:.0%}."


def _plain(found: dict) -> tuple[str, ...]:
    database = "" if found["database_cpu_ms"] is None else f"{found['database_cpu_ms']:.2f}"
    return (f"{found['per_second']:.0f}", f"{found['p50_ms']:.1f}", f"{found['p99_ms']:.0f}", f"{found['cpu_ms']:.2f}", database)


def _open(found: dict | None) -> str:
    return f"{found['rate']:.0f}, {found['p50_ms']:.1f}, {found['p99_ms']:.0f}" if found else ""


def _growth(name: str, found: dict) -> str:
    heads = (f"{name}, one client: ms", *(f"{residents:,} residents, {10 * residents:,} postings" for residents in found["residents"]))
    return _markdown(heads, [(f"`{verb}`", *(f"{ms:.1f} (× {ratio:.2f})" for ms, ratio in zip(times, found["ratios"][verb], strict=True)))
                             for verb, times in found["p50_ms"].items()])


CREDIT = (("`SELECT count(*)`: s", "count_s"), ("reading each entry: s", "read_s"), ("all scores anew: s", "recompute_s"),
          ("× `count(*)`", "count_ratio"), ("× reading", "read_ratio"), ("memory grown: MB", "grown_mb"), ("a draft tried on all: s", "trial_s"),
          ("one score: ms", "score_ms"),
          ("explained: ms", "explanation_ms"), ("after a change: ms", "refresh_ms"))


def _credit(by_kind: dict) -> str:
    some = next(iter(by_kind.values()))
    return _markdown((f"{some['people']:,} files, {some['entries']:,} entries", *(NAMES[kind] for kind in by_kind)),
                     [(title, *(f"{found[name]:,}" for found in by_kind.values())) for title, name in CREDIT])


def _markdown(heads: tuple, rows: list[tuple]) -> str:
    lines = [heads, ("---",) * len(heads), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)
