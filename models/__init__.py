"""Rows, and what is true of one row without asking the database. A module for each noun."""
from models.activity_records import ActivityRecord, Evidence, Objection, RecordStatus, RecordStep, Tier
from models.areas import Area, AreaRules, Level, ancestors, local_day, subtree
from models.audit import AuditRow, AuditSeal, OutboxMessage
from models.consents import Consent, Purpose
from models.db import UTCDateTime, db, insert_or, request_id, sqlite_begin
from models.events import CheckIn, CheckInMode, Direction, Event, EventStatus, MissingCheckOut, RefusedScan, ScanKey, SignUp
from models.idempotency import IdempotencyKey
from models.last_checks import LastCheck
from models.ledger import Fund, Lot, LotUse, Posting, TopUp, Unit, Wallet, WalletKind
from models.merchants import Merchant, Shop
from models.messages import Delivery, Message, SubscriptionRight, Topic
from models.offers import Coupon, CouponStatus, Offer, OfferKind, OfferShop, OfferStatus, Redemption
from models.people import OVERSIGHT, SHOP, STAFF, Card, Household, HouseholdRequest, Person, Role, RoleGrant
from models.sessions import RefreshToken, Session, StaffLogin, WeChatLogin
from models.settlements import Settlement, SettlementLine, SettlementStatus
from models.wechat import AccessToken, CheckState, ContentCheck, ContentVerdict, MiniProgramCode, PushReceipt

__all__ = [
    "OVERSIGHT", "SHOP", "STAFF", "AccessToken", "ActivityRecord", "Area", "AreaRules", "AuditRow", "AuditSeal", "Card", "CheckIn",
    "CheckInMode", "CheckState", "Consent", "ContentCheck", "ContentVerdict", "Coupon", "CouponStatus", "Delivery", "Direction",
    "Event", "EventStatus", "Evidence", "Fund", "Household", "HouseholdRequest", "IdempotencyKey", "LastCheck", "Level", "Lot",
    "LotUse", "Merchant", "Message", "MiniProgramCode", "MissingCheckOut", "Objection", "Offer", "OfferKind",
    "OfferShop", "OfferStatus", "OutboxMessage", "Person", "Posting", "Purpose", "PushReceipt", "RecordStatus", "RecordStep",
    "Redemption", "RefreshToken", "RefusedScan", "Role", "RoleGrant", "ScanKey", "Session", "Settlement",
    "SettlementLine", "SettlementStatus", "Shop", "SignUp", "StaffLogin", "SubscriptionRight", "Tier", "TopUp",
    "Topic", "UTCDateTime", "Unit", "Wallet", "WalletKind", "WeChatLogin", "ancestors", "db", "insert_or", "local_day", "request_id", "sqlite_begin",
    "subtree",
]
