"""Signed checkpoints of the audit chain, kept on another machine: a chain that was cut or made anew no longer fits them.

A line of the file is one checkpoint: how many rows were sealed, the last hash, when, and an Ed25519
signature (RFC 8032) by this installation's key, so that nobody without its secrets can write one.
"""
import hmac
import json
from datetime import datetime

from nacl.exceptions import BadSignatureError
from nacl.signing import SigningKey
from sqlalchemy import select

from models import AuditSeal, db
from services.audit import audit_chain


def signing_key(master: bytes) -> SigningKey:
    """Derived from the installation's `fields` key, so that the secrets file of an older release serves."""
    return SigningKey(hmac.digest(master, b"audit checkpoints", "sha256"))


def make(master: bytes, now: datetime) -> str:
    """A line for the file: the chain as it ends now."""
    seq, last = audit_chain.head()
    checkpoint = {"seq": seq, "hash": last, "at": now.isoformat(timespec="seconds")}
    return json.dumps(checkpoint | {"signature": signing_key(master).sign(_signed(checkpoint)).signature.hex()})


def _signed(checkpoint: dict) -> bytes:
    return json.dumps([checkpoint[name] for name in ("seq", "hash", "at")]).encode()


def problems(lines: list[str], master: bytes) -> list[str]:
    """What does not hold between the file's lines and the chain, each as a sentence; empty when all does."""
    hashes = {0: audit_chain.BEGINNING}
    found = []
    for number, line in enumerate(lines, 1):
        checkpoint = _read(line, master)
        if checkpoint is None:
            found.append(f"line {number} was not signed by this installation")
            continue
        seq = checkpoint["seq"]
        if seq not in hashes:
            hashes[seq] = db.session.scalar(select(AuditSeal.hash).where(AuditSeal.seq == seq))
        if hashes[seq] is None:
            found.append(f"the chain ends before seal {seq}, which was there on {checkpoint['at']}")
        elif hashes[seq].hex() != checkpoint["hash"]:
            found.append(f"seal {seq} is not the one that was there on {checkpoint['at']}")
    return found


def _read(line: str, master: bytes) -> dict | None:
    """The checkpoint, if its signature is ours."""
    try:
        checkpoint = json.loads(line)
        signing_key(master).verify_key.verify(_signed(checkpoint), bytes.fromhex(checkpoint["signature"]))
    except (ValueError, KeyError, TypeError, BadSignatureError):
        return None
    return checkpoint
