"""What messages speak of, looked up when they are read: names, reasons and hours, in a few statements for a whole page."""
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import select

from models import (
    ActivityRecord,
    Area,
    CivilityNode,
    CivilityPeriod,
    CivilityQuestionnaire,
    CivilityRemark,
    CivilityRound,
    CivilityVersion,
    Coupon,
    Event,
    Merchant,
    Message,
    Offer,
    RecordStep,
    Settlement,
    Topic,
    db,
)
from services.messages import credit_facts

REASONS = {Topic.RECORD_REJECTED: ("reject", "uphold"), Topic.RECORD_REVERSED: ("reverse",)}


CIVILITY = {  # what each kind of row is called in both languages, until when, and what was answered
    "civility_period_id": lambda ids: select(CivilityPeriod.id, CivilityVersion.title_zh, CivilityVersion.title_en).join(
        CivilityVersion, CivilityVersion.id == CivilityPeriod.version_id).where(CivilityPeriod.id.in_(ids)),
    "civility_questionnaire_id": lambda ids: select(
        CivilityQuestionnaire.id, CivilityVersion.title_zh, CivilityVersion.title_en, CivilityPeriod.last_on).join(
        CivilityPeriod, CivilityPeriod.id == CivilityQuestionnaire.period_id).join(
        CivilityVersion, CivilityVersion.id == CivilityPeriod.version_id).where(CivilityQuestionnaire.id.in_(ids)),
    "civility_round_id": lambda ids: select(CivilityRound.id, Area.name.label("title_zh"), Area.name.label("title_en"), CivilityPeriod.last_on).join(
        CivilityPeriod, CivilityPeriod.id == CivilityRound.period_id).join(Area, Area.id == CivilityRound.area_id).where(CivilityRound.id.in_(ids)),
    "civility_remark_id": lambda ids: select(
        CivilityRemark.id, CivilityNode.name_zh.label("title_zh"), CivilityNode.name_en.label("title_en"), CivilityRemark.answer).join(
        CivilityNode, CivilityNode.id == CivilityRemark.node_id).where(CivilityRemark.id.in_(ids)),
}


@dataclass(frozen=True)
class Facts:
    """`at` is a moment of `timezone`, or a day; `about` is the row that opens when one taps the message."""

    what: str = ""
    what_en: str = ""  # where what it speaks of has a name in English of its own
    at: datetime | date | None = None
    timezone: str = "Asia/Shanghai"
    reason: str = ""
    minutes: int | None = None
    points: int | None = None
    amount_fen: int | None = None
    about: tuple[str, UUID] | None = None
    what_en: str = ""  # where it has a name of its own in English


def of(messages: Iterable[Message]) -> dict[UUID, Facts]:
    """By the message's id. What is no longer there leaves its words empty."""
    messages = list(messages)
    names = _Names(messages)
    return {message.id: _facts(message, names) for message in messages}


class _Names:
    """What the payloads' ids stand for, each kind read at once."""

    def __init__(self, messages: list[Message]):
        self.events = _rows(messages, "event_id", lambda ids: select(Event.id, Event.title, Event.starts_at, Area.timezone).join(
            Area, Area.id == Event.area_id).where(Event.id.in_(ids)))
        self.records = _rows(messages, "activity_record_id", lambda ids: select(
            ActivityRecord.id, ActivityRecord.description, ActivityRecord.started_at, ActivityRecord.minutes, Area.timezone).join(
            Area, Area.id == ActivityRecord.area_id).where(ActivityRecord.id.in_(ids)))
        self.coupons = _rows(messages, "coupon_id", lambda ids: select(Coupon.id, Offer.title, Coupon.points_paid).join(
            Offer, Offer.id == Coupon.offer_id).where(Coupon.id.in_(ids)))
        self.settlements = _rows(messages, "settlement_id", lambda ids: select(
            Settlement.id, Merchant.name, Settlement.amount_fen, Settlement.period_end).join(
            Merchant, Merchant.id == Settlement.merchant_id).where(Settlement.id.in_(ids)))
        self.civility = {name: _rows(messages, name, query) for name, query in CIVILITY.items()}
        self.reasons = self._reasons(messages)
        self.of_credit = credit_facts.of(messages)

    @staticmethod
    def _reasons(messages: list[Message]) -> dict:
        """The notes of the steps that say why, by record: the newest until each message's time counts."""
        ids = _ids([message for message in messages if message.topic in REASONS], "activity_record_id")
        if not ids:
            return {}
        steps = db.session.execute(select(RecordStep.record_id, RecordStep.action, RecordStep.at, RecordStep.note).where(
            RecordStep.record_id.in_(ids), RecordStep.action.in_(("reject", "uphold", "reverse"))).order_by(RecordStep.id))
        found = {}
        for step in steps:
            found.setdefault(step.record_id, []).append(step)
        return found


def _ids(messages: list[Message], name: str) -> set[UUID]:
    return {UUID(message.payload[name]) for message in messages if name in message.payload}


def _rows(messages: list[Message], name: str, query) -> dict:
    ids = _ids(messages, name)
    return {row.id: row for row in db.session.execute(query(ids))} if ids else {}


def _facts(message: Message, names: _Names) -> Facts:
    payload = message.payload
    points = payload.get("points")
    if "event_id" in payload:
        event_id = UUID(payload["event_id"])
        event = names.events.get(event_id)
        about = ("event", event_id)
        return Facts(about=about) if event is None else Facts(event.title, at=event.starts_at, timezone=event.timezone, about=about)
    if "activity_record_id" in payload:
        return _record_facts(message, UUID(payload["activity_record_id"]), names, points)
    if "coupon_id" in payload:
        coupon_id = UUID(payload["coupon_id"])
        coupon = names.coupons.get(coupon_id)
        return Facts(coupon.title if coupon else "", at=message.at, points=points if points is not None or coupon is None else coupon.points_paid,
                     about=("coupon", coupon_id))
    if "settlement_id" in payload:
        settlement_id = UUID(payload["settlement_id"])
        settlement = names.settlements.get(settlement_id)
        return Facts(settlement.name if settlement else "", at=message.at, amount_fen=payload.get("amount_fen"), about=("settlement", settlement_id))
    for name, rows in names.civility.items():
        if name in payload:
            return _civility_facts(name.removesuffix("_id"), UUID(payload[name]), rows)
    if message.id in names.of_credit:
        return Facts(**names.of_credit[message.id])
    lapses_on = payload.get("lapses_on")
    return Facts(at=date.fromisoformat(lapses_on) if lapses_on else message.at, points=points)


def _record_facts(message: Message, record_id: UUID, names: _Names, points: int | None) -> Facts:
    record = names.records.get(record_id)
    if record is None:
        return Facts(about=("activity_record", record_id), points=points)
    notes = [step.note for step in names.reasons.get(record_id, ())
             if step.action in REASONS.get(message.topic, ()) and step.at <= message.at and step.note]
    return Facts(record.description, at=record.started_at, timezone=record.timezone, reason=notes[-1] if notes else "", minutes=record.minutes,
                 points=points, about=("activity_record", record_id))


def _civility_facts(kind: str, id: UUID, rows: dict) -> Facts:
    row = rows.get(id)
    if row is None:
        return Facts(about=(kind, id))
    return Facts(row.title_zh, row.title_en, getattr(row, "last_on", None), reason=getattr(row, "answer", None) or "", about=(kind, id))
