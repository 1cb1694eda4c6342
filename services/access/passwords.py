"""Staff passwords (argon2id) and one-time codes (RFC 6238)."""
from datetime import datetime

import pyotp
from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from services.refusals import N_, ValidationFailed

HASHER = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)  # OWASP's argon2id figures
NOBODYS = HASHER.hash("a name that is not there takes as long as one that is")
MIN_LENGTH, MAX_LENGTH, MIN_DIFFERENT = 12, 256, 5
USERNAME = r"[a-z0-9][a-z0-9._-]{2,63}\Z"


def hash_password(password: str) -> str:
    return HASHER.hash(password)


def hash_chosen(password: str) -> str:
    """The same of what somebody chose: ValidationFailed for less than 12 characters, more than 256, or few different ones."""
    if not MIN_LENGTH <= len(password) <= MAX_LENGTH:
        raise ValidationFailed({"password": [N_("A password is 12 to 256 characters long.")]})
    if len(set(password)) < MIN_DIFFERENT:
        raise ValidationFailed({"password": [N_("A password has at least 5 different characters.")]})
    return hash_password(password)


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
