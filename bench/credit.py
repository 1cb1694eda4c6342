"""What it costs to work the scores of a district out anew, and to try a version on it.

`python -m bench.credit [sqlite|postgresql] [PEOPLE]`, each with twenty entries.

Measured beside it, in the same run, is the least that any way of doing it has to do: to count the entries (`SELECT count(*)`, for which
SQLite reads no row) and to read each (`SELECT sum(quantity)`).
"""
import json
import resource
import statistics
import sys
import tempfile
import time
from contextlib import ExitStack
from datetime import UTC, date, datetime

from sqlalchemy import func, select
from uuid_utils.compat import uuid7

from api import create_app
from bench import crowd, databases
from bench.crowd import Size
from bench.numbered import RESIDENT, insert_rows, key_of, of
from config import Settings
from models import (
    Area,
    CreditEntry,
    CreditFile,
    Enrolment,
    Level,
    Role,
    Rulebook,
    RulebookStatus,
    RulebookVersion,
    SubjectKind,
    db,
    local_day,
    schema,
)
from services import ledger
from services.access import sign_in
from services.credit import explanations, rules, scores
from services.credit.trials import runs
from services.people import people

PEOPLE, EACH = 100_000, 20
FILE, ENROLMENT, ENTRY = 21, 22, 23  # families of numbered rows
BEGAN = date(2024, 1, 1)
KEYS = {name: name.encode().ljust(32, b"-") for name in ("jwt", "codes", "fields", "blind_index", "cursors")}
CODES = ("volunteering", "mediation", "public_care", "litter", "straw")


def main() -> None:
    """Each database, or the one named, and what was found of it as JSON."""
    only, count = sys.argv[1:2], int(sys.argv[2]) if len(sys.argv) > 2 else PEOPLE
    with ExitStack() as up:
        folder = up.enter_context(tempfile.TemporaryDirectory(prefix="linli-credit-"))
        for kind in only or databases.KINDS:
            server = folder if kind == "sqlite" else up.enter_context(databases.postgresql())
            print(json.dumps({"database": kind, **measure(server, count)}, indent=1))


def measure(server: str, count: int) -> dict:
    """`server` as in bench/databases.py: a district of so many people on it, filled, and worked out."""
    with databases.empty(server, "credit") as url:
        app = create_app(Settings(database_url=url, keys=KEYS))
        with app.app_context():
            schema.upgrade()
            version = _fill(count)
            databases.settle(server, url)
            found = _timings(version, count)
            db.session.remove()
            db.engine.dispose()
    return {"people": count, "entries": count * EACH, **found}


def _fill(count: int) -> RulebookVersion:
    now = datetime(2024, 1, 1, 4, tzinfo=UTC)
    with crowd.in_haste():
        ledger.open_town_wallets()
        district = Area(code="500103000000", level=Level.DISTRICT, name="渝中区", path="/500103000000/")
        db.session.add(district)
        db.session.flush()
        admin = people.make("赵主任", district, keys=KEYS, now=now)
        people.grant(admin, Role.AREA_ADMIN, now=now, area=district)
        version = _rulebook(district, admin, now)
        db.session.commit()
        crowd.residents(Size(residents=count), district, now)
        insert_rows(CreditFile, count, id=key_of(FILE), kind=SubjectKind.RESIDENT, person_id=key_of(RESIDENT), area_id=district.id,
                    without_volunteering=False, opened_at=now, version=1)
        insert_rows(Enrolment, count, id=key_of(ENROLMENT), file_id=key_of(FILE), joined_on=BEGAN, joined_at=now, joined_by_id=admin.id,
                    text_version="x")
        for number, code in enumerate(CODES):
            _entries(code, number, count * EACH // len(CODES), count, district, now)
    return version


def _entries(code: str, number: int, rows: int, count: int, district: Area, now: datetime) -> None:
    """Spread over the people and over two years of days."""
    who, ref = f"((CAST(n AS BIGINT) * 7919 + {number}) % {count} + 1)", f"'{code}/' || n"
    minutes = code in ("volunteering", "public_care")
    day = (f"date('2024-06-01', '+' || ((CAST(n AS BIGINT) * 31 + {number}) % 730) || ' days')" if db.engine.dialect.name == "sqlite"
           else f"(DATE '2024-06-01' + CAST((CAST(n AS BIGINT) * 31 + {number}) % 730 AS INT))")
    insert_rows(CreditEntry, rows, id=key_of(ENTRY + number), person_id=key_of(RESIDENT, who), area_id=district.id, code=code,
                measured="minutes" if minutes else "times", quantity=of("60 + n % 600") if minutes else 1, happened_on=of(day),
                entered_on=of(day), entered_at=now, deed=of(ref), title="清扫楼道", source="department", source_ref=of(ref), source_name="城管局",
                evidence="x")


def _rulebook(district: Area, admin, now: datetime) -> RulebookVersion:
    def item(code, each, **how):
        return {"code": code, "name_zh": code, "name_en": code, "measured": "times", "each_centipoints": each, "per_quantity": 1, "term_months": 12,
                **how}
    minutes = {"measured": "minutes", "per_quantity": 60}
    document = {"base_centipoints": 10000, "most_centipoints": 20000, "grades": [
        {"code": code, "name_zh": code, "name_en": code, "from_centipoints": points} for code, points in (("A", 11000), ("B", 9500), ("C", 0))],
        "branches": [
            {"code": "deeds", "name_zh": "x", "name_en": "x", "most": 4000, "items": [
                item("volunteering", 20, most=2000, **minutes), item("mediation", 100), item("public_care", 10, most=1000, **minutes)]},
            {"code": "faults", "name_zh": "x", "name_en": "x", "least": -3000, "items": [item("litter", -100, doubles=True), item("straw", -300)]}]}
    book = Rulebook(area_id=district.id, kind=SubjectKind.RESIDENT, title_zh="x", title_en="x", created_at=now)
    db.session.add(book)
    db.session.flush()
    version = RulebookVersion(id=uuid7(), rulebook_id=book.id, number=1, made_by_id=admin.id, made_at=now, base_centipoints=10000,
                              most_centipoints=20000)
    db.session.add(version)
    db.session.flush()
    db.session.add_all(rules.rows(version, book, document, None, None))
    db.session.flush()
    version.status, version.published_at, version.in_force_from = RulebookStatus.PUBLISHED, now, BEGAN
    return version


def _timings(version: RulebookVersion, count: int) -> dict:
    now = datetime(2026, 5, 6, 4, tzinfo=UTC)
    on = local_day(now, version.rulebook.area)
    floors = [_floors()]
    before, begun, cpu, done = None, time.perf_counter(), time.process_time(), 0
    for ids in scores.batches(version.rulebook, on=on):
        scores.recompute(version.rulebook, version, ids, on=on, now=now)
        db.session.commit()
        done, before = done + len(ids), before or _memory()  # the first batch fills the caches
        print(f"\r{done:,} of {count:,} files", end="", file=sys.stderr)
    took, cpu = time.perf_counter() - begun, time.process_time() - cpu
    print(file=sys.stderr)
    some = db.session.scalars(select(CreditFile).order_by(CreditFile.id).limit(40)).all()
    one = [_timed(lambda file=file: scores.score(file, now=now)) for file in some]
    explained = [_timed(lambda file=file: explanations.explain(file, now=now)) for file in some]
    fresh = [_timed(lambda file=file: scores.refresh([file.id], now=now)) for file in some]
    trial = _timed(lambda: _try_out(version, now))
    floors.append(_floors())
    counted, read = map(min, zip(*floors, strict=True))
    return {"recompute_s": round(took, 1), "own_cpu_s": round(cpu, 1), "count_s": round(counted, 3), "count_ratio": round(took / counted),
            "read_s": round(read, 3), "read_ratio": round(took / read), "grown_mb": round(_memory() - before, 1),
            "trial_s": round(trial, 1), **{f"{name}_ms": round(statistics.median(times) * 1000, 1) for name, times in
               (("score", one), ("explanation", explained), ("refresh", fresh))}}


def _try_out(version: RulebookVersion, now: datetime) -> None:
    """To the end, as the worker does: each file by two versions, which happen to be one."""
    runs.try_out(version.id, by=sign_in.load(version.made_by_id, now), now=now)
    db.session.commit()
    while runs.go_on():
        db.session.commit()


def _floors() -> tuple[float, float]:
    """Seconds to count the entries and to read them."""
    return (_timed(lambda: db.session.scalar(select(func.count()).select_from(CreditEntry))),
            _timed(lambda: db.session.scalar(select(func.sum(CreditEntry.quantity)))))


def _timed(act) -> float:
    begun = time.perf_counter()
    act()
    return time.perf_counter() - begun


def _memory() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


if __name__ == "__main__":
    main()
