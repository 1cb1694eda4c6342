"""The rights to write to a phone: each `accept` in the mini program's dialog is good for one message of one template.

WeChat's own word, pushed, and the mini program's report tell of the same tap: what both tell counts once. A report
can be forged, and gains nothing: WeChat then refuses the message, and the count falls to nothing.
"""
from datetime import datetime
from uuid import UUID

from sqlalchemy import and_, case, delete, select, update

from config import Settings
from models import Person, Purpose, SubscriptionRight, WeChatLogin, db, insert_or
from services.messages.message_templates import Template, templates
from services.people import consents
from services.refusals import N_, Conflict, ValidationFailed


class NoWechatSignIn(Conflict):
    message = N_("Please sign in by WeChat first.")


def own_openid(person_id: UUID, settings: Settings) -> str | None:
    """The openid by which the person last became ours at this mini program."""
    return db.session.scalar(select(WeChatLogin.openid).where(
        WeChatLogin.person_id == person_id, WeChatLogin.app_id == settings.wechat_app_id).order_by(WeChatLogin.at.desc()).limit(1))


def answered(template_id: str, result: str, *, by: Person, settings: Settings, now: datetime) -> Template:
    """What somebody answered in the dialog, by the mini program's report; an accept is one right."""
    template = next((each for each in templates(settings).values() if each.id == template_id), None)
    if template is None:
        raise ValidationFailed({"template": [N_("Not a template that is in use.")]})
    openid = own_openid(by.id, settings)
    if openid is None:
        raise NoWechatSignIn
    if result == "accept":
        _count(settings.wechat_app_id, openid, template_id, +1, now)
        consents.answer(by.id, Purpose.WECHAT_MESSAGES, given=True, now=now)
    return template


def accepted_by_push(openid: str, template_id: str, *, settings: Settings, now: datetime) -> None:
    if db.session.get(WeChatLogin, (settings.wechat_app_id, openid)):
        _count(settings.wechat_app_id, openid, template_id, -1, now)


def _count(app_id: str, openid: str, template_id: str, ahead: int, now: datetime) -> None:
    """One right more, unless this tap was counted when the other side told of it."""
    right = SubscriptionRight
    counted_already = right.client_ahead < 0 if ahead > 0 else right.client_ahead > 0
    first = insert_or(right).values(app_id=app_id, openid=openid, template_id=template_id, rights=1, client_ahead=ahead, changed_at=now)
    db.session.execute(first.on_conflict_do_update(index_elements=["app_id", "openid", "template_id"], set_={
        "rights": right.rights + case((counted_already, 0), else_=1), "client_ahead": right.client_ahead + ahead, "changed_at": now})
        .execution_options(synchronize_session=False))


def turned_off(openid: str, template_id: str | None, *, settings: Settings, now: datetime) -> None:
    """No right is left: the person turned it off in WeChat's settings, or WeChat says so (43101). None is of every template."""
    mine = and_(SubscriptionRight.app_id == settings.wechat_app_id, SubscriptionRight.openid == openid)
    if template_id is not None:
        mine = mine & (SubscriptionRight.template_id == template_id)
    db.session.execute(update(SubscriptionRight).where(mine).values(rights=0, client_ahead=0, changed_at=now)
                       .execution_options(synchronize_session=False))


def rights_of(person: Person, settings: Settings) -> list[tuple[Template, int]]:
    """The templates in use, with how many messages of each this person may still get."""
    openid = own_openid(person.id, settings)
    held = dict(db.session.execute(select(SubscriptionRight.template_id, SubscriptionRight.rights).where(
        SubscriptionRight.app_id == settings.wechat_app_id, SubscriptionRight.openid == openid)).all())
    return [(template, held.get(template.id, 0)) for template in templates(settings).values()]


def kinds_open_to(people: set[UUID], settings: Settings) -> set[tuple[UUID, str]]:
    in_use = {template.id: kind for kind, template in templates(settings).items()}
    if not in_use:
        return set()
    rows = db.session.execute(select(WeChatLogin.person_id, SubscriptionRight.template_id).join(
        SubscriptionRight, and_(SubscriptionRight.app_id == WeChatLogin.app_id, SubscriptionRight.openid == WeChatLogin.openid)).where(
        WeChatLogin.app_id == settings.wechat_app_id, WeChatLogin.person_id.in_(people), SubscriptionRight.rights > 0,
        SubscriptionRight.template_id.in_(in_use), ~consents.refused(WeChatLogin.person_id, Purpose.WECHAT_MESSAGES)))
    return {(person_id, in_use[template_id]) for person_id, template_id in rows}


def openid_with_right(person_id: UUID, template_id: str, settings: Settings) -> str | None:
    return db.session.scalar(select(WeChatLogin.openid).join(
        SubscriptionRight, and_(SubscriptionRight.app_id == WeChatLogin.app_id, SubscriptionRight.openid == WeChatLogin.openid)).where(
        WeChatLogin.app_id == settings.wechat_app_id, WeChatLogin.person_id == person_id, SubscriptionRight.template_id == template_id,
        SubscriptionRight.rights > 0, ~consents.refused(person_id, Purpose.WECHAT_MESSAGES)).order_by(WeChatLogin.at.desc()).limit(1))


def forget(openid: str, *, settings: Settings) -> UUID | None:
    """The WeChat identity is gone for good: its rights and its sign-in go; gives whose it was."""
    mine = (WeChatLogin.app_id == settings.wechat_app_id) & (WeChatLogin.openid == openid)
    person_id = db.session.scalar(select(WeChatLogin.person_id).where(mine))
    db.session.execute(delete(SubscriptionRight).where(
        SubscriptionRight.app_id == settings.wechat_app_id, SubscriptionRight.openid == openid).execution_options(synchronize_session=False))
    db.session.execute(delete(WeChatLogin).where(mine).execution_options(synchronize_session=False))
    return person_id
