"""A sealed file: AES-256-GCM over pieces of a megabyte, so that a backup of any size needs little memory.

The head is `MAGIC`, eight bytes that name the key, and a salt. A file has a key of its own, drawn by HKDF-SHA256 from the
installation's `fields` key and the head. The nonce of a piece is its number and whether it is the last one: no piece can be
changed, moved, left out or cut off unnoticed (the construction STREAM: Hoang, Reyhanitabar, Rogaway, Vizár, CRYPTO 2015).
"""
import hmac
import os
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

import click
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

MAGIC = b"LINLIBK1"
SALT, TAG = 32, 16
HEAD = len(MAGIC) + 8 + SALT
PIECE = 1024 * 1024


class AnotherKey(click.ClickException):
    """Sealed by another installation."""

    def __init__(self):
        super().__init__("This backup was sealed with the keys of another secrets file; put that one where SECRETS_FILE says, "
                         "in place of what is there.")


class Damaged(click.ClickException):
    """Not as it was sealed."""

    def __init__(self):
        super().__init__("This backup was changed or cut since it was sealed; take another one.")


def is_sealed(file: Path) -> bool:
    with file.open("rb") as opened:
        return opened.read(len(MAGIC)) == MAGIC


def seal(source: BinaryIO, target: BinaryIO, master: bytes) -> None:
    """All of `source`, sealed with what is drawn from `master`."""
    head = MAGIC + _name_of(master) + os.urandom(SALT)
    target.write(head)
    cipher = _cipher(master, head)
    for nonce, piece in _numbered(source, PIECE):
        target.write(cipher.encrypt(nonce, piece, head))


def unseal(source: BinaryIO, target: BinaryIO, master: bytes) -> None:
    """What was sealed. AnotherKey, or Damaged: then what `target` has got so far is nothing to rely on."""
    head = source.read(HEAD)
    if len(head) < HEAD or not head.startswith(MAGIC):
        raise Damaged
    if not hmac.compare_digest(head[len(MAGIC):-SALT], _name_of(master)):
        raise AnotherKey
    cipher = _cipher(master, head)
    for nonce, piece in _numbered(source, PIECE + TAG):
        try:
            target.write(cipher.decrypt(nonce, piece, head))
        except InvalidTag as error:
            raise Damaged from error


def _numbered(source: BinaryIO, size: int) -> Iterator[tuple[bytes, bytes]]:
    """Each piece with its nonce; at least one, which may be empty."""
    number, piece = 0, _read(source, size)
    while True:
        following = _read(source, size)
        yield number.to_bytes(11) + (b"\0" if following else b"\1"), piece
        if not following:
            return
        number, piece = number + 1, following


def _read(source: BinaryIO, size: int) -> bytes:
    """So much, unless it ends before: a pipe gives less at a time."""
    parts, missing = [], size
    while missing and (part := source.read(missing)):
        parts.append(part)
        missing -= len(part)
    return b"".join(parts)


def _name_of(master: bytes) -> bytes:
    return hmac.digest(master, b"backups are named", "sha256")[:8]


def _cipher(master: bytes, head: bytes) -> AESGCM:
    return AESGCM(HKDF(SHA256(), 32, salt=head[-SALT:], info=b"backups" + head).derive(master))
