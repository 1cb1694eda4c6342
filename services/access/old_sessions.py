"""Sign-ins that ended long ago, with their refresh tokens: while one lives its spent tokens are kept, since a second use tells of a thief."""
from datetime import datetime, timedelta

from sqlalchemy import delete, select

from config import Settings
from models import RefreshToken, Session, db
from models.db import first_id_of

REMEMBERED = timedelta(days=30)  # beyond the longest life of a sign-in


def forget(settings: Settings, now: datetime, *, most: int = 200) -> int:
    """A batch of those that began before the longest life and a month, and are over; gives how many. The oldest end of the keys is read."""
    began = now - timedelta(days=settings.refresh_token_days) - REMEMBERED
    old = list(db.session.scalars(select(Session.id).where(Session.id < first_id_of(began), Session.expires_at < now)
                                  .order_by(Session.id).limit(most)))
    for rows in (delete(RefreshToken).where(RefreshToken.session_id.in_(old)), delete(Session).where(Session.id.in_(old))) if old else ():
        db.session.execute(rows.execution_options(synchronize_session=False))
    return len(old)
