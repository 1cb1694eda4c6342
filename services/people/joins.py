"""Someone enrolled without a phone signs in by WeChat later: one human being, one person, one wallet.

The enrolled one stays. Rows of the other are handed over; where both stand at one event, one stands after it.
"""
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select, update
from sqlalchemy.orm import aliased

from config import Settings
from models import (
    STAFF,
    ActivityRecord,
    Card,
    CheckIn,
    CivilityInvitation,
    CivilityOptOut,
    Consent,
    Coupon,
    Event,
    Evidence,
    HouseholdRequest,
    Lot,
    Message,
    Person,
    Posting,
    RecordStatus,
    ReviewSeat,
    RoleGrant,
    SignUp,
    StaffLogin,
    Unit,
    Wallet,
    WalletKind,
    WeChatLogin,
    db,
    local_day,
)
from services import ledger, sign_ups
from services.access import reach, sign_in
from services.audit import audit
from services.credit import enrolments, joined
from services.credit.reviews import slips
from services.ledger import Cause
from services.points import lots
from services.records import steps, withdrawals
from services.refusals import N_, Conflict, NotAllowed, NotFound
from services.scans import codes, presence


class AlreadyJoined(Conflict):
    message = N_("This person has been joined to a sign-in already.")


class HoldsRole(Conflict):
    message = N_("Somebody who works here cannot be joined: end their roles first.")


class OwnJoin(NotAllowed):
    message = N_("You cannot join yourself, nor somebody of your household.")


def join(person_id: UUID, resident_token: str, *, by: Person, settings: Settings, now: datetime) -> Person:
    """Make one person of an enrolled one and the WeChat person who shows their own rotating code.

    The enrolled one stays, with the sign-in, points, coupons, records and check-ins of the other. Refused
    where either of them works here, or the enrolled one has a sign-in (no account is taken over this way), and to who is of
    either's household. Of two households the enrolled one's stays, the audit log has the other.
    """
    enrolled = _enrolled(person_id, by, now)
    code = codes.parse(resident_token)
    if code is None or code.kind != codes.RESIDENT:
        raise presence.TokenInvalid
    newcomer = presence.resident_by_token(resident_token, settings=settings, now=now)
    if enrolled.id == newcomer.id or by.id in (enrolled.id, newcomer.id):
        raise OwnJoin
    _require_near(newcomer, by, now)
    _hold(enrolled, newcomer)
    _refuse_taking_over(enrolled, newcomer)
    if by.household_id and by.household_id in (enrolled.household_id, newcomer.household_id):
        raise OwnJoin
    slips.keep_one_seat(newcomer.id, enrolled.id)
    joined.hand_over(newcomer.id, enrolled.id, on=local_day(now, enrolled.home_area), now=now)
    _hand_over(newcomer.id, enrolled.id, now)
    _carry_points(newcomer.id, enrolled.id, area_id=enrolled.home_area_id, now=now)
    db.session.execute(update(Person).where(Person.joined_into_id == newcomer.id).values(joined_into_id=enrolled.id))
    newcomer.joined_into_id = enrolled.id
    other_household = _keep_one_household(newcomer, enrolled)
    enrolled.version += 1
    sign_in.end_all(newcomer.id, now)
    db.session.flush()
    audit.write("resident.join", "person", enrolled.id, by=by.id, area_id=enrolled.home_area_id, now=now,
                joined=str(newcomer.id), **other_household)
    return enrolled


def _keep_one_household(newcomer: Person, enrolled: Person) -> dict[str, str]:
    """Nobody of it may decide on the records; the other one, if there is one, for the log."""
    if enrolled.household_id and newcomer.household_id and enrolled.household_id != newcomer.household_id:
        return {"other_household": str(newcomer.household_id)}
    enrolled.household_id = enrolled.household_id or newcomer.household_id
    return {}


def _enrolled(person_id: UUID, by: Person, now: datetime) -> Person:
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


def _hold(enrolled: Person, newcomer: Person) -> None:
    """Both people, before all that is theirs: what either of them does at this moment is committed first, or refused.

    So weakly that a row which only names them (a message, a record's step) waits for nothing.
    """
    db.session.scalars(select(Person).where(Person.id.in_((enrolled.id, newcomer.id))).order_by(Person.id)
                       .with_for_update(of=Person, key_share=True).execution_options(populate_existing=True)).all()


def _refuse_taking_over(enrolled: Person, newcomer: Person) -> None:
    both = (enrolled.id, newcomer.id)
    if enrolled.joined_into_id or newcomer.joined_into_id or db.session.scalar(
            select(WeChatLogin.openid).where(WeChatLogin.person_id == enrolled.id).limit(1)):
        raise AlreadyJoined
    works = select(RoleGrant.id).where(RoleGrant.person_id.in_(both), RoleGrant.ended_at.is_(None)).limit(1)
    signs_in = select(StaffLogin.person_id).where(StaffLogin.person_id.in_(both)).limit(1)
    if db.session.scalar(works) or db.session.scalar(signs_in):
        raise HoldsRole


def _hand_over(old: UUID, new: UUID, now: datetime) -> None:
    """Rows of the one become the other's."""
    _keep_one_sign_up(old, new, now)
    _lock_records_and_wallets(old, new)
    _keep_one_record(old, new, now)
    _keep_one_presence(old, new, now)
    _repoint(WeChatLogin, WeChatLogin.person_id, old, new)
    _repoint(Coupon, Coupon.resident_id, old, new)
    _repoint(Evidence, Evidence.owner_id, old, new)
    _repoint(Consent, Consent.person_id, old, new, Consent.purpose.not_in(select(Consent.purpose).where(Consent.person_id == new)))
    _repoint(Message, Message.person_id, old, new, Message.day.is_(None))
    _repoint(CivilityInvitation, CivilityInvitation.person_id, old, new, CivilityInvitation.questionnaire_id.not_in(
        select(CivilityInvitation.questionnaire_id).where(CivilityInvitation.person_id == new)))
    _repoint(CivilityOptOut, CivilityOptOut.person_id, old, new, ~select(also := aliased(CivilityOptOut)).where(also.person_id == new).exists())
    _repoint(ReviewSeat, ReviewSeat.person_id, old, new, ReviewSeat.reviewed_id.not_in(
        select(ReviewSeat.reviewed_id).where(ReviewSeat.person_id == new)))
    _repoint(CheckIn, CheckIn.resident_id, old, new, CheckIn.annulled_at.is_(None))
    _repoint(SignUp, SignUp.resident_id, old, new, SignUp.status != "cancelled")
    enrolments.wait_as_others(new)
    _repoint(ActivityRecord, ActivityRecord.resident_id, old, new,
             ActivityRecord.event_id.is_(None) | ActivityRecord.event_id.not_in(_recorded_events(new)))
    db.session.execute(update(Card).where(Card.person_id == old, Card.revoked_at.is_(None)).values(revoked_at=now))
    db.session.execute(update(HouseholdRequest).where(
        HouseholdRequest.person_id == old, HouseholdRequest.status == "pending").values(status="refused", decided_at=now))


def _lock_records_and_wallets(old: UUID, new: UUID) -> None:
    """In the order of everybody (docs/locking.md): a record being approved, a coupon being bought are finished first, and handed over too."""
    db.session.execute(select(ActivityRecord.id).where(ActivityRecord.resident_id.in_((old, new))).order_by(ActivityRecord.id)
                       .with_for_update(of=ActivityRecord))
    db.session.execute(ledger.locked(Wallet.owner_id.in_((old, new))))


def _repoint(row, owner, old: UUID, new: UUID, *conditions) -> None:
    db.session.execute(update(row).where(owner == old, *conditions).values({owner.key: new})
                       .execution_options(synchronize_session=False))


def _recorded_events(person_id: UUID):
    return select(ActivityRecord.event_id).where(
        ActivityRecord.resident_id == person_id, ActivityRecord.event_id.is_not(None),
        ActivityRecord.status != RecordStatus.WITHDRAWN)


def _keep_one_presence(old: UUID, new: UUID, now: datetime) -> None:
    """Of an event where both were scanned, the presence with a record stands, else the enrolled one's: the other is annulled."""
    both = db.session.scalars(select(CheckIn.event_id).where(CheckIn.resident_id.in_((old, new)), CheckIn.annulled_at.is_(None))
                              .group_by(CheckIn.event_id).having(func.count(CheckIn.resident_id.distinct()) == 2)).all()
    by_old, by_new = (set(db.session.scalars(_recorded_events(person_id))) for person_id in (old, new))
    for event_id in both:
        gives_way = new if event_id in by_old - by_new else old
        db.session.execute(update(CheckIn).where(
            CheckIn.event_id == event_id, CheckIn.resident_id == gives_way, CheckIn.annulled_at.is_(None))
            .values(annulled_at=now, annulled_reason="joined").execution_options(synchronize_session=False))


def _keep_one_sign_up(old: UUID, new: UUID, now: datetime) -> None:
    """Of an event that both signed up for, the place stands rather than the wait; the other's goes to the queue."""
    live = (SignUp.resident_id.in_((old, new)), SignUp.status != "cancelled")
    doubled = select(SignUp.event_id).where(*live).group_by(SignUp.event_id).having(func.count() == 2)
    events = db.session.scalars(select(Event).where(Event.id.in_(doubled)).order_by(Event.id).with_for_update(
        of=Event, key_share=True).execution_options(populate_existing=True)).all()
    for event in events:
        rows = db.session.scalars(select(SignUp).where(SignUp.event_id == event.id, *live).order_by(
            SignUp.status, SignUp.resident_id == old, SignUp.id).execution_options(populate_existing=True)).all()
        for second in rows[1:]:
            sign_ups.end(second, event, now=now)


def _keep_one_record(old: UUID, new: UUID, now: datetime) -> None:
    """One human being has one record of one event: the credited one stands, else the approved one, else the enrolled person's.

    The other is withdrawn, unless it was credited or rejected before: then it stays the newcomer's, and the one person
    reads it (`people.selves`); an admin may reverse it.
    """
    olds, news = aliased(ActivityRecord), aliased(ActivityRecord)
    doubles = db.session.execute(
        select(olds.id.label("old_id"), olds.status.label("old_status"), news.id.label("new_id"), news.status.label("new_status"))
        .join(news, news.event_id == olds.event_id)
        .where(olds.resident_id == old, news.resident_id == new, *(row.status != RecordStatus.WITHDRAWN for row in (olds, news)))).all()
    second = [_second(double) for double in doubles]
    withdrawals.withdraw_undecided(ActivityRecord.id.in_(second), now=now)


def _second(double) -> UUID:
    """Which of two records of one event gives way: the newcomer's, unless it is ahead of one that can still be withdrawn."""
    ahead = (RecordStatus.PENDING, RecordStatus.APPROVED, RecordStatus.CREDITED)
    if double.new_status in steps.UNDECIDED and double.old_status in ahead[ahead.index(double.new_status) + 1:]:
        return double.new_id
    return double.old_id


def _carry_points(old: UUID, new: UUID, *, area_id: UUID, now: datetime) -> None:
    """Each lot goes on with its own day of lapse; what is owed goes too, and is paid from what is there."""
    source, destination = (ledger.wallet(person_id, WalletKind.RESIDENT).id for person_id in (old, new))
    held = db.session.execute(
        select(Lot.id, Lot.remaining, Lot.lapses_on, Posting.area_id).join(Posting, Posting.id == Lot.posting_id)
        .where(Lot.wallet_id == source, Lot.remaining > 0).order_by(Lot.id)).all()
    for lot in held:
        carried = ledger.post(source, destination, lot.remaining, unit=Unit.POINTS, kind="join", because=Cause("lot", lot.id),
                              area_id=lot.area_id, now=now)
        lots.use(carried, {lot.id: lot.remaining})
        lots.open_one(destination, carried, lot.remaining, lot.lapses_on, continues=lot.id)
    _carry_debt(old, new, area_id, now)


def _carry_debt(old: UUID, new: UUID, area_id: UUID, now: datetime) -> None:
    because, debt = Cause("person", old), ledger.wallet(old, WalletKind.OWED)
    if debt.balance < 0:
        ledger.post(ledger.wallet(new, WalletKind.OWED).id, debt.id, -debt.balance, unit=Unit.POINTS, kind="join_owed",
                    because=because, area_id=area_id, now=now)
    ledger.pay_owed(ledger.wallet(new, WalletKind.RESIDENT).id, because=because, area_id=area_id, now=now)
