"""Access tokens (signed) and refresh tokens (random, stored as hashes). The only module that imports jwt.

An access token says who and which session, never what they may do: roles are read from the database.
See docs/tokens.md.
"""
import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from uuid import UUID

import jwt

from services.refusals import N_, Unauthenticated

ISSUER, AUDIENCE, ALGORITHM = "linli", "linli-api", "HS256"
REQUIRED = ["exp", "iat", "iss", "aud", "sub", "sid"]


class AccessTokenExpired(Unauthenticated):
    message = N_("Your sign-in has expired. Please refresh it.")


@dataclass(frozen=True)
class Claims:
    person_id: UUID
    session_id: UUID


def sign_access(person_id: UUID, session_id: UUID, *, key: bytes, now: datetime, lasts: timedelta) -> str:
    claims = {"iss": ISSUER, "aud": AUDIENCE, "sub": str(person_id), "sid": str(session_id),
              "iat": int(now.timestamp()), "exp": int((now + lasts).timestamp())}
    return jwt.encode(claims, key, algorithm=ALGORITHM, headers={"typ": "at+jwt"})


def read_access(token: str, *, key: bytes, now: datetime) -> Claims:
    """Unauthenticated for what we did not sign, AccessTokenExpired for what is over."""
    found, expires_at = _verified(token, key)
    if now.timestamp() >= expires_at:
        raise AccessTokenExpired
    return found


@lru_cache(maxsize=2048)
def _verified(token: str, key: bytes) -> tuple[Claims, int]:
    """What a token says, and when it ends. Whoever asks asks several times with one token; what it says never changes."""
    options = {"require": REQUIRED, "verify_exp": False, "verify_iat": False}
    try:
        read = jwt.decode_complete(token, key, algorithms=[ALGORITHM], audience=AUDIENCE, issuer=ISSUER, options=options)
        claims = read["payload"]
        if read["header"].get("typ") != "at+jwt" or not isinstance(claims["exp"], int):
            raise Unauthenticated
        found = Claims(UUID(claims["sub"]), UUID(claims["sid"]))
    except (jwt.PyJWTError, ValueError, TypeError, AttributeError) as error:
        raise Unauthenticated from error
    return found, claims["exp"]


def new_refresh() -> str:
    return "vgr_" + secrets.token_urlsafe(32)


def new_cookie() -> str:
    return "vgb_" + secrets.token_urlsafe(32)


def new_reset() -> str:
    return "vgp_" + secrets.token_urlsafe(32)


def digest(token: str) -> bytes:
    """What is stored of a token with 256 random bits: nothing that could be used."""
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).digest()
