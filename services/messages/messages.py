"""What people are told, in their inbox: written with the change, in one statement, as ids and figures.

The sentence is made when it is read, in the reader's language (api/messages/inbox.py), so that nothing here is ever out
of date or in the wrong tongue. See docs/messages.md.
"""
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from uuid import UUID

from sqlalchemy import exists, func, select, update
from uuid_utils.compat import uuid7

from models import Lot, Message, Person, Role, RoleGrant, Topic, Wallet, WalletKind, db
from models.statements import put
from services.refusals import N_, NotFound

LAPSE_BATCH = 500
TEXTS = {  # topic: its title, its sentence, and what it says in a word where a phone has room for no more
    Topic.SIGNED_UP: (N_("You are signed up"), N_("%(what)s, on %(when)s. See you there."), N_("Signed up")),
    Topic.WAITLISTED: (N_("You are on the waiting list"), N_("%(what)s, on %(when)s: we tell you when a place is free."), N_("Waiting")),
    Topic.MOVED_UP: (N_("You have a place"), N_("A place became free for you: %(what)s, on %(when)s."), N_("Moved up")),
    Topic.EVENT_CANCELLED: (N_("Called off"), N_("%(what)s, planned for %(when)s, does not take place."), N_("Called off")),
    Topic.RECORD_MADE: (N_("A record was made for you"), N_("%(what)s: %(minutes)s minutes. You can look at it, and object."), N_("Recorded")),
    Topic.RECORD_APPROVED: (N_("Your record was approved"), N_("%(what)s: %(points)s points, after the days of public notice."), N_("Approved")),
    Topic.RECORD_CREDITED: (N_("Points for you"), N_("%(what)s: %(points)s points are yours."), N_("Credited")),
    Topic.RECORD_REJECTED: (N_("Your record was not accepted"), N_("%(what)s: %(reason)s. You can object."), N_("Rejected")),
    Topic.RECORD_REOPENED: (N_("Your record is looked at again"), N_("%(what)s: your objection was upheld."), N_("Reopened")),
    Topic.RECORD_REVERSED: (N_("Points were taken back"), N_("%(what)s: %(points)s points. %(reason)s"), N_("Taken back")),
    Topic.POINTS_LAPSING: (N_("Points will lapse soon"), N_("%(points)s points lapse after %(when)s. Use them before."), N_("Lapsing soon")),
    Topic.COUPON_BOUGHT: (N_("You have a coupon"), N_("%(what)s, for %(points)s points."), N_("Exchanged")),
    Topic.COUPON_USED: (N_("Your coupon was used"), N_("%(what)s. If it was not you, tell the community."), N_("Used")),
    Topic.COUPON_USE_REVERSED: (N_("The use of your coupon was taken back"), N_("%(what)s. While it is valid you can use it again."),
                                N_("Use taken back")),
    Topic.COUPON_REFUNDED: (N_("Points for a coupon came back"), N_("%(what)s: %(points)s points are yours again."), N_("Refunded")),
    Topic.SETTLEMENT_READY: (N_("A settlement is ready"), N_("%(what)s: %(amount)s. Please look at it and confirm."), N_("To confirm")),
    Topic.SETTLEMENT_PAID: (N_("A settlement was paid"), N_("%(what)s: %(amount)s is on its way to your account."), N_("Paid")),
    Topic.CONTENT_REFUSED: (N_("Something you wrote or sent is not shown"), N_("WeChat's check did not let it pass; others do not see it."),
                            N_("Not shown")),
    Topic.CONTENT_HELD_BACK: (N_("Something you wrote or sent is not shown"),
                              N_("%(what)s: who answers it did not let it pass; others do not see it."), N_("Not shown")),
    Topic.CREDIT_FAULT: (N_("Something was written in your credit file"),
                         N_("%(what)s, of %(when)s. If it is not right, object in your file; an answer comes within five working days."),
                         N_("Written")),
    Topic.CREDIT_OBJECTION_UPHELD: (N_("Your objection was upheld"), N_("%(what)s: it counts no more. %(reason)s"), N_("Upheld")),
    Topic.CREDIT_OBJECTION_DISMISSED: (N_("Your objection was not upheld"), N_("%(what)s: %(reason)s"), N_("Not upheld")),
    Topic.REPAIR_GRANTED: (N_("It counts no more"), N_("%(what)s: you made it good. %(reason)s"), N_("Made good")),
    Topic.REPAIR_REFUSED: (N_("It still counts"), N_("%(what)s: %(reason)s You can ask again."), N_("Still counts")),
    Topic.LETTER_READ: (N_("Your letter was read"), N_("%(what)s opened the letter that you sent. You can withdraw it."), N_("Read")),
    Topic.SUPPORT_GRANTED: (N_("You get the support you asked for"), N_("%(what)s: %(reason)s"), N_("Granted")),
    Topic.SUPPORT_DECLINED: (N_("You do not get the support you asked for"), N_("%(what)s: %(reason)s"), N_("Declined")),
    Topic.CONSTRAINT_CONFIRMED: (N_("A measure by law is in force"), N_("%(what)s, until %(when)s: %(reason)s. You can read its basis, and appeal."),
                                 N_("In force")),
    Topic.CONSTRAINT_LIFTED: (N_("A measure was lifted"), N_("%(what)s: %(reason)s"), N_("Lifted")),
    Topic.HONOUR_ASKED: (N_("May the community honour you in public?"),
                         N_("%(what)s. Nothing is shown unless you agree, and your name is masked even then. You can take it back at any time."),
                         N_("For you to say")),
    Topic.HONOUR_SHOWN: (N_("Your honour is shown"), N_("%(what)s, with your masked name. You can take it back at any time."), N_("Shown")),
    Topic.REVIEW_ASKED: (N_("You were drawn to review neighbours"),
                         N_("Households of %(what)s, by %(when)s if you like. Nobody learns what you answer, and there are no points for it."),
                         N_("Drawn by lot")),
    Topic.REVIEW_CLOSED: (N_("Your household was reviewed by neighbours"),
                          N_("%(what)s: what came out stands with your household's file, for its people alone."), N_("Reviewed")),
    Topic.REVIEW_CALLED_OFF: (N_("A round of neighbours' reviews was called off"),
                              N_("%(what)s: %(reason)s Its slips were destroyed unread, and nothing is written."), N_("Called off")),
    Topic.CIVILITY_ASKED: (N_("Your view of the community is asked for"),
                           N_("%(what)s: some questions, by %(when)s if you like. Nobody learns what you answer, and there are no points for it."),
                           N_("Invited")),
    Topic.CIVILITY_SURVEY: (N_("You survey another community"), N_("%(what)s: places to look at, by %(when)s."), N_("Field survey")),
    Topic.CIVILITY_PUBLISHED: (N_("The civility index is published"), N_("%(what)s: you were asked for it. Look at what came out."), N_("Published")),
    Topic.CIVILITY_ANSWERED: (N_("Your remark was answered"), N_("%(what)s: %(reason)s"), N_("Answered")),
}


def tell(whom: UUID | Iterable[UUID], topic: Topic, *, now: datetime, day: date | None = None, **figures) -> None:
    """A line in the inbox of each of them, in one statement. Figures are ids, numbers and moments; `day` makes it once a day."""
    people = [whom] if isinstance(whom, UUID) else list(whom)
    if people:
        put(Message, [line(person_id, topic, now=now, day=day, **figures)[1] for person_id in people])


def line(whom: UUID, topic: Topic, *, now: datetime, day: date | None = None, **figures) -> tuple[type, dict]:
    """The row of it, to be written together with others."""
    payload = {name: _plain(value) for name, value in figures.items()}
    return Message, {"id": uuid7(), "person_id": whom, "topic": topic, "payload": payload, "day": day, "at": now}


def _plain(value):
    if isinstance(value, datetime | date):
        return value.isoformat()
    return str(value) if isinstance(value, UUID) else value


def owners_of(merchant_id: UUID, now: datetime) -> list[UUID]:
    """Who is told of a merchant's settlements."""
    return list(db.session.scalars(select(RoleGrant.person_id).where(
        RoleGrant.merchant_id == merchant_id, RoleGrant.role == Role.MERCHANT_OWNER, RoleGrant.ended_at.is_(None),
        RoleGrant.since <= now, RoleGrant.until.is_(None) | (RoleGrant.until > now))))


def of(person: Person, *, unread: bool | None = None):
    """A select of the person's messages."""
    query = select(Message).where(Message.person_id == person.id)
    if unread is None:
        return query
    return query.where(Message.read_at.is_(None) if unread else Message.read_at.is_not(None))


def unread_count(person: Person) -> int:
    return db.session.scalar(select(func.count()).select_from(Message).where(Message.person_id == person.id, Message.read_at.is_(None)))


def read(message_id: UUID, *, by: Person, now: datetime) -> Message:
    """Mark one's own message as read; a second time changes nothing. Another's is NotFound."""
    db.session.execute(update(Message).where(Message.id == message_id, Message.person_id == by.id, Message.read_at.is_(None))
                       .values(read_at=now).execution_options(synchronize_session=False))
    found = db.session.scalars(of(by).where(Message.id == message_id).execution_options(populate_existing=True)).one_or_none()
    if found is None:
        raise NotFound
    return found


def read_all(*, by: Person, now: datetime) -> int:
    """What was written until now; what comes meanwhile stays unread."""
    return db.session.execute(update(Message).where(
        Message.person_id == by.id, Message.read_at.is_(None), Message.at <= now).values(read_at=now)
        .execution_options(synchronize_session=False)).rowcount


def warn_of_lapse(today: date, *, days: int, now: datetime) -> int:
    """Tell who has points that lapse within so many days, once for each person and day of lapse; gives how many."""
    told = exists().where(Message.person_id == Wallet.owner_id, Message.topic == Topic.POINTS_LAPSING, Message.day == Lot.lapses_on)
    due = db.session.execute(
        select(Wallet.owner_id, Lot.lapses_on, func.sum(Lot.remaining)).join(Lot, Lot.wallet_id == Wallet.id)
        .where(Lot.remaining > 0, Lot.lapses_on >= today, Lot.lapses_on <= today + timedelta(days=days),
               Wallet.kind == WalletKind.RESIDENT, ~told)
        .group_by(Wallet.owner_id, Lot.lapses_on).order_by(Lot.lapses_on, Wallet.owner_id).limit(LAPSE_BATCH)).all()
    for owner_id, lapses_on, points in due:
        tell(owner_id, Topic.POINTS_LAPSING, now=now, day=lapses_on, points=int(points), lapses_on=lapses_on)
    return len(due)
