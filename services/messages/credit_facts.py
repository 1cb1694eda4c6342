"""What messages of credit speak of: the title of an entry or an honour, a receiver's name, a reason. Never a score, a grade or points."""
from collections.abc import Iterable
from uuid import UUID

from sqlalchemy import null, select

from models import (
    Area,
    Constraint,
    CreditEntry,
    EntryObjection,
    Honour,
    Letter,
    LetterReceiver,
    Message,
    Repair,
    ReviewedHousehold,
    ReviewRound,
    Rulebook,
    RulebookVersion,
    SupportApplication,
    SupportList,
    Topic,
    VersionComment,
    db,
)

ABOUT = {  # the id in a message's payload, and the kind of row that opens when one taps it
    "credit_entry_id": "credit_entry", "credit_objection_id": "credit_objection", "repair_id": "repair", "letter_id": "letter",
    "support_application_id": "support_application", "constraint_id": "constraint", "rulebook_comment_id": "rulebook_comment",
    "honour_id": "honour",
    "review_round_id": "review_round", "reviewed_household_id": "reviewed_household"}
SAID = {  # id, what it is about, the same in English, a day, a reason
    "credit_entry_id": lambda: select(CreditEntry.id, CreditEntry.title, CreditEntry.title, CreditEntry.happened_on, null()),
    "credit_objection_id": lambda: select(EntryObjection.id, CreditEntry.title, CreditEntry.title, CreditEntry.happened_on,
                                          EntryObjection.decided_reason).join(CreditEntry, CreditEntry.id == EntryObjection.entry_id),
    "repair_id": lambda: select(Repair.id, CreditEntry.title, CreditEntry.title, CreditEntry.happened_on, Repair.decided_reason).join(
        CreditEntry, CreditEntry.id == Repair.entry_id),
    "letter_id": lambda: select(Letter.id, LetterReceiver.name, LetterReceiver.name, Letter.expires_on, null()).join(
        LetterReceiver, LetterReceiver.id == Letter.receiver_id),
    "support_application_id": lambda: select(SupportApplication.id, SupportList.title_zh, SupportList.title_en, SupportList.closes_on,
                                             SupportApplication.reason).join(SupportList, SupportList.id == SupportApplication.list_id),
    "constraint_id": lambda: select(Constraint.id, Constraint.scope_zh, Constraint.scope_en, Constraint.ends_on, Constraint.legal_basis,
                                    Constraint.lifted_reason),
    "rulebook_comment_id": lambda: select(VersionComment.id, Rulebook.title_zh, Rulebook.title_en, RulebookVersion.consulted_until, null()).join(
        RulebookVersion, RulebookVersion.id == VersionComment.version_id).join(Rulebook, Rulebook.id == RulebookVersion.rulebook_id),
    "honour_id": lambda: select(Honour.id, Honour.title_zh, Honour.title_en, Honour.proposed_at, null()),
    "review_round_id": lambda: select(ReviewRound.id, Area.name, Area.name, ReviewRound.closes_on, ReviewRound.called_off_reason).join(
        Area, Area.id == ReviewRound.area_id),
    "reviewed_household_id": lambda: select(ReviewedHousehold.id, Area.name, Area.name, ReviewRound.closes_on, ReviewRound.called_off_reason).join(
        ReviewRound, ReviewRound.id == ReviewedHousehold.round_id).join(Area, Area.id == ReviewRound.area_id),
}


def of(messages: Iterable[Message]) -> dict[UUID, dict]:
    """By the message's id: what `Facts` takes. One statement for each kind of row that the messages are about."""
    found = {}
    for name, query in SAID.items():
        those = {message: UUID(message.payload[name]) for message in messages if name in message.payload}
        if not those:
            continue
        asked = query()
        rows = {row[0]: row for row in db.session.execute(asked.where(asked.selected_columns[0].in_(set(those.values()))))}
        for message, row_id in those.items():
            found[message.id] = {"about": (ABOUT[name], row_id)} | (_said(message.topic, rows[row_id]) if row_id in rows else {})
    return found


def _said(topic: str, row) -> dict:
    reason = row.lifted_reason if topic == Topic.CONSTRAINT_LIFTED else row[4]
    return {"what": row[1], "what_en": row[2], "at": row[3], "reason": reason or ""}
