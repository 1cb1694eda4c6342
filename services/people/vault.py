"""Sealed fields: a key for each person, bound to the row; found again by a keyed blind index.

XChaCha20-Poly1305 with the table, column and row as associated data, so that a sealed value moved
to another row or column does not open (docs/decisions/0003-sealed-fields.md). Destroying a
person's key erases what it sealed.
"""
import hashlib
import hmac
import secrets
from uuid import UUID

from nacl.bindings import crypto_aead_xchacha20poly1305_ietf_decrypt as _open
from nacl.bindings import crypto_aead_xchacha20poly1305_ietf_encrypt as _seal

NONCE = 24


class SealBroken(Exception):
    """The sealed bytes were changed, moved, or sealed under another key."""


def new_key(master: bytes, row: UUID) -> bytes:
    """A fresh data key for this row, wrapped by the master key: safe to store."""
    return _wrap(master, secrets.token_bytes(32), f"key|{row}")


def seal(master: bytes, wrapped: bytes, value: str, *, table: str, column: str, row: UUID) -> bytes:
    return _wrap(_unwrap(master, wrapped, f"key|{row}"), value.encode(), f"{table}|{column}|{row}")


def unseal(master: bytes, wrapped: bytes, sealed: bytes, *, table: str, column: str, row: UUID) -> str:
    return _unwrap(_unwrap(master, wrapped, f"key|{row}"), sealed, f"{table}|{column}|{row}").decode()


def blind_index(key: bytes, column: str, value: str) -> bytes:
    """Equal values give equal bytes, and nothing else can be read from them. Normalise before."""
    return hmac.digest(key, f"{column}|{value}".encode(), hashlib.sha256)


def _wrap(key: bytes, plain: bytes, bound_to: str) -> bytes:
    nonce = secrets.token_bytes(NONCE)
    return nonce + _seal(plain, bound_to.encode(), nonce, key)


def _unwrap(key: bytes, sealed: bytes, bound_to: str) -> bytes:
    try:
        return _open(sealed[NONCE:], bound_to.encode(), sealed[:NONCE], key)
    except Exception as error:
        raise SealBroken(bound_to) from error
