"""The rulebooks that come with the product stand by their own rules."""
from datetime import date

import pytest

from models import SubjectKind, db
from services.credit import examples, rules, scores
from tests.credit_books import at, file_of, in_force, volunteering


@pytest.mark.parametrize("name", examples.NAMES)
def test_it_can_be_put_in_force(town, zhao, name):
    found = examples.read(name)
    version = in_force(town.district, found.document, kind=found.kind, by=zhao)
    assert len([item for item in version.indicators if item.each_centipoints is not None]) >= 8
    assert all(item.basis and item.evidence_zh and item.evidence_en for item in version.indicators if item.each_centipoints)
    assert all(item.repair_class for item in version.indicators if (item.each_centipoints or 0) < 0)


def test_a_village_adds_five_and_five_at_most_to_its_districts(town, zhao):
    found = examples.read("village_households")
    template = in_force(town.district, found.document, kind=found.kind, by=zhao)
    own = in_force(town.community, found.own, kind=found.kind, by=zhao, template=template)
    mine = [item for item in own.indicators if item.layer == "own"]
    assert (sum(item.each_centipoints > 0 for item in mine), sum(item.each_centipoints < 0 for item in mine)) == (5, 4)
    assert {grade.code for grade in own.grades} == {grade.code for grade in template.grades}
    more = {**found.own, "branches": [*found.own["branches"], {"code": "law", "items": [dict(found.own["branches"][0]["items"][0], code="x")]}]}
    with pytest.raises(rules.TooManyOwnItems):
        in_force(town.grid_a, more, kind=found.kind, by=zhao, template=template)
    db.session.rollback()


def test_a_resident_of_the_example(town, zhao, li):
    found = examples.read("community_residents")
    in_force(town.district, found.document, kind=SubjectKind.RESIDENT, by=zhao)
    file = file_of(li)
    for day in (1, 2, 3):
        volunteering(file, date(2026, 5, day), 24)  # 4.8 points each, at most 1.6 a deed
    score = scores.score(file, on=date(2026, 5, 6), now=at(date(2026, 5, 6)))
    assert (score.centipoints, score.grade.code) == (10480, "AA")
