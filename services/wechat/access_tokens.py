"""The mini program's access token, kept sealed for all processes: one of them fetches, and no row stays locked meanwhile."""
import secrets
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import case, or_, select, update
from uuid_utils.compat import uuid7

from models import AccessToken, db, insert_or
from services.people import vault

TURN = timedelta(seconds=15)
FORCED_A_DAY, FORCED_APART = 20, timedelta(seconds=30)
WECHATS_DAY = ZoneInfo("Asia/Shanghai")


def _row(app_id: str) -> AccessToken | None:
    return db.session.scalars(select(AccessToken).filter_by(app_id=app_id).execution_options(populate_existing=True)).one_or_none()


def held(app_id: str, *, keys: dict, now: datetime) -> tuple[str | None, bool, bool]:
    """(the token, unless it is over; whether it is to be renewed; whether a failure is being waited out)"""
    row = _row(app_id)
    if row is None:
        return None, True, False
    resting = row.lease_owner is None and row.lease_until is not None and now < row.lease_until
    if row.token_sealed is None or now >= row.expires_at:
        return None, True, resting
    token = vault.unseal(keys["fields"], row.data_key, row.token_sealed, table="wechat_access_tokens", column="token", row=row.id)
    return token, now >= row.renew_at, resting


def take_turn(app_id: str, instead_of: bytes | None, *, keys: dict, now: datetime) -> str | None:
    """The right to fetch, for 15 seconds. None while another has it, or when `instead_of` (a fingerprint) is not the one kept any more."""
    row_id, turn = uuid7(), secrets.token_hex(8)
    db.session.execute(insert_or(AccessToken).values(
        id=row_id, app_id=app_id, data_key=vault.new_key(keys["fields"], row_id), forced_count=0).on_conflict_do_nothing())
    free = or_(AccessToken.lease_until.is_(None), AccessToken.lease_until <= now)
    needed = or_(AccessToken.fingerprint.is_(None), AccessToken.renew_at <= now)
    if instead_of is not None:
        needed = or_(needed, AccessToken.fingerprint == instead_of)
    return turn if _change(app_id, (free, needed), lease_owner=turn, lease_until=now + TURN) else None


def may_force(app_id: str, turn: str, *, now: datetime) -> bool:
    """Count one forced renewal: 20 a day of WeChat's, 30 seconds apart."""
    today = now.astimezone(WECHATS_DAY).date()
    rested = or_(AccessToken.forced_at.is_(None), AccessToken.forced_at <= now - FORCED_APART)
    left = or_(AccessToken.forced_on.is_(None), AccessToken.forced_on != today, AccessToken.forced_count < FORCED_A_DAY)
    return _change(app_id, (AccessToken.lease_owner == turn, rested, left), forced_at=now, forced_on=today,
                   forced_count=case((AccessToken.forced_on == today, AccessToken.forced_count + 1), else_=1))


def keep(app_id: str, turn: str, token: str, fingerprint: bytes, *, lasts: timedelta, renew_after: timedelta, keys: dict,
         now: datetime) -> None:
    """The turn ends with a token; of a turn that was taken over meanwhile nothing is kept."""
    row = _row(app_id)
    sealed = vault.seal(keys["fields"], row.data_key, token, table="wechat_access_tokens", column="token", row=row.id)
    _change(app_id, (AccessToken.lease_owner == turn,), token_sealed=sealed, fingerprint=fingerprint, expires_at=now + lasts,
            renew_at=now + renew_after, lease_owner=None, lease_until=None)


def give_up(app_id: str, turn: str, rest: timedelta, *, now: datetime) -> None:
    """The turn ends without one, and nobody asks again before the rest is over."""
    _change(app_id, (AccessToken.lease_owner == turn,), lease_owner=None, lease_until=now + rest)


def _change(app_id: str, conditions, **values) -> bool:
    changed = update(AccessToken).where(AccessToken.app_id == app_id, *conditions).values(**values)
    return db.session.execute(changed.execution_options(synchronize_session=False)).rowcount == 1
