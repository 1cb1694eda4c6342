"""What the index's codes are called, and how its hundredths are written."""
from fractions import Fraction

from admin.shown import Cell, moment
from services.civility.marks import rounded
from services.refusals import N_

VERSIONS = {"draft": N_("Draft"), "published": N_("In use"), "retired": N_("Retired")}
PERIODS = {"open": N_("Being measured"), "closed": N_("Closed, to be published"), "published": N_("Published")}
PARTS = {"personal": N_("Personal"), "household": N_("Household"), "community": N_("Community"), "workplace": N_("Workplace")}
METHODS = {"chain": N_("Counted from the platform"), "field_survey": N_("Field survey"), "questionnaire": N_("Questionnaire"),
           "department": N_("Department's figure")}
MEASURES = {"volunteer_hours": N_("Volunteer hours for each resident"), "residents_took_part": N_("Residents who took part"),
            "households_took_part": N_("Households that took part"), "events_held": N_("Events for each 1,000 residents"),
            "records_scanned": N_("Deeds that a scan proves"), "objections_in_time": N_("Objections answered within ten days"),
            "shops_took_part": N_("Shops where coupons were used")}
ANSWERS = {"scale": N_("From 1 to 5"), "yes_no": N_("Yes or no"), "check": N_("Met or not met")}
STATES = {"measured": N_("Measured"), "suppressed": N_("Fewer than ten people: hidden"), "missing": N_("Not measured")}
FIGURES = {"entered": N_("To be confirmed"), "confirmed": N_("Confirmed"), "withdrawn": N_("Withdrawn")}
REMARKS = {"open": N_("To be answered"), "answered": N_("Answered")}
BANDS = ((9000, "t4"), (7500, "t3"), (6000, "t2"), (4000, "t1"), (-1, "t0"))


def hundredths(value: int | None) -> str:
    """12345 is 123.45."""
    if value is None:
        return "—"
    return f"{'-' if value < 0 else ''}{abs(value) // 100:,}.{abs(value) % 100:02d}"


def tenths(value: int | None) -> str:
    """A mark, as it is read: 7896 is 79.0."""
    if value is None:
        return "—"
    rounded_ = rounded(Fraction(value, 10))
    return f"{rounded_ // 10}.{rounded_ % 10}"


def signed(at, by: str | None) -> Cell:
    """When, and by whom; a dash where it has not happened."""
    return Cell(f"{moment(at).text} · {by or '—'}" if at else "—")


def number(value: int | None) -> Cell:
    return Cell(hundredths(value), kind="number")


def mark(value: int | None) -> Cell:
    return Cell(tenths(value), kind="number")


def between(low: int | None, high: int | None) -> Cell:
    """A dash where there is none: nothing was measured, or everybody was counted."""
    return Cell("—" if low is None or low == high else f"{tenths(low)} – {tenths(high)}", kind="number")


def band(value: int | None) -> str:
    """The shade of a tile."""
    return "none" if value is None else next(name for least, name in BANDS if value >= least)
