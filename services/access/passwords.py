"""Staff passwords (argon2id) and one-time codes (RFC 6238)."""
from datetime import datetime

import pyotp
from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

HASHER = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)  # OWASP's argon2id figures
NOBODYS = HASHER.hash("a name that is not there takes as long as one that is")
MIN_LENGTH = 12


def hash_password(password: str) -> str:
    return HASHER.hash(password)


def matches(password_hash: str | None, password: str) -> bool:
    try:
        return HASHER.verify(password_hash or NOBODYS, password) and password_hash is not None
    except (VerificationError, InvalidHashError):
        return False


def otp_step(secret: str, code: str, now: datetime, *, after: int | None) -> int | None:
    """The time step that the code belongs to (one each side is accepted), or None; a step is used once."""
    totp = pyotp.TOTP(secret)
    present = int(now.timestamp()) // totp.interval
    for step in (present, present - 1, present + 1):
        if pyotp.utils.strings_equal(totp.generate_otp(step), code) and (after is None or step > after):
            return step
    return None
