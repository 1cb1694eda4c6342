"""People without a phone: enrol them, print their card, and join them to the WeChat sign-in they make later."""
from datetime import datetime
from uuid import UUID

from sqlalchemy import insert, select, update

from config import Settings
from models import (
    STAFF,
    ActivityRecord,
    Card,
    CheckIn,
    Coupon,
    Evidence,
    Household,
    HouseholdRequest,
    Person,
    RecordStep,
    RoleGrant,
    SignUp,
    StaffLogin,
    Wallet,
    WeChatLogin,
    db,
)
from services import audit, codes, identifiers, ledger, people, presence, reach, sign_in, vault
from services.refusals import N_, Conflict, NotAllowed, NotFound, ValidationFailed


class AlreadyEnrolled(Conflict):
    message = N_("Somebody with these papers is enrolled already.")


class AlreadyJoined(Conflict):
    message = N_("This person has been joined to a sign-in already.")


class AlreadyRevoked(Conflict):
    message = N_("This card has been revoked already.")


class HoldsRole(Conflict):
    message = N_("Somebody who works here cannot be joined: end their roles first.")


class OwnJoin(NotAllowed):
    message = N_("You cannot join yourself.")


def enrol(display_name: str, home_area_id: UUID, *, household_id: UUID | None = None, language: str = "zh-CN",
          papers: dict, by: Person, settings: Settings, now: datetime) -> Person:
    """A new resident, made by staff of their area. AlreadyEnrolled when the ID number is known."""
    area = reach.area_within(by, home_area_id, STAFF, now)
    if household_id:
        _household_within(household_id, by, now)
    papers = _checked_papers(papers)
    if number := papers.get("id_number"):
        _refuse_known(number, settings)
    person = people.make(display_name, area, keys=settings.keys, now=now, language=language,
                         household_id=household_id, papers=papers)
    audit.write("resident.enrol", "person", person.id, by=by.id, area_id=area.id, now=now)
    return person


def _household_within(household_id, by, now) -> None:
    household = db.session.get(Household, household_id)
    if household is None:
        raise NotFound
    reach.area_within(by, household.area_id, STAFF, now)


def _checked_papers(papers: dict) -> dict:
    papers = dict(papers)
    if number := papers.get("id_number"):
        papers["id_number"] = identifiers.plain(number)
        if not (identifiers.is_id_number(papers["id_number"]) or identifiers.is_passport_number(papers["id_number"])):
            raise ValidationFailed({"id_number": [N_("Not a number of an ID card or a passport.")]})
    if phone := papers.get("phone"):
        papers["phone"] = identifiers.plain(phone)
    return papers


def _refuse_known(number: str, settings: Settings) -> None:
    index = vault.blind_index(settings.keys["blind_index"], "id_number", number)
    if db.session.scalar(select(Person.id).where(Person.id_number_index == index)):
        raise AlreadyEnrolled


def within(person_id: UUID, *, by: Person, roles=STAFF, now: datetime, lock: bool = False) -> Person:
    """The resident, if their home is in reach: NotFound elsewhere, and for one joined to another."""
    query = select(Person).where(Person.id == person_id, Person.joined_into_id.is_(None))
    person = db.session.scalars(query.with_for_update(of=Person) if lock else query).one_or_none()
    if person is None:
        raise NotFound
    reach.require(by, person.home_area, roles, now)
    return person


def make_card(person_id: UUID, *, by: Person, now: datetime) -> Card:
    """A new printed code; the one before is no code of ours any more."""
    person = within(person_id, by=by, now=now, lock=True)
    db.session.execute(update(Card).where(Card.person_id == person.id, Card.revoked_at.is_(None)).values(revoked_at=now))
    card = Card(person_id=person.id, code_id=codes.new_id(), secret=codes.new_secret(), made_by_id=by.id, at=now)
    db.session.add(card)
    db.session.flush()
    audit.write("card.make", "card", card.id, by=by.id, area_id=person.home_area_id, now=now)
    return card


def card_of(person_id: UUID, *, by: Person, now: datetime) -> Card:
    """The card that is good now; NotFound when there is none."""
    person = within(person_id, by=by, now=now)
    card = db.session.scalars(select(Card).filter_by(person_id=person.id, revoked_at=None)).first()
    if card is None:
        raise NotFound
    return card


def card_token(card: Card, settings: Settings) -> str:
    return codes.show(codes.CARD, card.code_id, card.secret, key=settings.keys["codes"], made_at=card.at)


def revoke_card(card_id: UUID, *, by: Person, now: datetime) -> Card:
    card = db.session.get(Card, card_id)
    if card is None:
        raise NotFound
    person = within(card.person_id, by=by, now=now)
    ended = db.session.execute(update(Card).where(Card.id == card_id, Card.revoked_at.is_(None)).values(revoked_at=now))
    if ended.rowcount != 1:
        raise AlreadyRevoked
    audit.write("card.revoke", "card", card.id, by=by.id, area_id=person.home_area_id, now=now)
    return card


def _wait_for_wallets(enrolled: Person, newcomer: Person) -> None:
    """A coupon being bought holds its payer's wallet until it is committed: wait, so that it is handed over too."""
    db.session.execute(select(Wallet.id).where(Wallet.owner_id.in_((enrolled.id, newcomer.id))).order_by(Wallet.id).with_for_update())


def join(person_id: UUID, resident_token: str, *, by: Person, settings: Settings, now: datetime) -> Person:
    """Make one person of an enrolled one and the WeChat person who shows their own rotating code.

    The enrolled one stays, with the sign-in, points, coupons, records and check-ins of the other. Refused
    where either of them works here, or the enrolled one has a sign-in: no account is taken over this way.
    """
    enrolled = _enrolled(person_id, by, now)
    code = codes.parse(resident_token)
    if code is None or code.kind != codes.RESIDENT:
        raise presence.TokenInvalid
    newcomer = presence.resident_by_token(resident_token, settings=settings, now=now)
    if enrolled.id == newcomer.id or by.id in (enrolled.id, newcomer.id):
        raise OwnJoin
    _require_near(newcomer, by, now)
    _lock_both(enrolled, newcomer)
    _wait_for_wallets(enrolled, newcomer)
    _refuse_taking_over(enrolled, newcomer)
    _hand_over(newcomer.id, enrolled.id, now)
    ledger.carry_over(newcomer.id, enrolled.id, area_id=enrolled.home_area_id, now=now)
    db.session.execute(update(Person).where(Person.joined_into_id == newcomer.id).values(joined_into_id=enrolled.id))
    newcomer.joined_into_id = enrolled.id
    enrolled.household_id = enrolled.household_id or newcomer.household_id  # nobody of it may decide on the records
    enrolled.version += 1
    sign_in.end_all(newcomer.id, now)
    db.session.flush()
    audit.write("resident.join", "person", enrolled.id, by=by.id, area_id=enrolled.home_area_id, now=now,
                joined=str(newcomer.id))
    return enrolled


def _enrolled(person_id, by, now) -> Person:
    person = db.session.get(Person, person_id)
    if person is None:
        raise NotFound
    reach.require(by, person.home_area, STAFF, now)
    if person.joined_into_id:
        raise AlreadyJoined
    return person


def _require_near(newcomer: Person, by: Person, now: datetime) -> None:
    """In reach, or of an area above it: a new person has not said yet in which grid they live."""
    above = any(path.startswith(newcomer.home_area.path) for path in reach.paths(by, STAFF, now))
    if not above:
        reach.require(by, newcomer.home_area, STAFF, now)


def _lock_both(enrolled: Person, newcomer: Person) -> None:
    db.session.scalars(select(Person).where(Person.id.in_([enrolled.id, newcomer.id])).order_by(Person.id)
                       .with_for_update(of=Person).execution_options(populate_existing=True)).all()


def _refuse_taking_over(enrolled: Person, newcomer: Person) -> None:
    both = (enrolled.id, newcomer.id)
    if newcomer.joined_into_id or db.session.scalar(
            select(WeChatLogin.openid).where(WeChatLogin.person_id == enrolled.id).limit(1)):
        raise AlreadyJoined
    works = select(RoleGrant.id).where(RoleGrant.person_id.in_(both), RoleGrant.ended_at.is_(None)).limit(1)
    signs_in = select(StaffLogin.person_id).where(StaffLogin.person_id.in_(both)).limit(1)
    if db.session.scalar(works) or db.session.scalar(signs_in):
        raise HoldsRole


def _hand_over(old: UUID, new: UUID, now: datetime) -> None:
    """Rows of the one become the other's; of an event that both took part in, the enrolled one's rows stand."""
    _withdraw_doubles(old, new, now)
    _repoint(WeChatLogin, WeChatLogin.person_id, old, new)
    _repoint(Coupon, Coupon.resident_id, old, new)
    _repoint(Evidence, Evidence.owner_id, old, new)
    for row, taking_part in ((CheckIn, CheckIn.annulled_at.is_(None)), (SignUp, SignUp.status != "cancelled")):
        known = select(row.event_id).where(row.resident_id == new, taking_part)
        _repoint(row, row.resident_id, old, new, row.event_id.not_in(known))
    known = select(ActivityRecord.event_id).where(
        ActivityRecord.resident_id == new, ActivityRecord.event_id.is_not(None), ActivityRecord.status != "withdrawn")
    _repoint(ActivityRecord, ActivityRecord.resident_id, old, new,
             ActivityRecord.event_id.is_(None) | ActivityRecord.event_id.not_in(known))
    db.session.execute(update(Card).where(Card.person_id == old, Card.revoked_at.is_(None)).values(revoked_at=now))
    db.session.execute(update(HouseholdRequest).where(
        HouseholdRequest.person_id == old, HouseholdRequest.status == "pending").values(status="refused", decided_at=now))


def _repoint(row, owner, old, new, *conditions) -> None:
    db.session.execute(update(row).where(owner == old, *conditions).values({owner.key: new})
                       .execution_options(synchronize_session=False))


def _withdraw_doubles(old: UUID, new: UUID, now: datetime) -> None:
    """One human being has one record of one event: the newcomer's undecided second one is withdrawn."""
    known = select(ActivityRecord.event_id).where(
        ActivityRecord.resident_id == new, ActivityRecord.event_id.is_not(None), ActivityRecord.status != "withdrawn")
    doubles = db.session.scalars(
        update(ActivityRecord).where(ActivityRecord.resident_id == old, ActivityRecord.event_id.in_(known),
                                     ActivityRecord.status.in_(("pending", "approved")))
        .values(status="withdrawn", version=ActivityRecord.version + 1).returning(ActivityRecord.id)
        .execution_options(synchronize_session=False)).all()
    if doubles:
        db.session.execute(insert(RecordStep), [{"record_id": record_id, "action": "withdraw", "at": now} for record_id in doubles])
