"""Enrolling, and cards."""

import pytest
from sqlalchemy import select

from models import Card, db
from services.people import identifiers, residents
from services.refusals import NotFound, ValidationFailed
from services.scans import presence
from tests.conftest import NOON


def enrol(town, wang, settings, **papers):
    return residents.enrol("冉婆婆", town.grid_a.id, papers=papers, by=wang, settings=settings, now=NOON)


def test_an_id_number_is_enrolled_once(town, wang, settings):
    enrol(town, wang, settings, id_number="11010519491231002x")
    with pytest.raises(residents.AlreadyEnrolled):
        enrol(town, wang, settings, id_number="11010519491231002X")


def test_a_new_card_revokes_the_old_one(town, wang, settings):
    granny = enrol(town, wang, settings)
    first = residents.card_token(residents.make_card(granny.id, by=wang, now=NOON), settings)
    second = residents.card_token(residents.make_card(granny.id, by=wang, now=NOON), settings)

    assert presence.resident_by_token(second, settings=settings, now=NOON).id == granny.id
    with pytest.raises(presence.TokenInvalid):
        presence.resident_by_token(first, settings=settings, now=NOON)
    assert len(db.session.scalars(select(Card).filter_by(revoked_at=None)).all()) == 1


def test_another_areas_grid_worker_finds_nobody(town, wang, zhou, settings):
    granny = enrol(town, wang, settings)
    with pytest.raises(NotFound):
        residents.make_card(granny.id, by=zhou, now=NOON)


@pytest.mark.parametrize("number", ["11010519491231002X", "440524188001010014", "810000199408230021", "911398199012310021",
                                    "500112199003074516", "KAZ110090123105"])
def test_published_numbers_are_accepted(number):
    assert identifiers.is_id_number(number)


@pytest.mark.parametrize("number", ["110105194912310021", "11010519490231002X", "1101051949123100", ""])
def test_a_wrong_check_character_date_or_length_is_not(number):
    assert not identifiers.is_id_number(number)


def test_a_unified_social_credit_code_is_checked():
    assert identifiers.is_uscc("91110000600037341L") and not identifiers.is_uscc("91110000600037341M")


def test_a_mistyped_id_number_does_not_pass_for_a_passport(town, wang, settings):
    with pytest.raises(ValidationFailed):
        enrol(town, wang, settings, id_number="110105194912310021")
