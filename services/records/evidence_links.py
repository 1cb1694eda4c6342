"""A link by which WeChat fetches one picture to look at it: it opens that picture alone, for an hour."""
import hashlib
import hmac
import re
from base64 import urlsafe_b64decode, urlsafe_b64encode
from datetime import datetime, timedelta
from uuid import UUID

from config import Settings
from models import Evidence, db
from services.refusals import NotFound

LASTS = timedelta(hours=1)
FORM = re.compile(r"[A-Za-z0-9_-]{48}", re.ASCII)


def url(evidence_id: UUID, *, settings: Settings, now: datetime) -> str:
    body = evidence_id.bytes + int((now + LASTS).timestamp()).to_bytes(4, "big")
    return f"{settings.public_url}/checks/{urlsafe_b64encode(body + _mac(body, settings)).decode()}"


def open_link(token: str, *, settings: Settings, now: datetime) -> Evidence:
    """The picture of this link. NotFound for one that is none, or over."""
    raw = urlsafe_b64decode(token) if FORM.fullmatch(token) else bytes(36)
    body = raw[:20]
    if not hmac.compare_digest(_mac(body, settings), raw[20:]) or now.timestamp() >= int.from_bytes(body[16:], "big"):
        raise NotFound
    evidence = db.session.get(Evidence, UUID(bytes=body[:16]))
    if evidence is None:
        raise NotFound
    return evidence


def _mac(body: bytes, settings: Settings) -> bytes:
    return hmac.digest(settings.keys["codes"], b"evidence|" + body, hashlib.sha256)[:16]
