"""What the codes of credit are called, and points as people write them."""
from collections.abc import Iterable
from datetime import date

from flask import g
from flask_babel import get_locale
from flask_babel import gettext as _

from admin import shown
from models import RulebookStatus, RulebookVersion, local_day
from services.credit import hundredths
from services.refusals import N_

KINDS = {"household": N_("Household"), "resident": N_("Resident"), "merchant": N_("Merchant")}
VERSIONS = {"draft": N_("Draft"), "consulted": N_("Being consulted on"), "voted": N_("Voted, to be published"), "coming": N_("Comes into force"),
            "in_force": N_("In force"), "retired": N_("Retired"), "dropped": N_("Dropped")}
VOTERS = {"people": N_("Adults"), "households": N_("Households' representatives")}
LAYERS = {"district": N_("District"), "shared": N_("Shared by several communities"), "own": N_("Own")}
MEASURED = {"times": N_("Times"), "minutes": N_("Minutes")}
CLASSES = {"minor": N_("Minor: up to 3 months"), "ordinary": N_("Ordinary: 3 to 12 months"), "serious": N_("Serious: 12 to 36 months")}
YES = (("yes", N_("Yes")),)
HOW = {"added": N_("Put in"), "removed": N_("Taken out"), "changed": N_("Changed")}
FIELDS = {"name_zh": N_("Name"), "name_en": N_("Name"), "measured": N_("Measured in"), "each_centipoints": N_("Worth"),
          "per_quantity": N_("For every"), "deed_most": N_("One deed at most"), "most": N_("All together at most"), "least": N_("At least"),
          "term_months": N_("Counts for, months"), "doubles": N_("Doubles"), "grade": N_("Sets the grade"), "repair_class": N_("How grave"),
          "evidence_zh": N_("What shows it"), "evidence_en": N_("What shows it"), "basis": N_("Basis"),
          "asked_zh": N_("What neighbours are asked"), "asked_en": N_("What neighbours are asked"),
          "opens_zh": N_("Opens"), "opens_en": N_("Opens"),
          "from_centipoints": N_("From, points"), "rank": N_("Rank")}
IN_POINTS = ("each_centipoints", "deed_most", "most", "least", "from_centipoints")
SOURCES = {"chain": N_("An approved activity"), "department": N_("A department's table"), "grid_worker": N_("A grid worker"),
           "review": N_("Neighbours' review"), "inspection": N_("An inspection")}
ROUNDS = {"open": N_("Being reviewed"), "closed": N_("Closed"), "called_off": N_("Called off")}
STATES = {"counts": N_("Counts"), "same_deed": N_("The same deed"), "lapsed": N_("Lapsed")}
FACTS = {"registration": N_("Registration"), "contracted_land": N_("Contracted land"), "planting": N_("Planting"), "livestock": N_("Livestock"),
         "lease_in": N_("Land leased from others"), "lease_out": N_("Land leased to others"), "loan": N_("Loan"), "licence": N_("Licence")}
UNITS = {"none": N_("no amount"), "mu_hundredths": N_("mu, in hundredths"), "head": N_("head"), "fen": N_("fen"), "kg": N_("kg"),
         "persons": N_("persons")}
LOOKS = {"credit_file.look": N_("Looked at the file"), "credit_file.look_at_score": N_("Looked at the score"),
         "credit_file.look_at_entries": N_("Looked at the entries"), "credit_file.export": N_("Took it out"),
         "credit_file.letter": N_("Was sent a letter by its subject")}
OBJECTIONS = {"open": N_("To be decided"), "upheld": N_("Upheld"), "dismissed": N_("Dismissed")}
REPAIRS = {"open": N_("To be decided"), "granted": N_("Granted"), "refused": N_("Refused"), "withdrawn": N_("Withdrawn")}
DIVISIONS = {"age": N_("Age"), "sex": N_("Sex"), "hukou": N_("Registered residence"), "disability": N_("Disability")}
GROUPS = {"under 18": N_("under 18"), "18-34": N_("18 to 34"), "35-59": N_("35 to 59"), "60 and over": N_("60 and over"), "female": N_("female"),
          "male": N_("male"), "other": N_("other"), "here_rural": N_("here, rural"), "here_urban": N_("here, urban"), "elsewhere": N_("elsewhere"),
          "abroad": N_("abroad"), "yes": N_("yes"), "no": N_("no")}
SCENES = {"points_multiplier": N_("More points for activities"), "event_priority": N_("Places at events first"),
          "support_list": N_("Support lists"), "rent_deposit": N_("Rent without deposit"), "medical_deposit": N_("Care without deposit"),
          "library_deposit": N_("Books without deposit"), "care_service": N_("Care services"), "farm_produce_zone": N_("Farm-produce zone"),
          "market_stall": N_("Market stalls"), "procurement": N_("Community procurement"), "farm_loan": N_("Farm loans")}
LIMITS = {"support_list": N_("Support lists"), "procurement": N_("Community procurement"), "market_stall": N_("Market stalls"),
          "honours": N_("Honours"), "subsidy": N_("Subsidies"), "more_inspections": N_("More inspections"), "fast_lane": N_("Fast lanes of offices")}
PURPOSES = {name: (SCENES | LIMITS)[name] for name in ("rent_deposit", "medical_deposit", "library_deposit", "farm_loan", "subsidy")}
SUPPORTS = {"industry": N_("Industry"), "interest_subsidy": N_("Interest subsidy"), "allowance": N_("Allowance"), "procurement": N_("Procurement")}
APPLICATIONS = {"open": N_("To be decided"), "granted": N_("Granted"), "declined": N_("Declined"), "withdrawn": N_("Withdrawn")}
RESULTS = {"clean": N_("Nothing wrong"), "minor_fault": N_("A minor fault"), "serious_fault": N_("A serious fault")}
WHY = {"repaired": N_("A fault was repaired"), "objection_upheld": N_("An objection was upheld"), "lapsed": N_("Something lapsed"),
       "left": N_("They left the scheme"), "withdrawn": N_("They withdrew the letter"), "voided": N_("An entry was taken out")}


def is_english() -> bool:
    return str(get_locale()) == "en"


def said(row, name: str) -> str:
    """What stands in the row in the reader's language: `said(item, "name")`."""
    return getattr(row, f"{name}_en" if is_english() else f"{name}_zh")


def is_shown(field: str) -> bool:
    """Whether a field of a rule is in the reader's language, or in none."""
    return not field.endswith("_zh" if is_english() else "_en")


def points(centipoints: int | None) -> shown.Cell:
    return shown.Cell("—" if centipoints is None else hundredths.shown(centipoints), kind="number")


def change(centipoints: int) -> shown.Cell:
    return shown.Cell(hundredths.signed(centipoints), kind="number")


def state(version: RulebookVersion) -> str:
    """A code of VERSIONS: what a published one is on this day."""
    if version.status != RulebookStatus.PUBLISHED:
        return version.status
    today = local_day(g.now, version.rulebook.area)
    if version.in_force_from > today:
        return "coming"
    return "retired" if version.retired_on is not None and version.retired_on <= today else "in_force"


def due(on: date, status: str, today: date) -> shown.Cell:
    """The day until which something has to be decided, marked once it is past."""
    if status == "open" and on < today:
        return shown.Cell(_("Overdue since %(day)s", day=on.isoformat()), kind="badge", tone="bad")
    return shown.day(on)


def grades(there: Iterable) -> list[tuple[str, str]]:
    """What a form offers of these."""
    return [(grade.code, f"{grade.code} · {said(grade, 'name')}") for grade in there]


def from_grade(code: str, there: Iterable) -> shown.Cell:
    """From which grade on something is open, by the grades that there are; a sentence where none of them is it."""
    named = dict(grades(there)).get(code)
    return shown.text(named or _("%(code)s: no grade in force, so it is open to nobody", code=code or "—"))


def signed(at, name: str | None) -> shown.Cell:
    """When it was done, and by whom."""
    return shown.text(f"{shown.moment(at).text} · {name or '—'}")


def quantity(fact) -> str:
    """A fact's amount with its unit, as people say it."""
    if fact.unit == "none":
        return "—"
    if fact.unit == "mu_hundredths":
        return _("%(amount)s mu", amount=hundredths.shown(fact.quantity))
    if fact.unit == "fen":
        return _("%(amount)s yuan", amount=shown.yuan(fact.quantity).text)
    return f"{fact.quantity:,} {_(UNITS[fact.unit])}"
