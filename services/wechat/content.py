"""Residents' words and pictures are shown to WeChat before others count on them: pending, then passed, refused, or left to people.

The question goes through the outbox after the commit. Who wrote it sees it all along; staff see it with its state;
what is refused is hidden from everybody else, and its writer is told. What everybody may read is theirs once it has passed,
or somebody who answers for it let it pass.
"""
import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import String, case, literal, select, update
from uuid_utils.compat import uuid7

from config import Settings
from models import (
    ActivityRecord,
    CheckState,
    CivilityRemark,
    ContentCheck,
    ContentVerdict,
    EntryObjection,
    Evidence,
    Objection,
    Person,
    Repair,
    SupportApplication,
    Topic,
    VersionComment,
    db,
    insert_or,
)
from services import outbox
from services.messages import messages, subscriptions
from services.records import evidence_links

OUTBOX_TOPIC = "content_check"
UNHEARD_AFTER = timedelta(hours=1)  # WeChat promises its verdict on a picture within 30 minutes
STATES = {"pass": CheckState.PASSED, "review": CheckState.REVIEW, "risky": CheckState.REFUSED}
TARGETS = {  # type: its model, its state, its words (None: a picture), WeChat's scene (1 profile, 2 comment, 4 journal)
    "activity_record": (ActivityRecord, "text_state", "description", 4),
    "objection": (Objection, "text_state", "reason", 2),
    "person": (Person, "name_state", "display_name", 1),
    "evidence": (Evidence, "state", None, 4),
    "civility_remark": (CivilityRemark, "text_state", "said", 2),
    "credit_objection": (EntryObjection, "text_state", "reason", 2),
    "repair": (Repair, "text_state", "words", 2),
    "support_application": (SupportApplication, "text_state", "asked", 2),
    "rulebook_comment": (VersionComment, "text_state", "said", 2),
}


@dataclass(frozen=True)
class Question:
    """What to ask WeChat: words, or where it can fetch the picture."""

    openid: str
    scene: int
    text: str | None = None
    picture_url: str | None = None


def ask(target_type: str, row, *, by: Person, settings: Settings | None, now: datetime, was: str | None = None) -> None:
    """Set the row's state: passed where nothing is asked, else pending; for a person without WeChat it is left to people."""
    model, state_name, _, _ = TARGETS[target_type]
    assert isinstance(row, model)
    if settings is None or not settings.checks_content:
        setattr(row, state_name, CheckState.PASSED)
        return
    state = CheckState.PENDING if subscriptions.own_openid(by.id, settings) else CheckState.REVIEW
    setattr(row, state_name, state)
    check = ContentCheck(id=uuid7(), target_type=target_type, target_id=row.id, author_id=by.id, content_hash=_hash(target_type, row),
                         was=was, state=state, at=now, decided_at=None if state == CheckState.PENDING else now)
    db.session.add(check)
    db.session.flush()
    if state == CheckState.PENDING:
        outbox.enqueue(OUTBOX_TOPIC, {"check_id": str(check.id)}, now, under=check.id)


def last_good_name(person: Person, was: str) -> str:
    """`was`, or, where that has not passed itself, the name before it."""
    if person.name_state in (CheckState.PASSED, CheckState.REFUSED):
        return was
    return db.session.scalar(select(ContentCheck.was).where(
        ContentCheck.target_type == "person", ContentCheck.target_id == person.id).order_by(ContentCheck.id.desc()).limit(1)) or was


def _hash(target_type: str, row) -> bytes:
    words = TARGETS[target_type][2]
    return hashlib.sha256((getattr(row, words) if words else row.sha256).encode()).digest()


def question(check_id: UUID, *, settings: Settings, now: datetime) -> Question | None:
    """None where the answer is there, awaited, or about words that were changed meanwhile."""
    check = db.session.get(ContentCheck, check_id)
    if check is None or check.state != CheckState.PENDING or check.trace_id:
        return None
    model, _, words, scene = TARGETS[check.target_type]
    row = db.session.get(model, check.target_id)
    openid = subscriptions.own_openid(check.author_id, settings)
    if row is None or openid is None or _hash(check.target_type, row) != check.content_hash:
        _settle(check, CheckState.REVIEW, None, now)
        return None
    if words:
        return Question(openid, scene, text=getattr(row, words))
    return Question(openid, scene, picture_url=evidence_links.url(row.id, settings=settings, now=now))


def answered(check_id: UUID, suggest: str, label: int | None, *, now: datetime) -> None:
    """WeChat has answered; twice is once."""
    check = db.session.scalars(select(ContentCheck).where(ContentCheck.id == check_id).with_for_update()
                               .execution_options(populate_existing=True)).one()
    if check.state == CheckState.PENDING:
        _settle(check, STATES[suggest], label, now)


def _settle(check: ContentCheck, state: CheckState, label: int | None, now: datetime) -> None:
    """The check's end, and the row's if it still says what was asked about: locked, or a name that is given at this moment would be undone."""
    check.state, check.label, check.decided_at = state, label, now
    model, state_name, _, _ = TARGETS[check.target_type]
    row = db.session.get(model, check.target_id, populate_existing=True, with_for_update={"of": model, "key_share": True})
    if row is not None and _hash(check.target_type, row) == check.content_hash:
        setattr(row, state_name, state)
        if state == CheckState.REFUSED and check.was is not None:
            row.display_name = check.was
            row.version += 1
    db.session.flush()
    if state == CheckState.REFUSED:
        messages.tell(check.author_id, Topic.CONTENT_REFUSED, now=now, **{f"{check.target_type}_id": check.target_id})


def looked_at(target_type: str, row, state: CheckState, *, now: datetime) -> None:
    """Somebody who answers for it has read what WeChat left to people, and let it pass or refused it: then its writer is told."""
    _, state_name, _, _ = TARGETS[target_type]
    setattr(row, state_name, state)
    db.session.flush()
    db.session.execute(update(ContentCheck).where(
        ContentCheck.target_type == target_type, ContentCheck.target_id == row.id, ContentCheck.state == CheckState.REVIEW)
        .values(state=state, decided_at=now).execution_options(synchronize_session=False))
    if state == CheckState.REFUSED:
        messages.tell(row.by_id, Topic.CONTENT_HELD_BACK, now=now, **{f"{target_type}_id": row.id})


def traced(check_id: UUID, trace_id: str, *, now: datetime) -> None:
    """A picture is asked about under this trace; the verdict may have been pushed already."""
    db.session.execute(update(ContentCheck).where(ContentCheck.id == check_id, ContentCheck.trace_id.is_(None)).values(trace_id=trace_id)
                       .execution_options(synchronize_session=False))
    verdict = db.session.get(ContentVerdict, trace_id)
    if verdict:
        answered(check_id, verdict.suggest, verdict.label, now=now)


def heard(trace_id: str, suggest: str, label: int | None, *, now: datetime) -> None:
    """WeChat's pushed verdict on a picture; the first one counts."""
    db.session.execute(insert_or(ContentVerdict).values(trace_id=trace_id, suggest=suggest, label=label, at=now).on_conflict_do_nothing())
    check_id = db.session.scalar(select(ContentCheck.id).where(ContentCheck.trace_id == trace_id))
    if check_id:
        answered(check_id, suggest, label, now=now)


def leave_unheard(now: datetime, *, most: int = 200) -> int:
    """What WeChat has not answered within an hour is left to people; gives how many."""
    late = db.session.scalars(select(ContentCheck).where(
        ContentCheck.state == CheckState.PENDING, ContentCheck.at <= now - UNHEARD_AFTER, ContentCheck.trace_id.is_not(None))
        .order_by(ContentCheck.at).limit(most).with_for_update(skip_locked=True)).all()
    for check in late:
        _settle(check, CheckState.REVIEW, None, now)
    return len(late)


def shown(words: str, state: str, *, to_writer: bool) -> str:
    """The words, for whom they are there: nothing of what was refused, but to its writer."""
    return words if to_writer or state != CheckState.REFUSED else ""


def shown_in_sql(words, state, *, to_writer):
    """The same, an expression of the database's."""
    return case((to_writer | (state != CheckState.REFUSED), words), else_=literal("", String))


def shown_to_all(words: str, state: str, *, to_writer: bool) -> str:
    """The same for what everybody reads, and not only staff: to others nothing but what WeChat, or who answers for it, let pass."""
    return words if to_writer or state == CheckState.PASSED else ""
