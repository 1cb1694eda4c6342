"""What WeChat pushes, acted on once: answers to dialogs, messages that arrived, verdicts on pictures, permissions taken back."""
import hashlib
import logging
import re
from datetime import UTC, datetime, timedelta

from sqlalchemy import delete, select, update

from config import Settings
from models import Person, PushReceipt, WeChatLogin, db, insert_or
from services.access import sign_in
from services.audit import audit
from services.messages import notices, subscriptions
from services.refusals import N_, NotAllowed
from services.wechat import content, phones

log = logging.getLogger(__name__)
HEARD_WITHIN = timedelta(hours=1)
KEPT = timedelta(days=2)
NAME_CODES, PHONE_CODE = {6, 19}, 8  # of RevokeInfo: nickname and picture, typed nickname; phone number
SUGGESTIONS = ("pass", "review", "risky")


class PushRefused(NotAllowed):
    message = N_("This was not signed by WeChat for us.")


def receive(event: dict, raw: bytes, *, timestamp: str, nonce: str, settings: Settings, now: datetime) -> None:
    """Act on a push whose signature is right. The same one again changes nothing; an old one, or another under the same
    signature, is PushRefused: in WeChat's plain mode the signature does not cover the body."""
    if not re.fullmatch(r"[0-9]{1,12}", timestamp) or abs(datetime.fromtimestamp(int(timestamp), UTC) - now) > HEARD_WITHIN:
        raise PushRefused
    if not _is_first(event, raw, timestamp, nonce, now):
        return
    act = EVENTS.get(event.get("Event"))
    if act:
        act(event, settings, now)


def _is_first(event: dict, raw: bytes, timestamp: str, nonce: str, now: datetime) -> bool:
    named = f"MsgId|{event['MsgId']}".encode() if event.get("MsgId") else raw
    digest, signed = hashlib.sha256(named).digest(), hashlib.sha256(f"{timestamp}|{nonce}".encode()).digest()
    kept = insert_or(PushReceipt).values(digest=digest, signed=signed, at=now).on_conflict_do_nothing().returning(PushReceipt.digest)
    if db.session.execute(kept).first():
        return True
    if db.session.scalar(select(PushReceipt.digest).where(PushReceipt.digest == digest)) is None:
        raise PushRefused
    return False


def forget_old(now: datetime) -> int:
    """Receipts of pushes that would be refused by their age; gives how many."""
    return db.session.execute(delete(PushReceipt).where(PushReceipt.at < now - KEPT)).rowcount


def _listed(event: dict) -> list[dict]:
    """`List` is one item or several; in XML it stands inside an element of the event's own."""
    found = event.get("List")
    if found is None:
        found = next((value["List"] for value in event.values() if isinstance(value, dict) and "List" in value), [])
    return [item for item in (found if isinstance(found, list) else [found]) if isinstance(item, dict)]


def _whose(event: dict) -> str:
    return str(event.get("OpenID") or event.get("FromUserName") or "")[:128]


def _popup(event: dict, settings: Settings, now: datetime) -> None:
    for item in _listed(event):
        if item.get("SubscribeStatusString") == "accept":
            subscriptions.accepted_by_push(_whose(event), _text(item, "TemplateId"), settings=settings, now=now)


def _change(event: dict, settings: Settings, now: datetime) -> None:
    for item in _listed(event):
        if item.get("SubscribeStatusString") == "reject":
            subscriptions.turned_off(_whose(event), _text(item, "TemplateId"), settings=settings, now=now)


def _sent(event: dict, settings: Settings, now: datetime) -> None:
    for item in _listed(event):
        failed = None if str(item.get("ErrorCode", "0")) == "0" else f"{item.get('ErrorCode')}: {item.get('ErrorStatus')}"
        notices.sent_by_push(_whose(event), _text(item, "TemplateId"), _text(item, "MsgID"), failed, settings=settings, now=now)


def _media(event: dict, _settings: Settings, now: datetime) -> None:
    trace_id = _text(event, "trace_id")
    result = event.get("result") if isinstance(event.get("result"), dict) else {}
    suggest, label = result.get("suggest"), str(result.get("label"))
    if str(event.get("errcode", "0")) != "0" or suggest not in SUGGESTIONS:
        suggest = "review"
    if trace_id:
        content.heard(trace_id, suggest, int(label) if label.isdecimal() and len(label) < 10 else None, now=now)


def _text(item: dict, name: str) -> str:
    return str(item.get(name, ""))[:64]


def _revoked(event: dict, settings: Settings, now: datetime) -> None:
    """The person took a permission back in WeChat: what it gave us goes."""
    person = _person(event, settings)
    if person is None:
        return
    codes = {int(code) for code in re.findall(r"[0-9]{1,3}", str(event.get("RevokeInfo", "")))}
    if PHONE_CODE in codes:
        phones.unbind(person.id)
    if codes & NAME_CODES:
        _unname(person)
    audit.write("wechat.revoke", "person", person.id, by=None, area_id=person.home_area_id, now=now, codes=sorted(codes))


def _cancelled(event: dict, settings: Settings, now: datetime) -> None:
    """The person closed their account with the mini program: nothing by which WeChat or a name leads to them stays."""
    person = _person(event, settings)
    if person is None:
        return
    subscriptions.forget(_whose(event), settings=settings)
    phones.unbind(person.id)
    _unname(person)
    sign_in.end_all(person.id, now)
    audit.write("wechat.cancel", "person", person.id, by=None, area_id=person.home_area_id, now=now)


def _person(event: dict, settings: Settings) -> Person | None:
    return db.session.scalars(select(Person).join(WeChatLogin, WeChatLogin.person_id == Person.id).where(
        WeChatLogin.app_id == settings.wechat_app_id, WeChatLogin.openid == _whose(event))).one_or_none()


def _unname(person: Person) -> None:
    db.session.execute(update(Person).where(Person.id == person.id).values(
        display_name=sign_in.NEWCOMER[person.language], name_state="passed", version=Person.version + 1).execution_options(synchronize_session=False))


def _punished(event: dict, _settings: Settings, _now: datetime) -> None:
    log.error("WeChat has restricted the mini program: see its administration pages (%s)", sorted(event))


EVENTS = {
    "subscribe_msg_popup_event": _popup,
    "subscribe_msg_change_event": _change,
    "subscribe_msg_sent_event": _sent,
    "wxa_media_check": _media,
    "user_authorization_revoke": _revoked,
    "user_authorization_cancellation": _cancelled,
    "wxa_punish_event": _punished,
}
