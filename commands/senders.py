"""What the worker sends out of the outbox: notices to phones, and questions about words and pictures.

Each reads what it needs, commits, asks WeChat with nothing locked, and leaves the outcome to the relay's commit.
"""
from uuid import UUID
from zoneinfo import ZoneInfo

from flask import current_app
from flask_babel import force_locale, gettext

from api.edge.i18n import LOCALES
from api.messages import inbox
from clients import wechat
from clients.wechat.fields import DoesNotFit
from models import Message, db
from services import outbox
from services.messages import message_facts, notices, subscriptions
from services.messages.message_facts import Facts
from services.messages.messages import TEXTS
from services.wechat import content

LANGUAGES = {"zh-CN": "zh_CN", "en": "en_US"}
STATES = {"release": "formal", "trial": "trial", "develop": "developer"}  # the same three versions, as each call spells them
BUSY_S = 2


def _now():
    return current_app.extensions["linli_clock"]()


def _settings():
    return current_app.extensions["linli_settings"]


def send_notice(_payload: dict, message_id: str) -> None:
    """One message to one phone; nothing where the person has no right left, or has read it in the meantime."""
    settings = _settings()
    try:
        notice = notices.begin(UUID(message_id), settings=settings, now=_now())
    except notices.BeingWritten:
        db.session.rollback()
        raise outbox.Postpone(BUSY_S, "BeingSent: another message is on its way to this phone") from None
    if notice is None:
        return
    data, language = _data(notice), LANGUAGES[notice.person.language]
    db.session.commit()
    try:
        platform_id = current_app.extensions["linli_wechat"].send_subscribed(
            notice.openid, notice.template.id, data, page=settings.wechat_message_page, language=language,
            state=STATES[settings.wechat_version])
    except (wechat.Refused, wechat.Unavailable, DoesNotFit) as error:
        _not_sent(notice, error)
        return
    notices.done(notice.message.id, platform_id, now=_now())


def _not_sent(notice: notices.Notice, error: Exception) -> None:
    """What the refusal means for the right, the delivery and the outbox."""
    said, now = f"{type(error).__name__}: {error}", _now()
    if isinstance(error, wechat.NoRight):
        subscriptions.turned_off(notice.openid, notice.template.id, settings=_settings(), now=now)
    if not isinstance(error, wechat.Unavailable):
        notices.stopped(notice.message.id, "failed", said, now=now)
        if not isinstance(error, wechat.NoRight):
            db.session.commit()
            raise outbox.GiveUp(said) from error
        return
    notices.stopped(notice.message.id, "unknown" if error.errcode is None and not isinstance(error, wechat.Silent) else "waiting", said, now=now)
    db.session.commit()
    if error.wait_s:
        raise outbox.Postpone(error.wait_s, said) from error
    raise error


def _data(notice: notices.Notice) -> dict[str, str]:
    """The template's fields in the person's language; words of state are Chinese, as their fields demand."""
    facts = message_facts.of([notice.message])[notice.message.id]
    with force_locale(LOCALES[notice.person.language.split("-")[0]]):
        known = _known(notice.message, facts)
    with force_locale("zh_Hans"):
        state = gettext(TEXTS[notice.message.topic][2])
    return {field: state if fact == "result" and field.startswith("phrase") else known[fact] for field, fact in notice.template.fields.items()}


def _known(message: Message, facts: Facts) -> dict[str, str]:
    title, _, state = (gettext(each) for each in TEXTS[message.topic])
    spoken = inbox.words(facts)
    return {"what": spoken["what"], "result": state, "note": title, "when": _moment(facts),
            "points": spoken["points"] or "0", "amount": inbox.yuan(facts.amount_fen or 0)}


def _moment(facts: Facts) -> str:
    """As WeChat's fields of time and date are written, in every language."""
    if not hasattr(facts.at, "hour"):
        return f"{facts.at.year}年{facts.at.month}月{facts.at.day}日" if facts.at else "-"
    there = facts.at.astimezone(ZoneInfo(facts.timezone))
    return f"{there.year}年{there.month}月{there.day}日 {there:%H:%M}"


def ask_about_content(payload: dict, _message_id: str) -> None:
    """WeChat's verdict on words comes at once; on a picture it is pushed later, under the trace that is kept here."""
    check_id = UUID(payload["check_id"])
    asked = content.question(check_id, settings=_settings(), now=_now())
    db.session.commit()
    if asked is None:
        return
    platform = current_app.extensions["linli_wechat"]
    try:
        if asked.text is not None:
            found = platform.check_text(asked.text, asked.openid, scene=asked.scene)
            content.answered(check_id, found.suggest, found.label, now=_now())
        else:
            content.traced(check_id, platform.check_picture(asked.picture_url, asked.openid, scene=asked.scene), now=_now())
    except wechat.Refused:  # not within two hours, or a question that WeChat does not take: people look
        content.answered(check_id, "review", None, now=_now())
    except wechat.Unavailable as error:
        if error.wait_s:
            raise outbox.Postpone(error.wait_s, f"{type(error).__name__}: {error}") from error
        raise
