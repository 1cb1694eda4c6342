"""Rows, and what is true of one row without asking the database. A module for each noun."""
from models.activity_records import ActivityRecord, Evidence, Objection, RecordStatus, RecordStep, Tier
from models.areas import Area, AreaRules, Level, ancestors, local_day, subtree
from models.audit import AuditRow, AuditSeal, OutboxMessage
from models.civility.periods import CivilityFigure, CivilityPeriod, DepartmentFigure, FigureState, PeriodStatus
from models.civility.surveys import (
    CivilityBox,
    CivilityInvitation,
    CivilityOptOut,
    CivilityPicture,
    CivilityPlace,
    CivilityQuestionnaire,
    CivilityRemark,
    CivilityRound,
    CivilitySheet,
    CivilityVisit,
)
from models.civility.versions import WHOLE, Answers, CivilityNode, CivilityVersion, Measure, Method, Part, VersionStatus, code_order
from models.consents import Consent, Purpose
from models.credit.culture import CultureDay, Honour, KnowledgePage, QuizQuestion
from models.credit.entries import CreditEntry, CreditMark, EntryObjection, Measured, Source
from models.credit.files import CreditFile, Enrolment, FactKind, FileFact, HouseholdMember, SubjectKind
from models.credit.letters import Letter, LetterLook, LetterPurpose, LetterReceiver, Recall
from models.credit.measures import (
    Constraint,
    ConstraintList,
    ConstraintScene,
    Inspection,
    InspectionPlan,
    RepairClass,
    Reward,
    RewardScene,
    SupportApplication,
    SupportList,
)
from models.credit.repairs import CalendarDay, CorrectionPlan, PlanRunner, PlanStep, Repair
from models.credit.reviews import Answer, Outcome, ReviewedHousehold, ReviewResult, ReviewRound, ReviewSeat, ReviewSlip
from models.credit.rulebooks import (
    Grade,
    Indicator,
    Layer,
    Rulebook,
    RulebookStatus,
    RulebookVersion,
    Standing,
    Traits,
    TrialRun,
    TrialTask,
    VersionComment,
)
from models.db import UTCDateTime, db, insert_or, request_id
from models.drivers.lent import sqlite_begin
from models.events import CheckIn, CheckInMode, Direction, Event, EventStatus, Line, MissingCheckOut, RefusedScan, ScanKey, SignUp
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
    "OVERSIGHT", "SHOP", "STAFF", "WHOLE", "AccessToken", "ActivityRecord", "Answer", "Answers", "Area", "AreaRules", "AuditRow",
    "AuditSeal", "CalendarDay", "Card", "CheckIn", "CheckInMode", "CheckState", "CivilityBox", "CivilityFigure", "CivilityInvitation",
    "CivilityNode", "CivilityOptOut", "CivilityPeriod", "CivilityPicture", "CivilityPlace", "CivilityQuestionnaire", "CivilityRemark",
    "CivilityRound", "CivilitySheet", "CivilityVersion", "CivilityVisit", "Consent", "Constraint", "ConstraintList", "ConstraintScene",
    "ContentCheck", "ContentVerdict", "CorrectionPlan", "Coupon", "CouponStatus", "CreditEntry", "CreditFile", "CreditMark", "CultureDay",
    "Delivery", "DepartmentFigure", "Direction", "Enrolment", "EntryObjection", "Event", "EventStatus", "Evidence", "FactKind",
    "FigureState", "FileFact", "Fund", "Grade", "Honour", "Household", "HouseholdMember", "HouseholdRequest", "IdempotencyKey", "Indicator",
    "Inspection", "InspectionPlan", "KnowledgePage", "LastCheck", "Layer", "Letter", "LetterLook", "LetterPurpose", "LetterReceiver",
    "Level", "Line", "Lot", "LotUse", "Measure", "Measured", "Merchant", "Message", "Method", "MiniProgramCode", "MissingCheckOut",
    "Objection", "Offer", "OfferKind", "OfferShop", "OfferStatus", "OutboxMessage", "Outcome", "Part", "PeriodStatus", "Person",
    "PlanRunner", "PlanStep", "Posting", "Purpose", "PushReceipt", "QuizQuestion", "Recall", "RecordStatus", "RecordStep", "Redemption",
    "RefreshToken", "RefusedScan", "Repair", "RepairClass", "ReviewResult", "ReviewRound", "ReviewSeat", "ReviewSlip", "ReviewedHousehold",
    "Reward", "RewardScene", "Role", "RoleGrant", "Rulebook", "RulebookStatus", "RulebookVersion", "ScanKey", "Session", "Settlement",
    "SettlementLine", "SettlementStatus", "Shop", "SignUp", "Source", "StaffLogin", "Standing", "SubjectKind", "SubscriptionRight",
    "SupportApplication", "SupportList", "Tier", "TopUp", "Topic", "Traits", "TrialRun", "TrialTask", "UTCDateTime", "Unit", "VersionComment",
    "VersionStatus", "Wallet", "WalletKind", "WeChatLogin", "ancestors", "code_order", "db", "insert_or", "local_day", "request_id",
    "sqlite_begin", "subtree",
]
