"""Relays that break the promise of the outbox, for the controls of test_relays_die.py: HASTE says how."""
import os
from datetime import timedelta

from services import outbox
from services.messages import notices
from wsgi import app  # noqa: F401

_done, _forgotten = notices.done, []


def _sent_already(message_id, owner, *, now):
    return outbox.sent(message_id, owner)


def _done_but_for_the_first(message_id, platform_id, *, now):
    if not _forgotten:
        _forgotten.append(message_id)
        raise RuntimeError("forgotten")
    _done(message_id, platform_id, now=now)


outbox.LEASE, outbox.WAITS = timedelta(seconds=3), (timedelta(seconds=1),) * 5
match os.environ["HASTE"]:
    case "says sent before it sends":
        outbox.still_mine = _sent_already
    case "forgets what WeChat answered":
        notices.done = _done_but_for_the_first
