"""An area's numbers: read by everybody, set by its admin, and nobody's change is lost."""
from models import AuditRow, db

NUMBERS = {"notice_days": 3, "declared_points_per_hour": 6, "declared_points_max": 20, "declared_minutes_max": 180}


def path(area):
    return f"/api/v1/areas/{area.id}/rules"


def test_everybody_reads_the_defaults_until_somebody_sets_them(app, town):
    shown = app.test_client().get(path(town.grid_a))
    assert shown.status_code == 200
    assert shown.json == {"notice_days": 0, "declared_points_per_hour": 10, "declared_points_max": 40, "declared_minutes_max": 240,
                          "set_by": None}


def test_what_the_community_sets_holds_in_its_grids(app, town, zhao, as_):
    admin = as_(zhao)
    tag = admin.get(path(town.community)).headers["ETag"]
    done = admin.put(path(town.community), json=NUMBERS, headers={"If-Match": tag})
    assert done.status_code == 200, done.json
    assert done.json == NUMBERS | {"set_by": {"id": str(town.community.id), "name": "晚晴社区"}}
    assert admin.get(path(town.grid_a)).json == done.json
    assert app.test_client().get(path(town.grid_c)).json["set_by"] is None
    written = db.session.query(AuditRow).filter_by(action="area.set_rules").one()
    assert written.detail["notice_days"] == 3


def test_a_grid_may_differ_from_its_community(app, town, zhao, as_):
    admin = as_(zhao)
    admin.put(path(town.community), json=NUMBERS, headers={"If-Match": "*"})
    tag = admin.get(path(town.grid_a)).headers["ETag"]
    assert admin.put(path(town.grid_a), json=NUMBERS | {"notice_days": 7}, headers={"If-Match": tag}).status_code == 200
    assert admin.get(path(town.grid_a)).json["notice_days"] == 7
    assert admin.get(path(town.grid_b)).json["notice_days"] == 3


def test_of_two_who_change_one_version_the_second_is_told(town, zhao, qian, as_):
    tag = as_(qian).get(path(town.community)).headers["ETag"]
    assert as_(zhao).put(path(town.community), json=NUMBERS, headers={"If-Match": tag}).status_code == 200
    late = as_(qian).put(path(town.community), json=NUMBERS, headers={"If-Match": tag})
    assert (late.status_code, late.json["code"]) == (412, "stale_version")
    assert as_(zhao).put(path(town.community), json=NUMBERS).status_code == 428


def test_who_does_not_administer_it_sets_nothing(town, zhao, wang, li, sun, as_):
    for person in (wang, li, sun):
        assert as_(person).put(path(town.community), json=NUMBERS, headers={"If-Match": "*"}).status_code == 403, person.display_name
    for above in (town.street, town.other):
        assert as_(zhao).put(path(above), json=NUMBERS, headers={"If-Match": "*"}).status_code in (403, 404)


def test_a_number_outside_its_bounds_is_named(town, zhao, as_):
    for name, number in (("notice_days", 61), ("declared_points_per_hour", -1), ("declared_points_max", 10_001), ("declared_minutes_max", 1441)):
        refused = as_(zhao).put(path(town.community), json=NUMBERS | {name: number}, headers={"If-Match": "*"})
        assert refused.status_code == 422
        assert set(refused.json["errors"]) == {name}
