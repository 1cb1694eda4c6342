"""What was not signed here opens nothing: access tokens forged in every way we know, venue codes changed by chance, shown too late or elsewhere."""
import base64
import hmac
import json
import os
import random
from datetime import timedelta
from hashlib import sha256
from itertools import product
from uuid import uuid4

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa

from models import Direction, db
from services import events
from services.access import callers, sign_in, tokens
from services.refusals import Unauthenticated
from services.scans import codes, presence
from tests.conftest import KEYS, NOON

CODES = int(os.environ.get("CODES", "20000"))
LIFE = timedelta(seconds=45)  # of a venue's code: thirty, and fifteen of grace


@pytest.fixture
def session(li, settings):
    return sign_in.begin(li, settings=settings, now=NOON)


@pytest.fixture
def claims(session):
    return jwt.decode(session.access_token, options={"verify_signature": False})


def who(access):
    return callers.who(tokens.read_access(access, key=KEYS["jwt"], now=NOON), NOON)[0]


def part(value) -> str:
    raw = value if isinstance(value, bytes) else json.dumps(value).encode()
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def by_hand(head: dict, claims: dict, key: bytes = b"", digest=sha256) -> str:
    """Signed with this key, whatever the head says."""
    signed = f"{part(head)}.{part(claims)}"
    return f"{signed}.{part(hmac.digest(key, signed.encode(), digest)) if key else ''}"


HEAD = {"alg": "HS256", "typ": "at+jwt"}
KEY = KEYS["jwt"]
POINTING = {  # where a key is to be had, says the head
    "kid": ["../../../../dev/null", "' UNION SELECT 'x' --", "/proc/self/environ", "none", ""], "jku": ["http://127.0.0.1:9/jwks.json"],
    "x5u": ["http://127.0.0.1:9/cert.pem"], "jwk": [{"kty": "oct", "k": part(b"x" * 32)}], "x5c": [["MIIB"]], "crit": [["exp"]]}
OUTSIDE = [b"", b"\0" * 32, b"x" * 32, b"secret", *(key for name, key in KEYS.items() if name != "jwt"), KEY[:-1], KEY + b"x", KEY.hex().encode()]


def forged(claims, session):
    """(how, token) of each."""
    for name in ("none", "None", "NONE", "nOnE", "", None, 0, [], "HS256 "):
        yield f"alg {name!r}", by_hand({**HEAD, "alg": name}, claims)
    for name in ("none", "HS384", "HS512", "RS256", "ES256", "EdDSA", "PS256"):
        yield f"alg {name} under our key", by_hand({**HEAD, "alg": name}, claims, KEY)
    yield "without alg", by_hand({"typ": "at+jwt"}, claims, KEY)
    for place, key in enumerate(OUTSIDE):
        yield f"another key {place}", by_hand(HEAD, claims, key)
    for name, key in (("RS256", rsa.generate_private_key(65537, 2048)), ("ES256", ec.generate_private_key(ec.SECP256R1())),
                      ("EdDSA", ed25519.Ed25519PrivateKey.generate())):
        yield f"signed by {name}", jwt.encode(claims, key, algorithm=name, headers={"typ": "at+jwt"})
    for name, values in POINTING.items():
        for value in values:
            yield f"{name} {value!r}", by_hand({**HEAD, name: value}, claims, b"x" * 32)
    yield "crit under our key", by_hand({**HEAD, "crit": ["b64"], "b64": False}, claims, KEY)
    for name in (None, "JWT", "at+JWT", "application/at+jwt", "rt+jwt"):
        yield f"typ {name}", by_hand({"alg": "HS256", "typ": name}, claims, KEY)
    for name in ("exp", "iat", "iss", "aud", "sub", "sid"):
        yield f"without {name}", by_hand(HEAD, {key: value for key, value in claims.items() if key != name}, KEY)
    for name, value in (("aud", "other"), ("aud", None), ("iss", "other"), ("iss", ["linli"]), ("sub", "7"), ("sub", 7), ("sub", str(uuid4())),
                        ("sid", str(uuid4())), ("sid", None), ("exp", "9999999999"), ("exp", None), ("exp", True), ("exp", 9e99), ("exp", -1),
                        ("nbf", 32503680000)):
        yield f"{name} {value!r}", by_hand(HEAD, {**claims, name: value}, KEY)
    yield "a refresh token", session.refresh_token
    for text in ("", ".", "..", "a.b.c", "密", "\0", "e30.e30.", "." * 5000, f"{part(HEAD)}.{part([])}.{part(b'x')}"):
        yield f"nonsense {text[:9]!r}", text


def test_no_forgery_is_let_in(claims, session):
    assert who(by_hand(HEAD, claims, KEY)).id, "what is signed by hand as we do is ours: the others fail because of what is changed"
    forgeries = list(forged(claims, session))
    assert len(forgeries) > 60
    let_in = []
    for how, token in forgeries:
        try:
            let_in.append((how, who(token)))
        except Unauthenticated:
            continue
    assert let_in == []


def test_no_bit_of_a_token_can_be_changed(session):
    """Some bits of the last character of a part say nothing: there another spelling of the same bytes is the same token."""
    token = session.access_token
    for place, letter in enumerate(token):
        if letter == ".":
            continue
        for bit in range(6):
            changed = codes.ALPHABET[(codes.ALPHABET.index(letter) ^ 1 << bit)]
            same = _bytes_of(token[:place] + changed + token[place + 1:]) == _bytes_of(token)
            if not same:
                with pytest.raises(Unauthenticated):
                    who(token[:place] + changed + token[place + 1:])


def _bytes_of(token):
    return [base64.urlsafe_b64decode(each + "=" * (-len(each) % 4)) for each in token.split(".")]


def test_a_token_of_another_installation_or_of_an_hour_ago_opens_nothing(session, li, settings):
    elsewhere = tokens.sign_access(li.id, uuid4(), key=b"k" * 32, now=NOON, lasts=timedelta(hours=1))
    for token in (elsewhere, tokens.sign_access(li.id, uuid4(), key=KEY, now=NOON, lasts=timedelta(hours=1))):  # and of no session of ours
        with pytest.raises(Unauthenticated):
            who(token)
    with pytest.raises(tokens.AccessTokenExpired):
        tokens.read_access(session.access_token, key=KEY, now=NOON + timedelta(hours=1))


@pytest.fixture
def venues(town, wang):
    """Two events whose venues show codes at once."""
    made = [events.plan(by=wang, now=NOON, area_id=town.grid_a.id, title="x", category="x", starts_at=NOON, check_in_mode="both",
                        ends_at=NOON + timedelta(hours=2), check_out_required=True, points_per_hour=10, points_max=40,
                        missing_check_out="review") for _ in range(2)]
    db.session.commit()
    return made


def verdict(token, event, settings, now):
    """What the code does at this event's venue: its direction, or the refusal."""
    try:
        found = presence.event_by_token(token, find=lambda code_id: (event if code_id == event.code_id else None, None), settings=settings, now=now)
    except (presence.TokenInvalid, presence.TokenExpired) as refusal:
        return type(refusal)
    return found.direction if found.rotating else "poster"


def test_no_changed_code_is_believed(venues, settings):
    event, _ = venues
    chance = random.Random(7)
    shown = [presence.show_event(event, direction, settings=settings, now=NOON).token for direction in Direction]
    believed = []
    for _ in range(CODES):
        token = list(chance.choice(shown))
        for place in chance.sample(range(len(token)), chance.choice((1, 1, 2, 20))):
            token[place] = chance.choice(codes.ALPHABET)
        token = "".join(token)
        if token in shown:
            continue
        if isinstance(verdict(token, event, settings, NOON), Direction):
            believed.append(token)
    assert believed == []


def test_a_code_counts_from_its_second_until_its_life_is_over_and_at_its_own_venue(venues, settings):
    event, other = venues
    for direction, late in product(Direction, range(-60, 120)):
        code = presence.show_event(event, direction, settings=settings, now=NOON).token  # at noon a window begins
        now = NOON + timedelta(seconds=late)
        expected = presence.TokenInvalid if late < -5 else direction if timedelta(seconds=late) < LIFE else presence.TokenExpired
        assert verdict(code, event, settings, now) == expected, late
        assert verdict(code, other, settings, now) is presence.TokenInvalid
        grafted = code[0] + other.code_id + code[9:]  # the other's name on this one's signature
        assert verdict(grafted, other, settings, now) is presence.TokenInvalid
        turned = ("O" if code[0] == "I" else "I") + code[1:]
        assert verdict(turned, event, settings, now) is presence.TokenInvalid


def test_the_code_of_two_windows_ago_is_over(venues, settings):
    event, _ = venues
    for second in range(0, 300, 7):
        now = NOON + timedelta(seconds=second)
        of_windows = [presence.show_event(event, Direction.IN, settings=settings, now=now - back * timedelta(seconds=30)).token for back in range(4)]
        fresh = [verdict(token, event, settings, now) for token in of_windows]
        assert fresh[0] == Direction.IN and set(fresh[2:]) == {presence.TokenExpired}
