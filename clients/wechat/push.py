"""What WeChat pushes to us: signed, and in the safe mode sealed (AES-256-CBC). Pure functions, no connection.

In the plain mode the signature covers token, timestamp and nonce, not the body; in the safe mode
`msg_signature` covers the sealed body too, and that one is looked at.
"""
import base64
import hashlib
import hmac
import json
import secrets
from dataclasses import dataclass

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from defusedxml import DefusedXmlException, ElementTree

BLOCK = 32  # of the padding; AES's own is 16
RANDOM = 16


class NotFromWeChat(Exception):
    """The signature is wrong, or the body is not sealed as it should be, or for another mini program."""


class NotReadable(Exception):
    """Signed rightly, and yet no message: neither a JSON object nor WeChat's XML."""


@dataclass(frozen=True)
class Channel:
    """What was agreed with WeChat: a token, and, in the safe mode, the key of 43 characters."""

    token: str
    aes_key: str = ""
    app_id: str = ""

    @property
    def is_safe(self) -> bool:
        return bool(self.aes_key)

    def check_echo(self, signature: str, timestamp: str, nonce: str) -> None:
        """The GET by which WeChat sees that the address is ours; signed the plain way in both modes."""
        _compare(sign(self.token, timestamp, nonce), signature)

    def read(self, body: bytes, *, signature: str, msg_signature: str, timestamp: str, nonce: str) -> tuple[dict, bytes]:
        """The message, and the bytes it came in (by which the same one is known again). NotFromWeChat, NotReadable."""
        if not self.is_safe:
            _compare(sign(self.token, timestamp, nonce), signature)
            return parse(body), body
        sealed = _sealed_part(body)
        _compare(sign(self.token, timestamp, nonce, sealed), msg_signature)
        plain = unseal(self.aes_key, sealed, self.app_id)
        return parse(plain), plain

    def seal_reply(self, reply: str, *, timestamp: str, nonce: str) -> dict:
        """A reply that says more than `success`, sealed; it is sent as JSON or XML, as the pushes come."""
        sealed = seal(self.aes_key, reply.encode(), self.app_id)
        return {"Encrypt": sealed, "MsgSignature": sign(self.token, timestamp, nonce, sealed), "TimeStamp": int(timestamp), "Nonce": nonce}


def sign(*parts: str) -> str:
    return hashlib.sha1("".join(sorted(parts)).encode()).hexdigest()


def _compare(expected: str, given: str) -> None:
    if not hmac.compare_digest(expected.encode(), given.encode("utf-8", "replace")):
        raise NotFromWeChat("signature")


def unseal(aes_key: str, sealed: str, app_id: str) -> bytes:
    """The message inside: 16 random bytes, its length, itself, and the mini program's id, which must be ours."""
    key = _key(aes_key)
    try:
        raw = base64.b64decode(sealed, validate=True)
        decryptor = Cipher(algorithms.AES(key), modes.CBC(key[:16])).decryptor()
        plain = decryptor.update(raw) + decryptor.finalize()
    except ValueError as error:
        raise NotFromWeChat("sealed body") from error
    padding = plain[-1] if plain else 0
    if not 1 <= padding <= BLOCK or plain[-padding:] != bytes([padding]) * padding:
        raise NotFromWeChat("padding")
    length = int.from_bytes(plain[RANDOM:RANDOM + 4], "big")
    message, addressee = plain[RANDOM + 4:RANDOM + 4 + length], plain[RANDOM + 4 + length:-padding]
    if len(message) != length or addressee != app_id.encode():
        raise NotFromWeChat("another mini program")
    return message


def seal(aes_key: str, message: bytes, app_id: str, *, random: bytes | None = None) -> str:
    key = _key(aes_key)
    plain = (random or secrets.token_bytes(RANDOM)) + len(message).to_bytes(4, "big") + message + app_id.encode()
    padding = BLOCK - len(plain) % BLOCK
    encryptor = Cipher(algorithms.AES(key), modes.CBC(key[:16])).encryptor()
    return base64.b64encode(encryptor.update(plain + bytes([padding]) * padding) + encryptor.finalize()).decode()


def _key(aes_key: str) -> bytes:
    return base64.b64decode(aes_key + "=")


def _sealed_part(body: bytes) -> str:
    try:
        sealed = parse(body).get("Encrypt")
    except NotReadable as error:
        raise NotFromWeChat("not sealed") from error
    if not isinstance(sealed, str):
        raise NotFromWeChat("not sealed")
    return sealed


def parse(body: bytes) -> dict:
    """JSON or XML, as it was set up at WeChat; XML's elements become the same dictionary."""
    try:
        found = _from_xml(body) if body.lstrip().startswith(b"<") else json.loads(body)
    except (ValueError, RecursionError, ElementTree.ParseError, DefusedXmlException) as error:
        raise NotReadable from error
    if not isinstance(found, dict):
        raise NotReadable
    return found


def _from_xml(body: bytes) -> dict:
    root = ElementTree.fromstring(body, forbid_dtd=True)
    found = _element(root)
    return found if isinstance(found, dict) else {}


def _element(element):
    """Text, or a dictionary of what is inside; an element that stands several times is a list."""
    if len(element) == 0:
        return element.text or ""
    found = {}
    for child in element:
        value = _element(child)
        if child.tag in found:
            found[child.tag] = [*(found[child.tag] if isinstance(found[child.tag], list) else [found[child.tag]]), value]
        else:
            found[child.tag] = value
    return found
