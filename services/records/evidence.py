"""Pictures behind declared deeds: what they are is read from their bytes, not from what the sender says."""
import hashlib
import io
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from uuid_utils.compat import uuid7

from config import Settings
from models import ActivityRecord, CheckState, CivilityPicture, Evidence, Person, db
from services.access import reach
from services.audit import audit
from services.people import people
from services.refusals import N_, Gone, Invalid, NotFound
from services.wechat import content

FORMATS = {"JPEG": "image/jpeg", "PNG": "image/png", "WEBP": "image/webp"}
MAX_PIXELS = 50_000_000


class NotAPicture(Invalid):
    message = N_("Please send a JPEG, PNG or WebP picture.")


class PictureRefused(Gone):
    message = N_("This picture did not pass WeChat's check and is not shown.")


def keep(picture: bytes, *, by: Person, now: datetime, settings: Settings | None = None) -> Evidence:
    """Stored as it came once it proves to be a picture; what its camera wrote beside it (place, time) is removed."""
    media_type, cleaned = _cleaned(picture)
    evidence = Evidence(id=uuid7(), owner_id=by.id, media_type=media_type, sha256=hashlib.sha256(cleaned).hexdigest(),
                        picture=cleaned, at=now)
    db.session.add(evidence)
    content.ask("evidence", evidence, by=by, settings=settings, now=now)
    db.session.flush()
    return evidence


def _cleaned(picture: bytes) -> tuple[str, bytes]:
    from PIL import Image  # some megabytes, for a worker that is sent a picture
    try:
        with Image.open(io.BytesIO(picture), formats=list(FORMATS)) as image:
            if image.width * image.height > MAX_PIXELS:
                raise NotAPicture
            image.load()
            out = io.BytesIO()
            kept = image.convert("RGB") if image.format == "JPEG" else image
            kept.save(out, format=image.format, quality=90)
            return FORMATS[image.format], out.getvalue()
    except NotAPicture:
        raise
    except Exception as error:
        raise NotAPicture from error


def take(evidence_id: UUID, *, by: Person) -> Evidence:
    """A picture of one's own that stands behind nothing yet, locked: one picture stands behind one thing. NotFound for another."""
    found = db.session.scalars(select(Evidence).where(Evidence.id == evidence_id, Evidence.owner_id == by.id).with_for_update(of=Evidence)
                               .execution_options(populate_existing=True)).one_or_none()
    if found is None or found.record_id or db.session.scalar(select(CivilityPicture.visit_id).where(CivilityPicture.evidence_id == found.id)):
        raise NotFound
    return found


def visible(evidence_id: UUID, *, by: Person, now: datetime) -> tuple[Evidence, ActivityRecord | None]:
    """The picture and the record that it stands behind.

    For whoever sent it, whom its record is about, and staff and auditors of the record's area; refused, for the sender alone.
    """
    evidence = db.session.get(Evidence, evidence_id)
    if evidence is None:
        raise NotFound
    record = evidence.record_id and db.session.get(ActivityRecord, evidence.record_id)
    about_oneself = record is not None and people.is_one(by, record.resident_id)
    if evidence.owner_id != by.id and not about_oneself and not (record and reach.reaches(by, record.area, reach.READERS, now)):
        raise NotFound
    if evidence.state == CheckState.REFUSED and evidence.owner_id != by.id:
        raise PictureRefused
    return evidence, record


def look(evidence: Evidence, record: ActivityRecord, *, by: Person, now: datetime):
    """The audit log's row for a look at it; None for a look at one's own."""
    return audit.look("evidence.look", "evidence", evidence.id, by=by, whose=[evidence.owner_id, record.resident_id],
                      area_id=record.area_id, now=now)
