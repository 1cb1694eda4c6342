"""Relays that break the promise of the outbox, for the controls of test_relays_die.py: HASTE says how."""
import os
from datetime import timedelta

from services import outbox
from wsgi import app  # noqa: F401


def _sent_already(message_id, owner, *, now):
    return outbox.sent(message_id, owner)


match os.environ["HASTE"]:
    case "says sent before it sends":
        outbox.still_mine, outbox.LEASE = _sent_already, timedelta(seconds=3)
    case "takes what another has in hand":
        outbox.LEASE = timedelta(0)
