import pytest

from commands.import_areas import import_areas
from models import Area, db
from services.areas import areas

ROWS = [{"code": "5", "level": "city", "parent_code": "", "name": "市", "ended": ""},
        {"code": "501", "level": "district", "parent_code": "5", "name": "区", "ended": ""},
        {"code": "50101", "level": "street", "parent_code": "501", "name": "街", "ended": ""}]


def path_of(code):
    return db.session.query(Area.path).filter_by(code=code).scalar()


def test_taking_in_twice_makes_once(app):
    assert areas.take_in(ROWS) == areas.Imported(3, 0, 0)
    assert areas.take_in(ROWS) == areas.Imported(0, 0, 3)
    assert path_of("50101") == "/5/501/50101/"


def test_a_renamed_and_ended_area_is_corrected(app):
    areas.take_in(ROWS)
    assert areas.take_in([*ROWS[:2], ROWS[2] | {"name": "新街", "ended": "2025"}]) == areas.Imported(0, 1, 2)
    street = db.session.query(Area).filter_by(code="50101").one()
    assert (street.name, street.ended) == ("新街", "2025")


def test_a_moved_area_takes_what_lies_in_it_along(app):
    areas.take_in([*ROWS, {"code": "502", "level": "district", "parent_code": "5", "name": "二区"},
                   {"code": "501011", "level": "grid", "parent_code": "50101", "name": "格"}])
    areas.take_in([ROWS[2] | {"parent_code": "502"}])
    assert path_of("501011") == "/5/502/50101/501011/"


@pytest.mark.parametrize("wrong", [{"parent_code": "9"}, {"level": "village"}, {"name": ""}, {"level": "city"}, {"parent_code": ""}])
def test_a_row_that_cannot_be_right_is_refused(app, wrong):
    with pytest.raises(areas.AreaRowInvalid):
        areas.take_in([*ROWS[:2], ROWS[2] | wrong])
    assert db.session.query(Area).count() == 0


def test_the_command_says_what_it_did(app, tmp_path):
    file = tmp_path / "areas.csv"
    file.write_text("code,level,parent_code,name,ended\n5,city,,市,\n501,district,5,区,\n", encoding="utf-8")
    assert "Made 2, changed 0, unchanged 0." in app.test_cli_runner().invoke(import_areas, [str(file)]).output
    file.write_text("code,name\n5,市\n", encoding="utf-8")
    refused = app.test_cli_runner().invoke(import_areas, [str(file)])
    assert refused.exit_code == 1
    assert "lacks the columns level, parent_code" in refused.output


def test_a_code_that_stands_twice_is_refused_with_its_lines(app, tmp_path):
    file = tmp_path / "areas.csv"
    file.write_text("code,level,parent_code,name\n5,city,,市\n501,district,5,区\n501,district,5,另一区\n", encoding="utf-8")
    refused = app.test_cli_runner().invoke(import_areas, [str(file)])
    assert refused.exit_code == 1
    assert "501" in refused.output and "line 3 and again on line 4" in refused.output
    assert db.session.query(Area).count() == 0
