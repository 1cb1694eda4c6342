"""A message's words, made when it is read: the catalogue's sentence with the names, hours and figures of now."""
from datetime import datetime
from zoneinfo import ZoneInfo

from babel.dates import format_date, format_skeleton
from flask_babel import force_locale, get_locale, gettext

from api.edge.i18n import LOCALES, yuan
from models import Message
from services.messages import message_facts
from services.messages.message_facts import Facts
from services.messages.messages import TEXTS


def worded(messages: list[Message], language: str) -> list[dict]:
    """Each message as it is shown in `language` (zh-CN or en)."""
    facts = message_facts.of(messages)
    with force_locale(LOCALES[language.split("-")[0]]):
        return [_worded(message, facts[message.id]) for message in messages]


def _worded(message: Message, facts: Facts) -> dict:
    title, sentence, _ = TEXTS[message.topic]
    about = facts.about and {"type": facts.about[0], "id": facts.about[1]}
    return {"id": message.id, "topic": message.topic, "at": message.at, "read_at": message.read_at, "title": gettext(title),
            "text": gettext(sentence) % words(facts), "about": about, "figures": message.payload}


def words(facts: Facts) -> dict[str, str]:
    """What the sentences may speak of, each as text in the present language."""
    what = facts.what_en if facts.what_en and get_locale().language == "en" else facts.what
    return {"what": what or gettext("something of yours"), "when": _when(facts), "reason": facts.reason,
            "minutes": _number(facts.minutes), "points": _number(facts.points),
            "amount": "" if facts.amount_fen is None else yuan(facts.amount_fen)}


def _number(value: int | None) -> str:
    return "" if value is None else str(value)


def _when(facts: Facts) -> str:
    if facts.at is None:
        return ""
    locale = get_locale()
    if isinstance(facts.at, datetime):
        there = facts.at.astimezone(ZoneInfo(facts.timezone))
        return f"{format_skeleton('MMMd', there, locale=locale)}{' ' if locale.language == 'zh' else ', '}{there:%H:%M}"
    return format_date(facts.at, "long", locale=locale)
