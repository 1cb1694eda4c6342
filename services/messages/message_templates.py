"""The templates of the mini program's account, as the settings name them, and what each may be used for."""
import re
from dataclasses import dataclass

from config import Settings, UnsafeSettings
from models import Topic

KINDS = {
    "event": (Topic.SIGNED_UP, Topic.WAITLISTED, Topic.MOVED_UP, Topic.EVENT_CANCELLED),
    "record": (Topic.RECORD_MADE, Topic.RECORD_APPROVED, Topic.RECORD_CREDITED, Topic.RECORD_REJECTED, Topic.RECORD_REOPENED,
               Topic.RECORD_REVERSED),
    "points": (Topic.POINTS_LAPSING,),
    "coupon": (Topic.COUPON_BOUGHT, Topic.COUPON_USED, Topic.COUPON_USE_REVERSED, Topic.COUPON_REFUNDED),
    "settlement": (Topic.SETTLEMENT_READY, Topic.SETTLEMENT_PAID),
}
KIND_OF = {topic: kind for kind, topics in KINDS.items() for topic in topics}
FACTS = {"event": {"what", "result", "when", "note"}, "record": {"what", "result", "when", "note", "points"},
         "points": {"what", "result", "when", "note", "points"}, "coupon": {"what", "result", "when", "note", "points"},
         "settlement": {"what", "result", "when", "note", "amount"}}
FIELD = re.compile(r"([a-z_]+[0-9]+)=([a-z]+)")
TEMPLATE_ID = re.compile(r"[A-Za-z0-9_-]{1,64}")


@dataclass(frozen=True)
class Template:
    """A template of the mini program's account, and which of our facts each of its fields shows."""

    kind: str
    id: str
    fields: dict[str, str]

    @property
    def topics(self) -> tuple[Topic, ...]:
        return KINDS[self.kind]


def templates(settings: Settings) -> dict[str, Template]:
    """By kind, those that are set up: `ID field1=fact field2=fact`. UnsafeSettings for one that cannot be read."""
    found = {kind: _read(kind, text) for kind in KINDS if (text := getattr(settings, f"wechat_template_{kind}").strip())}
    if len({template.id for template in found.values()}) < len(found):
        raise UnsafeSettings("two of the WECHAT_TEMPLATE_… settings name the same template")
    return found


def _read(kind: str, text: str) -> Template:
    template_id, *parts = text.split()
    fields = [FIELD.fullmatch(part) for part in parts]
    if not TEMPLATE_ID.fullmatch(template_id) or not fields or not all(fields):
        raise UnsafeSettings(f"WECHAT_TEMPLATE_{kind.upper()} must be a template's id and its fields, such as: ID thing1=what time2=when")
    if unknown := {field[2] for field in fields} - FACTS[kind]:
        raise UnsafeSettings(f"WECHAT_TEMPLATE_{kind.upper()}: {', '.join(sorted(unknown))} is none of {', '.join(sorted(FACTS[kind]))}")
    return Template(kind, template_id, {field[1]: field[2] for field in fields})
