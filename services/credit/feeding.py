"""The chain into the files, without anybody typing: what was credited as an activity is an entry; what was taken back is voided.

The worker reads the steps of records in the order they were made, some of them twice, since a step that was committed late stands
before those read already; an entry has its record's id, so it is made once.
"""
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import select

from models import (
    ActivityRecord,
    CheckState,
    CreditEntry,
    CreditFile,
    CreditMark,
    Measured,
    RecordStatus,
    RecordStep,
    Source,
    SubjectKind,
    db,
    local_day,
)
from models.db import first_id_of
from services.credit import counting, enrolments, entries, joined, recalls
from services.measures import rewards
from services.refusals import N_

MARK = "record_steps"
PAGE = 500
TAKEN_BACK = N_("the record behind it was taken back")
OVERLAP = timedelta(minutes=10)  # longer than any transaction takes
CODES = {  # a record's category, in either language, and the item's code; every other category is volunteering
    "waste_sorting": ("waste sorting", "waste_sorting", "垃圾分类"),
    "public_care": ("public care", "public_care", "environment", "爱护公物", "环境卫生", "环境"),
    "mediation": ("mediation", "调解", "矛盾调解", "纠纷调解"),
    "party_service": ("party service", "party_service", "党员服务", "党员报到"),
    "owners_committee": ("owners' committee", "owners_committee", "业委会"),
}
CODE_OF = {word: code for code, words in CODES.items() for word in words}


def code_of(category: str) -> str:
    """The item that a record of this category feeds."""
    return CODE_OF.get(category.strip().lower(), "volunteering")


def read_on(now: datetime, *, most: int = 500) -> int:
    """Read what was decided since the last time, until `most` files have changed; gives how many did."""
    mark = db.session.get(CreditMark, MARK, with_for_update=True)
    upto, changed = mark.upto if mark else UUID(int=0), 0
    while changed < most and (steps := _steps_after(upto)):
        changed += _read(sorted({step.record_id for step in steps}), now)
        upto = steps[-1].id
    read = min(upto, first_id_of(now - OVERLAP))
    if mark is None:
        db.session.add(CreditMark(name=MARK, upto=read))
    else:
        mark.upto = max(mark.upto, read)
    db.session.flush()
    return changed


def _steps_after(upto: UUID):
    row = RecordStep
    return db.session.execute(select(row.id, row.record_id).where(row.id > upto).order_by(row.id).limit(PAGE)).all()


def _read(record_ids: list[UUID], now: datetime) -> int:
    refs = [str(record_id) for record_id in record_ids]
    made = {entry.source_ref: entry for entry in db.session.scalars(
        select(CreditEntry).where(CreditEntry.source == Source.CHAIN, CreditEntry.source_ref.in_(refs)))}
    written, voided = [], []
    for record in db.session.scalars(select(ActivityRecord).where(ActivityRecord.id.in_(record_ids)).order_by(ActivityRecord.id)):
        entry = made.get(str(record.id))
        if entry is None and record.status == RecordStatus.CREDITED:
            written += _written(record, now)
        elif entry is not None and entry.voided_at is None and record.status != RecordStatus.CREDITED:
            entries.take_out(entry, reason=TAKEN_BACK, by=None, now=now)
            rewards.take_back(record, now=now)
            voided.append(entry)
    joined.count_once(written)
    entries.touch(written + voided, now=now)  # after every file is locked: who holds one may want a standing that others share
    recalls.send(voided, "voided", now=now)
    return len(written) + len(voided)


def _written(record: ActivityRecord, now: datetime) -> list[CreditEntry]:
    """The entry made of a record; none where nobody wishes it."""
    happened_on, was_of = local_day(record.started_at, record.area), record.resident_id
    file = db.session.scalars(
        select(CreditFile).where(CreditFile.kind == SubjectKind.RESIDENT, CreditFile.person_id == record.resident_id,
                                 counting.enrolled(CreditFile.id, happened_on)).with_for_update(of=CreditFile)
        .execution_options(populate_existing=True)).first()
    db.session.refresh(record, ["resident_id"])
    if record.resident_id != was_of:  # joined to another while the lock was waited for
        return _written(record, now)
    if file is None or not record.minutes or (file.without_volunteering and code_of(record.category) in enrolments.VOLUNTEERING):
        return []
    title = record.description if record.text_state == CheckState.PASSED and record.description else record.category
    rewards.give_bonus(record, file, now=now)
    return [entries.write(file, code_of(record.category), Measured.MINUTES, record.minutes, happened_on=happened_on, title=title[:200],
                          evidence=record.evidence_tier, source=Source.CHAIN, source_ref=str(record.id), source_name=record.area.name,
                          now=now)]
