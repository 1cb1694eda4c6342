"""What ids are called, for lists: one statement a kind, however many rows there are."""
from collections.abc import Iterable
from uuid import UUID

from sqlalchemy import select

from models import Area, Merchant, Person, db


def people(ids: Iterable[UUID | None]) -> dict[UUID, str]:
    return _called(Person.id, Person.display_name, ids)


def areas(ids: Iterable[UUID | None]) -> dict[UUID, str]:
    return _called(Area.id, Area.name, ids)


def merchants(ids: Iterable[UUID | None]) -> dict[UUID, str]:
    return _called(Merchant.id, Merchant.name, ids)


def _called(key, name, ids) -> dict[UUID, str]:
    wanted = set(ids) - {None}
    return dict(db.session.execute(select(key, name).where(key.in_(wanted))).all()) if wanted else {}
