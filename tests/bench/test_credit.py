from bench import credit, report
from models import Area, CreditEntry, Standing, db


def test_a_small_district_is_filled_worked_out_and_measured(tmp_path, monkeypatch):
    seen = {}
    monkeypatch.setattr(credit, "_timings", lambda version, count, then=credit._timings: _looking(seen, version, count, then))
    found = credit.measure(str(tmp_path), 12)
    assert (found["people"], found["entries"]) == (12, 240)
    assert {name for _, name in report.CREDIT} <= set(found)
    assert seen == {"entries": 240, "standings": 12, "districts": 1}


def _looking(seen, version, count, then):
    found = then(version, count)
    for name, model in (("entries", CreditEntry), ("standings", Standing), ("districts", Area)):
        seen[name] = db.session.query(model).count()
    return found
