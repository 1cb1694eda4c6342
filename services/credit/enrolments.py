"""Joining the scheme and leaving it: whoever wishes, when they wish. Nothing that somebody has a right to depends on it.

Leaving stops every score, showing and effect at once. What stood in the file rests: nothing is written to it of the time outside, and
who comes back finds what happened before, as long as it still counts.
"""
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import delete, func, select, update

from models import (
    CreditEntry,
    CreditFile,
    Enrolment,
    Household,
    Line,
    Merchant,
    Person,
    Role,
    SignUp,
    Standing,
    SubjectKind,
    SupportApplication,
    db,
    local_day,
)
from services.access import reach
from services.audit import audit
from services.credit import counting, files, recalls, scores
from services.refusals import N_, Conflict, NotFound

VOLUNTEERING = ("volunteering", "honour", "donation")  # what a resident may keep out of their file
LEFT_OUT = N_("left out, as the resident wishes")
TEXT_VERSION = "2026-11"  # of what somebody reads before they join


class AlreadyInScheme(Conflict):
    message = N_("This file is in the scheme already.")


class NotInScheme(Conflict):
    message = N_("This file is not in the scheme.")


class NoHousehold(Conflict):
    message = N_("You are not of a household yet: a grid worker can put that right.")


def own_file(kind: SubjectKind, *, by: Person, merchant_id: UUID | None = None, now: datetime) -> CreditFile | None:
    """The file that somebody speaks for: their own, their household's, or that of a merchant they own. None where there is none yet."""
    return db.session.scalars(select(CreditFile).where(_subject(kind, by, merchant_id, now)[1])).one_or_none()


def join(kind: SubjectKind, *, by: Person, merchant_id: UUID | None = None, now: datetime) -> CreditFile:
    """Where one lives now, also who was in the scheme elsewhere. AlreadyInScheme; NoHousehold; NotFound for a merchant that is not one's own."""
    area_id, _, subject = _subject(kind, by, merchant_id, now)
    file = own_file(kind, by=by, merchant_id=merchant_id, now=now)
    if file is None:
        file = CreditFile(kind=kind, area_id=area_id, opened_at=now, **subject)
        db.session.add(file)
        db.session.flush()
    lock(file)
    if live(file.id) is not None:
        raise AlreadyInScheme
    if file.area_id != area_id:
        _move(file, area_id)
    db.session.add(Enrolment(file_id=file.id, joined_on=local_day(now, file.area), joined_at=now, joined_by_id=by.id, text_version=TEXT_VERSION))
    db.session.flush()
    scores.refresh(of_person(file.person_id) if file.person_id else [file.id], now=now)
    audit.write("credit_file.join", "credit_file", file.id, by=by.id, area_id=file.area_id, now=now)
    return file


def _move(file: CreditFile, area_id: UUID) -> None:
    """What was before counts for those days as it did there."""
    db.session.execute(update(Enrolment).where(Enrolment.file_id == file.id, Enrolment.area_id.is_(None)).values(area_id=file.area_id)
                       .execution_options(synchronize_session=False))
    file.area_id = area_id
    file.version += 1
    db.session.flush()
    db.session.expire(file, ["area", "enrolments"])


def leave(kind: SubjectKind, *, by: Person, merchant_id: UUID | None = None, now: datetime) -> CreditFile:
    """NotInScheme. The day of leaving is outside already."""
    file = own_file(kind, by=by, merchant_id=merchant_id, now=now)
    held = file and live(file.id, lock=True)
    if held is None:
        raise NotInScheme
    _end(file, held, on=local_day(now, file.area), by=by, now=now)
    if file.person_id:  # their deeds no longer count for the household
        scores.refresh(of_person(file.person_id), now=now)
    return file


def end_of_person(person_id: UUID, *, on: date, by: Person, now: datetime) -> None:
    """Somebody died: their own file is outside the scheme from that day on, if it was in it."""
    file = db.session.scalars(select(CreditFile).where(CreditFile.person_id == person_id)).one_or_none()
    held = file and live(file.id, lock=True)
    if held is not None:
        _end(file, held, on=on, by=by, now=now)


def _end(file: CreditFile, held: Enrolment, *, on: date, by: Person, now: datetime) -> None:
    held.left_on, held.left_at, held.left_by_id = max(on, held.joined_on), now, by.id
    db.session.flush()
    recalls.stop_all([file.id], "left", now=now)
    db.session.execute(delete(Standing).where(Standing.file_id == file.id))
    if file.person_id:
        wait_as_others(file.person_id)
    take_applications_back(file.id)
    audit.write("credit_file.leave", "credit_file", file.id, by=by.id, area_id=file.area_id, now=now)


def take_applications_back(file_id: UUID) -> None:
    """What was applied for with the file's grade, and is not decided yet."""
    db.session.execute(update(SupportApplication).where(SupportApplication.file_id == file_id, SupportApplication.status == "open")
                       .values(status="withdrawn", grade_rank=None).execution_options(synchronize_session=False))


def wait_as_others(person_id: UUID) -> None:
    """Who is not in the scheme, or no longer, waits for places at events among all others, by when they came."""
    is_in = select(Enrolment.id).join(CreditFile).where(CreditFile.person_id == person_id, Enrolment.left_on.is_(None))
    db.session.execute(update(SignUp).where(SignUp.resident_id == person_id, SignUp.line == Line.REWARDED, ~is_in.exists())
                       .values(line=Line.OTHERS).execution_options(synchronize_session=False))


def leave_volunteering_out(left_out: bool, *, by: Person, now: datetime) -> CreditFile:
    """What is there is voided, and nothing more comes in until it is wished again; what was voided stays so, and receivers
    of letters are told. NotInScheme.
    """
    file = own_file(SubjectKind.RESIDENT, by=by, now=now)
    if file is None or live(file.id) is None:
        raise NotInScheme
    lock(file)  # as the feed does: nothing comes in behind this
    file.without_volunteering = left_out
    file.version += 1
    db.session.flush()
    if left_out:
        _void_volunteering(by, now)
    return file


def _void_volunteering(by: Person, now: datetime) -> None:
    held = (CreditEntry.person_id == by.id) & CreditEntry.code.in_(VOLUNTEERING) & CreditEntry.voided_at.is_(None)
    since = db.session.scalar(select(func.min(CreditEntry.entered_at)).where(held))
    if since is None:
        return
    db.session.execute(update(CreditEntry).where(held).values(voided_at=now, voided_reason=LEFT_OUT, voided_by_id=by.id)
                       .execution_options(synchronize_session=False))
    changed = of_person(by.id)
    scores.refresh(changed, now=now)
    recalls.of_files(changed, "voided", since=since, now=now)


def of_person(person_id: UUID) -> list[UUID]:
    """The files in which a person's deeds count: their own and their household's."""
    return list(db.session.scalars(select(CreditFile.id).where(files.of_people_now([person_id]))))


def lock(file: CreditFile) -> None:
    """Until the transaction ends; and read it anew."""
    db.session.scalars(select(CreditFile).where(CreditFile.id == file.id).with_for_update(of=CreditFile)
                       .execution_options(populate_existing=True)).one()


def with_days(page: dict) -> dict:
    """A page of files, each with the day on which it joined; None for one outside the scheme."""
    ids = [file.id for file in page["items"]]
    joined = dict(db.session.execute(select(Enrolment.file_id, Enrolment.joined_on).where(
        Enrolment.file_id.in_(ids), Enrolment.left_on.is_(None))).all()) if ids else {}
    for file in page["items"]:
        file.joined_on = joined.get(file.id)
    return page


def live(file_id: UUID, *, lock: bool = False) -> Enrolment | None:
    """The enrolment that goes on. Locked before what goes with it is written (a letter, an application), which leaving takes back."""
    query = select(Enrolment).where(Enrolment.file_id == file_id, Enrolment.left_on.is_(None))
    return db.session.scalars(query.with_for_update() if lock else query).one_or_none()


def was_in(file_id: UUID, on: date) -> bool:
    """Whether the file was in the scheme on that day."""
    return db.session.scalar(select(counting.enrolled(file_id, on)))


def _subject(kind: SubjectKind, by: Person, merchant_id: UUID | None, now: datetime):
    """Its area's id, the condition that finds its file, and the columns that name it."""
    if kind == SubjectKind.RESIDENT:
        return by.home_area_id, CreditFile.person_id == by.id, {"person_id": by.id}
    if kind == SubjectKind.HOUSEHOLD:
        if by.household_id is None:
            raise NoHousehold
        area_id = db.session.scalar(select(Household.area_id).where(Household.id == by.household_id))
        return area_id, CreditFile.household_id == by.household_id, {"household_id": by.household_id}
    if merchant_id not in reach.merchant_ids(by, now, (Role.MERCHANT_OWNER,)):
        raise NotFound
    area_id = db.session.scalar(select(Merchant.area_id).where(Merchant.id == merchant_id))
    return area_id, CreditFile.merchant_id == merchant_id, {"merchant_id": merchant_id}
