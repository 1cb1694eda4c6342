"""What waits for somebody's decision, counted: what an admin looks at first."""
from datetime import datetime

from sqlalchemy import func, select

from models import (
    OVERSIGHT,
    ActivityRecord,
    CivilityPeriod,
    CivilityRemark,
    EntryObjection,
    Household,
    HouseholdRequest,
    Merchant,
    Objection,
    Offer,
    OfferStatus,
    Person,
    RecordStatus,
    Repair,
    Settlement,
    SettlementStatus,
    db,
)
from services.access import reach
from services.messages import unsent


def waiting(by: Person, now: datetime) -> dict[str, int]:
    """How many of each wait in the areas that `by` administers or audits."""
    areas = reach.area_ids(by, OVERSIGHT, now)
    records = _by_status(ActivityRecord, ActivityRecord.area_id.in_(areas),
                         ActivityRecord.status.in_((RecordStatus.PENDING, RecordStatus.APPROVED)))
    settlements = _by_status(Settlement, Settlement.merchant_id.in_(select(Merchant.id).where(Merchant.area_id.in_(areas))),
                             Settlement.status != SettlementStatus.PAID)
    objected = select(func.count()).select_from(Objection).join(ActivityRecord, ActivityRecord.id == Objection.record_id).where(
        Objection.status == "open", ActivityRecord.area_id.in_(areas))
    asked = select(func.count()).select_from(HouseholdRequest).join(Household, Household.id == HouseholdRequest.household_id).where(
        HouseholdRequest.status == "pending", Household.area_id.in_(areas))
    offers = select(func.count()).select_from(Offer).where(
        Offer.area_id.in_(areas), Offer.status == OfferStatus.DRAFT, Offer.approved_at.is_(None))
    remarks = select(func.count()).select_from(CivilityRemark).join(CivilityPeriod, CivilityPeriod.id == CivilityRemark.period_id).where(
        CivilityRemark.status == "open", CivilityPeriod.area_id.in_(areas))
    disputed, repairs = (select(func.count()).select_from(row).where(row.status == "open", row.area_id.in_(areas))
                         for row in (EntryObjection, Repair))
    return {"credit_objections": db.session.scalar(disputed), "repairs": db.session.scalar(repairs),
            "records": records.get("pending", 0), "in_notice": records.get("approved", 0), "objections": db.session.scalar(objected),
            "remarks": db.session.scalar(remarks), "household_requests": db.session.scalar(asked),
            "offers": db.session.scalar(offers), "unsent": unsent.count(by, now),
            **{f"settlements_{status}": settlements.get(status, 0) for status in ("disputed", "draft", "confirmed", "approved")}}


def _by_status(row, *conditions) -> dict[str, int]:
    return dict(db.session.execute(select(row.status, func.count()).where(*conditions).group_by(row.status)).all())
