"""Whose code is this? Every kind of code that a person or a venue shows is read here."""
import hmac
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select

from config import Settings
from models import Card, Direction, Event, Person, db
from services.refusals import N_, Gone, Invalid
from services.scans import codes

KINDS = {Direction.IN: codes.EVENT_IN, Direction.OUT: codes.EVENT_OUT}
LONG_PAST_WINDOWS = 10  # so many windows back, digits are known to be old ones and not wrong ones
DIRECTIONS = {codes.EVENT_IN: Direction.IN, codes.EVENT_OUT: Direction.OUT,
              codes.POSTER_IN: Direction.IN, codes.POSTER_OUT: Direction.OUT}
POSTERS = (codes.POSTER_IN, codes.POSTER_OUT)


class TokenInvalid(Invalid):
    message = N_("This code is not one of ours.")


class TokenExpired(Gone):
    message = N_("This code has expired. Please scan the one shown now.")


@dataclass(frozen=True)
class Shown:
    """A code's present value, when it ends and how soon to ask for the next."""

    token: str
    url: str
    expires_at: datetime
    refresh_after_s: int


@dataclass(frozen=True)
class ShownAtVenue(Shown):
    """With the digits to type in its place."""

    short_code: str


@dataclass(frozen=True)
class VenueCode:
    event: Event
    direction: Direction
    rotating: bool
    stands: object = None  # what was found beside the event


def show_event(event: Event, direction: Direction, *, settings: Settings, now: datetime) -> ShownAtVenue:
    """The venue's code: the same for everybody until it changes, each `event_code_seconds`."""
    made_at = codes.window_start(now, settings.event_code_seconds)
    shown = _shown(KINDS[direction], event.code_id, event.code_secret, made_at, settings.event_code_seconds, settings, now)
    return ShownAtVenue(**vars(shown), short_code=_short(event, direction, made_at, settings))


def _short(event: Event, direction: Direction, made_at: datetime, settings: Settings) -> str:
    return codes.show_short(KINDS[direction], event.code_id, event.code_secret, key=settings.keys["codes"], made_at=made_at)


def show_person(person: Person, *, settings: Settings, now: datetime) -> Shown:
    made_at = now.replace(microsecond=0)
    return _shown(codes.RESIDENT, person.code_id, person.code_secret, made_at, settings.event_code_seconds, settings, now)


def _shown(kind, code_id, secret, made_at, seconds, settings, now) -> Shown:
    token = codes.show(kind, code_id, secret, key=settings.keys["codes"], made_at=made_at)
    ends = made_at + timedelta(seconds=seconds)
    return Shown(token, f"{settings.public_url}/c/{token}", ends, max(1, round((ends - now).total_seconds())))


def held_open(query):
    """`query` of an event that nobody closes or calls off before the commit; others check in beside (docs/locking.md)."""
    return query.with_for_update(read=True, key_share=True, of=Event.__table__).execution_options(populate_existing=True)


def event_by_token(token: str, *, find: Callable[[str], tuple], settings: Settings, now: datetime) -> VenueCode:
    """The event whose venue shows this code. `find` gives the one of a code's id, held open, or None, and what stands beside it.

    TokenInvalid, TokenExpired.
    """
    code = codes.parse(token)
    if code is None or code.kind not in DIRECTIONS:
        raise TokenInvalid
    event, stands = find(code.code_id)
    if event is None:
        raise TokenInvalid
    rotating = code.kind not in POSTERS
    if rotating:
        _check(token, code, event.code_secret, settings, now)
    return VenueCode(event, DIRECTIONS[code.kind], rotating, stands)


def event_by_short_code(event: Event, short_code: str, *, settings: Settings, now: datetime) -> VenueCode:
    """The direction whose digits the venue of this event shows, or showed within the same grace. TokenInvalid, TokenExpired."""
    seconds = settings.event_code_seconds
    newest = codes.window_start(now, seconds)
    for back in range(LONG_PAST_WINDOWS):
        made_at = newest - timedelta(seconds=back * seconds)
        for direction in KINDS:
            if hmac.compare_digest(_short(event, direction, made_at, settings), short_code):
                if now >= made_at + _lasts(settings):
                    raise TokenExpired
                return VenueCode(event, direction, rotating=True)
    raise TokenInvalid


def resident_by_token(token: str, *, settings: Settings, now: datetime) -> Person:
    """The person who shows this rotating code, or whose printed card it is. TokenInvalid, TokenExpired."""
    code = codes.parse(token)
    if code is None or code.kind not in (codes.RESIDENT, codes.CARD):
        raise TokenInvalid
    if code.kind == codes.CARD:
        return _by_card(token, code, settings)
    person = db.session.scalars(select(Person).filter_by(code_id=code.code_id)).one_or_none()
    if person is None or person.joined_into_id:
        raise TokenInvalid
    _check(token, code, person.code_secret, settings, now)
    return person


def is_rotating(token: str) -> bool:
    """Whether a person's code changes: a card's stays as it was printed."""
    return not token.startswith(codes.CARD)


def _by_card(token, code, settings) -> Person:
    found = db.session.execute(select(Card, Person).join(Person, Person.id == Card.person_id)
                               .where(Card.code_id == code.code_id)).one_or_none()
    if found is None or found.Card.revoked_at or not codes.is_ours(token, found.Card.secret, key=settings.keys["codes"]):
        raise TokenInvalid
    return found.Person


def _check(token, code, secret, settings, now) -> None:
    if not codes.is_ours(token, secret, key=settings.keys["codes"]) or codes.is_from_the_future(code, now):
        raise TokenInvalid
    if not codes.is_fresh(code, now, lasts=_lasts(settings)):
        raise TokenExpired


def _lasts(settings: Settings) -> timedelta:
    return timedelta(seconds=settings.event_code_seconds + settings.event_code_grace_seconds)
