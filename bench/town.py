"""A town to measure on: residents with access tokens, and events that each of them can be scanned into once."""
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from config import Settings
from models import Area, Direction, Level, Role, db
from services import events, ledger
from services.access import sign_in
from services.people import people
from services.scans import presence


@dataclass(frozen=True)
class Town:
    residents: list[str]  # the Authorization header of each
    codes: list[str]      # the venue's code of each event
    grid_worker: str


def make(settings: Settings, *, residents: int, plans: int) -> Town:
    """In an empty, migrated database. The codes are good as long as the settings' `event_code_seconds` say."""
    now = datetime.now(UTC)
    ledger.open_town_wallets()
    city = Area(code="500000000000", level=Level.CITY, name="重庆市", path="/500000000000/")
    db.session.add(city)
    db.session.flush()
    grid = Area(code="500000000000001", level=Level.GRID, name="一网格", parent_id=city.id, path="/500000000000/500000000000001/")
    db.session.add(grid)
    db.session.flush()
    wang = people.make("王网格", grid, keys=settings.keys, now=now)
    people.grant(wang, Role.GRID_WORKER, now=now - timedelta(days=1), area=grid)
    wang = sign_in.load(wang.id, now)
    codes = [_code(grid, wang, settings, now) for _ in range(plans)]
    tokens = [_token(people.make(f"居民{n}", grid, keys=settings.keys, now=now), settings, now) for n in range(residents)]
    town = Town(tokens, codes, _token(wang, settings, now))
    db.session.commit()
    return town


def _code(grid, wang, settings, now) -> str:
    event = events.plan(by=wang, now=now, area_id=grid.id, title="清扫", category="environment", starts_at=now,
                        ends_at=now + timedelta(hours=2), capacity=None, check_in_mode="venue_code", check_out_required=True,
                        points_per_hour=10, points_max=40, missing_check_out="review")
    events.step(event, "publish", by=wang, now=now)
    return presence.show_event(event, Direction.IN, settings=settings, now=now).token


def _token(person, settings, now) -> str:
    return "Bearer " + sign_in.begin(person, settings=settings, now=now).access_token
