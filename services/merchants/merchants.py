"""Merchants and their shops: take them in, change them, suspend and resume."""
import json
from datetime import datetime
from uuid import UUID

from sqlalchemy import or_, select
from sqlalchemy.orm import joinedload
from uuid_utils.compat import uuid7

from config import Settings
from models import OVERSIGHT, Merchant, Person, Role, RoleGrant, Shop, db
from services import ledger
from services.access import reach
from services.audit import audit
from services.people import identifiers, vault
from services.refusals import N_, Conflict, InvalidTransition, NotFound, ValidationFailed

ADMIN = (Role.AREA_ADMIN,)
STEPS = {("active", "suspend"): "suspended", ("suspended", "resume"): "active"}


class AlreadyRegistered(Conflict):
    message = N_("A merchant with this unified social credit code is here already.")


def in_sight(by: Person, now: datetime, *, area_id: UUID | None = None):
    """The condition on merchants: of an area in reach, or one's own."""
    within = Merchant.area_id.in_(reach.area_ids(by, reach.READERS, now, within=area_id))
    return within if area_id else or_(within, Merchant.id.in_(reach.merchant_ids(by, now)))


def search(by: Person, now: datetime, *, area_id: UUID | None = None, q: str | None = None):
    """A select of the merchants in sight, by name if asked."""
    query = select(Merchant).where(in_sight(by, now, area_id=area_id)).options(joinedload(Merchant.area))
    return query.where(Merchant.name.contains(q, autoescape=True)) if q else query


def shops_of(merchant: Merchant):
    return select(Shop).where(Shop.merchant_id == merchant.id)


def people_of(merchant: Merchant, now: datetime) -> list[tuple[RoleGrant, str]]:
    """The live owners and clerks, each grant with its holder's name; the oldest first."""
    held = select(RoleGrant, Person.display_name).join(Person, Person.id == RoleGrant.person_id).where(
        RoleGrant.merchant_id == merchant.id, RoleGrant.ended_at.is_(None),
        or_(RoleGrant.until.is_(None), RoleGrant.until > now)).order_by(RoleGrant.id)
    return [tuple(row) for row in db.session.execute(held)]


def visible(merchant_id: UUID, *, by: Person, now: datetime) -> Merchant:
    merchant = db.session.scalars(select(Merchant).where(Merchant.id == merchant_id, in_sight(by, now))).one_or_none()
    if merchant is None:
        raise NotFound
    return merchant


def managed(merchant_id: UUID, *, by: Person, now: datetime) -> Merchant:
    """The merchant, locked, for an admin of its area."""
    merchant = db.session.scalars(select(Merchant).where(Merchant.id == merchant_id, in_sight(by, now))
                                  .with_for_update(of=Merchant).execution_options(populate_existing=True)).one_or_none()
    if merchant is None:
        raise NotFound
    reach.require(by, merchant.area, ADMIN, now)
    return merchant


def take_in(name: str, uscc: str, area_id: UUID, *, bank: dict | None = None, by: Person, settings: Settings, now: datetime) -> Merchant:
    """A new merchant with its wallet; the bank account is sealed."""
    area = reach.area_within(by, area_id, ADMIN, now)
    merchant_id = uuid7()
    merchant = Merchant(id=merchant_id, name=name, uscc=_free_uscc(uscc), area_id=area.id, created_at=now,
                        data_key=vault.new_key(settings.keys["fields"], merchant_id))
    if bank:
        _seal_bank(merchant, bank, settings)
    db.session.add(merchant)
    db.session.flush()
    ledger.open_merchant_wallets(merchant.id)
    audit.write("merchant.take_in", "merchant", merchant.id, by=by.id, area_id=area.id, now=now)
    return merchant


def _free_uscc(uscc: str) -> str:
    uscc = identifiers.plain(uscc)
    if not identifiers.is_uscc(uscc):
        raise ValidationFailed({"uscc": [N_("Not a unified social credit code.")]})
    if db.session.scalar(select(Merchant.id).filter_by(uscc=uscc)):
        raise AlreadyRegistered
    return uscc


def _seal_bank(merchant: Merchant, bank: dict, settings: Settings) -> None:
    """A masked number that comes back as it was given out leaves the stored one as it is."""
    if "*" in bank["account_number"]:
        stored = bank_in_clear(merchant, settings)
        if stored is None or _masked(stored["account_number"]) != bank["account_number"]:
            raise ValidationFailed({"bank.account_number": [N_("Please give the whole number.")]})
        bank = {**bank, "account_number": stored["account_number"]}
    merchant.data_key = merchant.data_key or vault.new_key(settings.keys["fields"], merchant.id)
    merchant.bank_sealed = vault.seal(settings.keys["fields"], merchant.data_key, json.dumps(bank),
                                      table="merchants", column="bank", row=merchant.id)


def bank_in_clear(merchant: Merchant, settings: Settings) -> dict | None:
    """For the statement that pays them, never for an answer."""
    return merchant.bank_sealed and json.loads(vault.unseal(
        settings.keys["fields"], merchant.data_key, merchant.bank_sealed, table="merchants", column="bank", row=merchant.id))


def bank_shown(merchant: Merchant, *, by: Person, settings: Settings, now: datetime) -> dict | None:
    """The account with its number masked to the last four; None for who has no business with it."""
    owns = merchant.id in reach.merchant_ids(by, now, (Role.MERCHANT_OWNER,))
    if not (merchant.bank_sealed and (owns or reach.reaches(by, merchant.area, OVERSIGHT, now))):
        return None
    bank = bank_in_clear(merchant, settings)
    return {**bank, "account_number": _masked(bank["account_number"])}


def _masked(number: str) -> str:
    return "****" + number[-4:]


def edit(merchant: Merchant, changes: dict, *, by: Person, settings: Settings, now: datetime) -> Merchant:
    if "area_id" in changes and changes["area_id"] != merchant.area_id:
        merchant.area_id = reach.area_within(by, changes["area_id"], ADMIN, now).id
    if "uscc" in changes and identifiers.plain(changes["uscc"]) != merchant.uscc:
        merchant.uscc = _free_uscc(changes["uscc"])
    if changes.get("bank"):
        _seal_bank(merchant, changes["bank"], settings)
    merchant.name = changes.get("name", merchant.name)
    merchant.version += 1
    db.session.flush()
    audit.write("merchant.edit", "merchant", merchant.id, by=by.id, area_id=merchant.area_id, now=now, fields=sorted(changes))
    return merchant


def open_shop(merchant_id: UUID, *, by: Person, now: datetime, **fields) -> Shop:
    merchant = managed(merchant_id, by=by, now=now)
    shop = Shop(merchant_id=merchant.id, created_at=now, **fields)
    db.session.add(shop)
    db.session.flush()
    audit.write("shop.open", "shop", shop.id, by=by.id, area_id=merchant.area_id, now=now)
    return shop


def step(merchant_id: UUID, verb: str, *, by: Person, now: datetime) -> Merchant:
    """suspend or resume a merchant, all its shops with it."""
    merchant = managed(merchant_id, by=by, now=now)
    _take_step(merchant, verb)
    audit.write(f"merchant.{verb}", "merchant", merchant.id, by=by.id, area_id=merchant.area_id, now=now)
    return merchant


def step_shop(shop_id: UUID, verb: str, *, by: Person, now: datetime) -> Shop:
    shop = db.session.scalars(select(Shop).where(Shop.id == shop_id).with_for_update(of=Shop)
                              .execution_options(populate_existing=True)).one_or_none()
    if shop is None:
        raise NotFound
    merchant = managed(shop.merchant_id, by=by, now=now)
    _take_step(shop, verb)
    audit.write(f"shop.{verb}", "shop", shop.id, by=by.id, area_id=merchant.area_id, now=now)
    return shop


def _take_step(row: Merchant | Shop, verb: str) -> None:
    if (row.status, verb) not in STEPS:
        raise InvalidTransition(status=row.status)
    row.status = STEPS[row.status, verb]
    row.version += 1
    db.session.flush()
