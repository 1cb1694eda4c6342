"""Support lists: applied for by whose file it is, the better grades shown first to who decides, each decision with a reason that is told."""
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import select, update
from uuid_utils.compat import uuid7

from config import Settings
from models import OVERSIGHT, ConstraintScene, CreditFile, Person, Role, SubjectKind, SupportApplication, SupportList, Topic, db, local_day
from models.areas import Area
from services.access import reach
from services.audit import audit
from services.credit import enrolments, entries, scores
from services.measures import constraints
from services.messages import messages
from services.people import people
from services.refusals import N_, Conflict, NotAllowed, NotFound, ValidationFailed
from services.wechat import content


class ListClosed(Conflict):
    message = N_("This list takes no applications today.")


class AppliedAlready(Conflict):
    message = N_("You have applied for this already.")


class ListFull(Conflict):
    message = N_("All places of this list are given.")


class ApplicationDecided(Conflict):
    message = N_("This has been decided already.")


class Limited(NotAllowed):
    message = N_("A measure in force keeps this file from the list.")


def open_list(area_id: UUID, *, kind: str, support: str, title_zh: str, title_en: str, places: int, opens_on: date, closes_on: date, by: Person,
              now: datetime) -> SupportList:
    area = reach.area_within(by, area_id, (Role.AREA_ADMIN,), now)
    if closes_on <= opens_on:
        raise ValidationFailed({"closes_on": [N_("The end must not be before the start.")]})
    made = SupportList(area_id=area.id, kind=kind, support=support, title_zh=title_zh, title_en=title_en, places=places, opens_on=opens_on,
                       closes_on=closes_on, made_by_id=by.id, made_at=now)
    db.session.add(made)
    db.session.flush()
    audit.write("support_list.open", "support_list", made.id, by=by.id, area_id=area.id, now=now, places=places)
    return made


def search(by: Person, now: datetime):
    """A select of the lists of where one lives or owns a merchant and above, and of the areas that one administers or audits."""
    return select(SupportList).where(SupportList.area_id.in_(reach.near_ids(by, now)) | SupportList.area_id.in_(reach.area_ids(by, OVERSIGHT, now)))


def apply(list_id: UUID, *, asked: str, merchant_id: UUID | None = None, by: Person, now: datetime,
          settings: Settings | None = None) -> SupportApplication:
    """Applying lets the reviewers see the grade, as the applicant is told. ListClosed, AppliedAlready, Limited, NotInScheme."""
    row = db.session.scalars(search(by, now).where(SupportList.id == list_id)).one_or_none()
    if row is None:
        raise NotFound
    kind = SubjectKind(row.kind)
    file = enrolments.own_file(kind, by=by, merchant_id=merchant_id, now=now)
    if file is None or enrolments.live(file.id, lock=True) is None:
        raise enrolments.NotInScheme
    if not row.opens_on <= local_day(now, file.area) < row.closes_on:
        raise ListClosed
    if db.session.scalar(select(SupportApplication.id).where(SupportApplication.list_id == row.id, SupportApplication.file_id == file.id,
                                                             SupportApplication.status != "withdrawn")):
        raise AppliedAlready
    if constraints.is_limited(file, ConstraintScene.SUPPORT_LIST, now=now):
        raise Limited
    made = SupportApplication(id=uuid7(), list_id=row.id, file_id=file.id, grade_rank=scores.score(file, now=now).open_grade.rank, asked=asked,
                              at=now, by_id=by.id)
    db.session.add(made)
    content.ask("support_application", made, by=by, settings=settings, now=now)
    db.session.flush()
    return made


def withdraw(application_id: UUID, *, by: Person, now: datetime) -> SupportApplication:
    row = _locked(application_id)
    if not people.is_one(by, row.by_id):
        raise NotFound
    if row.status != "open":
        raise ApplicationDecided
    row.status, row.grade_rank = "withdrawn", None
    db.session.flush()
    return row


def applications(list_id: UUID, *, by: Person, now: datetime):
    """A select of what was applied for, for reviewers: by grade and then by who came first. What was withdrawn is theirs no more."""
    row = reach.row_within(by, db.session.get(SupportList, list_id), OVERSIGHT, now)
    return select(SupportApplication).where(SupportApplication.list_id == row.id, SupportApplication.status != "withdrawn")


def own_applications(by: Person):
    return select(SupportApplication).where(SupportApplication.by_id.in_(people.self_ids(by)))


def decide(application_id: UUID, *, grant: bool, reason: str, by: Person, now: datetime) -> SupportApplication:
    """ListFull when no place is left, however many decide at once; ApplicationDecided; OwnFile."""
    row = _locked(application_id)
    listed, file = db.session.get(SupportList, row.list_id), db.session.get(CreditFile, row.file_id)
    reach.require(by, db.session.get(Area, listed.area_id), (Role.AREA_ADMIN,), now)
    if entries.is_of(file, by):
        raise entries.OwnFile
    if row.status != "open":
        raise ApplicationDecided
    if grant:
        taken = db.session.execute(update(SupportList).where(SupportList.id == listed.id, SupportList.granted < SupportList.places)
                                   .values(granted=SupportList.granted + 1).execution_options(synchronize_session=False))
        if taken.rowcount != 1:
            raise ListFull
        db.session.expire(listed)
    row.status, row.reason, row.decided_by_id, row.decided_at = "granted" if grant else "declined", reason, by.id, now
    db.session.flush()
    messages.tell(people.self_of(row.by_id), Topic.SUPPORT_GRANTED if grant else Topic.SUPPORT_DECLINED, now=now, support_application_id=row.id)
    audit.write("support_application.decide", "support_application", row.id, by=by.id, area_id=listed.area_id, now=now, status=row.status)
    return row


def _locked(application_id: UUID) -> SupportApplication:
    row = db.session.scalars(select(SupportApplication).where(SupportApplication.id == application_id).with_for_update()
                             .execution_options(populate_existing=True)).one_or_none()
    if row is None:
        raise NotFound
    return row
