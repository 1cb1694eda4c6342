"""Every choice that a form offers is one that is kept, and nothing that can be kept is missing from it."""
import pytest

from admin import words
from admin.civility import words as civility
from admin.credit import words as credit
from models import Role
from models.areas import Level
from models.civility.periods import PeriodStatus
from models.civility.versions import Answers, Measure, Method, Part, VersionStatus
from models.credit.entries import Measured, Source
from models.credit.files import FactKind, SubjectKind
from models.credit.letters import LetterPurpose
from models.credit.measures import ConstraintScene, RepairClass, RewardScene
from models.credit.rulebooks import Layer
from models.events import CheckInMode, EventStatus, MissingCheckOut
from models.offers import CouponStatus, OfferKind, OfferStatus
from models.settlements import SettlementStatus


@pytest.mark.parametrize(("called", "kept"), [
    (credit.PURPOSES, LetterPurpose), (credit.SCENES, RewardScene), (credit.LIMITS, ConstraintScene), (credit.CLASSES, RepairClass),
    (credit.KINDS, SubjectKind), (credit.MEASURED, Measured), (credit.SOURCES, Source), (credit.FACTS, FactKind), (credit.LAYERS, Layer),
    (civility.VERSIONS, VersionStatus), (civility.PERIODS, PeriodStatus), (civility.PARTS, Part), (civility.METHODS, Method),
    (civility.MEASURES, Measure), (civility.ANSWERS, Answers), (words.ROLES, Role), (words.LEVELS, Level), (words.EVENTS, EventStatus),
    (words.CHECK_IN_MODES, CheckInMode), (words.MISSING, MissingCheckOut), (words.OFFERS, OfferStatus), (words.KINDS, OfferKind),
    (words.COUPONS, CouponStatus), (words.SETTLEMENTS, SettlementStatus)], ids=lambda one: getattr(one, "__name__", ""))
def test_what_is_offered_is_what_is_kept(called, kept):
    assert set(called) == set(kept)
