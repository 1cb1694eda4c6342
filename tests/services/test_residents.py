"""Enrolling, cards and joining."""
from datetime import timedelta

import pytest
from sqlalchemy import select

from models import Card, Lot, Person, Session, Unit, WalletKind, WeChatLogin, db
from services import identifiers, ledger, presence, residents, sign_in
from services.refusals import NotFound, ValidationFailed
from tests.conftest import NOON


def enrol(town, wang, settings, **papers):
    return residents.enrol("冉婆婆", town.grid_a.id, papers=papers, by=wang, settings=settings, now=NOON)


def newcomer(settings):
    """Somebody who signed in by WeChat, with 30 points in two lots."""
    person = sign_in.by_openid("granny", settings=settings, now=NOON).person
    holder = ledger.wallet(person.id, WalletKind.RESIDENT)
    source = ledger.wallet(ledger.TOWN, WalletKind.SPONSOR)
    for points, days in ((10, 30), (20, 60)):
        posting = ledger.post(source.id, holder.id, points, unit=Unit.POINTS, kind=f"gift{days}",
                              because=ledger.Cause("person", person.id), area_id=person.home_area_id, now=NOON)
        db.session.add(Lot(wallet_id=holder.id, posting_id=posting, amount=points, remaining=points,
                           lapses_on=NOON.date() + timedelta(days=days)))
    db.session.flush()
    return person


def test_joining_makes_one_person_with_one_wallet(town, wang, settings):
    granny, phone = enrol(town, wang, settings), newcomer(settings)
    token = presence.show_person(phone, settings=settings, now=NOON).token

    residents.join(granny.id, token, by=wang, settings=settings, now=NOON)

    wallet = ledger.wallet(granny.id, WalletKind.RESIDENT)
    assert wallet.balance == 30 and ledger.wallet(phone.id, WalletKind.RESIDENT).balance == 0
    days = db.session.scalars(select(Lot.lapses_on).where(Lot.wallet_id == wallet.id).order_by(Lot.lapses_on)).all()
    assert days == [NOON.date() + timedelta(days=30), NOON.date() + timedelta(days=60)]
    assert db.session.scalars(select(WeChatLogin)).one().person_id == granny.id
    assert db.session.scalars(select(Session).filter_by(person_id=phone.id, ended_at=None)).first() is None
    assert db.session.get(Person, phone.id).joined_into_id == granny.id
    assert ledger.problems() == []
    with pytest.raises(presence.TokenInvalid):
        residents.join(granny.id, token, by=wang, settings=settings, now=NOON)


def test_a_refund_after_joining_goes_to_the_one_wallet(town, wang, settings):
    granny, phone = enrol(town, wang, settings), newcomer(settings)
    spent = ledger.wallet(ledger.TOWN, WalletKind.LAPSED)
    paid = ledger.spend(ledger.wallet(phone.id, WalletKind.RESIDENT).id, spent.id, 15, kind="spend",
                        because=ledger.Cause("coupon", phone.id), area_id=town.grid_a.id, now=NOON)
    token = presence.show_person(phone, settings=settings, now=NOON).token
    residents.join(granny.id, token, by=wang, settings=settings, now=NOON)

    ledger.refund(paid, kind="refund", because=ledger.Cause("coupon", phone.id), now=NOON)

    assert ledger.wallet(granny.id, WalletKind.RESIDENT).balance == 30
    assert ledger.wallet(phone.id, WalletKind.RESIDENT).balance == 0
    assert ledger.problems() == []


def test_an_account_with_a_sign_in_is_not_taken_over_by_joining(town, wang, settings):
    granny, phone = enrol(town, wang, settings), newcomer(settings)
    db.session.add(WeChatLogin(app_id="wxtest", openid="another", person_id=granny.id, at=NOON))
    db.session.flush()
    token = presence.show_person(phone, settings=settings, now=NOON).token
    with pytest.raises(residents.AlreadyJoined):
        residents.join(granny.id, token, by=wang, settings=settings, now=NOON)


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
