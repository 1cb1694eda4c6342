"""What all pages have: the way around, the present words, where the pictures' script lies."""
from flask import g, request, url_for
from flask_babel import get_locale
from flask_babel import gettext as _

from admin import charts, door, words
from models import OVERSIGHT, Role
from services.access import reach
from services.refusals import N_

WAYS = (  # heading, and (label, endpoint, who, what other addresses belong to it)
    ("", ((N_("Overview"), "overview", OVERSIGHT, ()), (N_("Figures"), "figures", OVERSIGHT, ()))),
    (N_("Residents"), ((N_("People"), "people", OVERSIGHT, ("coupons",)), (N_("Households"), "households", OVERSIGHT, ("household-requests",)),
                       (N_("Events"), "events", OVERSIGHT, ()), (N_("Records"), "records", OVERSIGHT, ()),
                       (N_("Objections"), "objections", OVERSIGHT, ()))),
    (N_("Credit"), ((N_("Rulebooks"), "rulebooks_list", OVERSIGHT, ("credit/versions", "credit/items", "credit/trials")),
                    (N_("Credit files"), "credit_files", OVERSIGHT, ("credit/entries",)),
                    (N_("A department's table"), "import_table", (Role.AREA_ADMIN,), ()),
                    (N_("Objections to entries"), "credit_objections", OVERSIGHT, ()), (N_("Repairs"), "credit_repairs", OVERSIGHT, ()),
                    (N_("Neighbours' reviews"), "review_rounds", OVERSIGHT, ()),
                    (N_("Constraints"), "credit_constraints", OVERSIGHT, ("credit/constraint-lists",)),
                    (N_("Inspection plans"), "inspection_plans", OVERSIGHT, ()), (N_("Support lists"), "support_lists", OVERSIGHT, ()),
                    (N_("Receivers of letters"), "letter_receivers", OVERSIGHT, ("credit/recalls",)),
                    (N_("Working days"), "working_days", OVERSIGHT, ()),
                    (N_("Plans of community correction"), "correction_plans", (Role.AREA_ADMIN,), ()))),
    (N_("Culture of trust"), ((N_("Public honours"), "honours", OVERSIGHT, ()), (N_("Pages to learn from"), "knowledge_pages", OVERSIGHT, ()),
                              (N_("Culture calendar"), "culture_days", OVERSIGHT, ()))),
    (N_("Points and shops"), ((N_("Funds"), "funds", OVERSIGHT, ()), (N_("Offers"), "offers", OVERSIGHT, ()),
                              (N_("Merchants"), "merchants", OVERSIGHT, ()), (N_("Settlements"), "settlements", OVERSIGHT, ()),
                              (N_("Reconciliation"), "reconciliation", OVERSIGHT, ()))),
    (N_("Civility index"), ((N_("Periods"), "civility_periods", OVERSIGHT, (
                                "civility/rounds", "civility/questionnaires", "civility/department-figures")),
                            (N_("Versions"), "civility_versions", OVERSIGHT, ("civility/nodes",)),
                            (N_("Places to survey"), "civility_places", OVERSIGHT, ()), (N_("Remarks"), "civility_remarks", OVERSIGHT, ()))),
    (N_("Oversight"), ((N_("Areas and rules"), "areas", OVERSIGHT, ()), (N_("Not sent"), "unsent", OVERSIGHT, ()),
                       (N_("Audit log"), "audit_log", (Role.AUDITOR,), ()))),
)


def register(app) -> None:
    app.context_processor(_on_every_page)
    app.jinja_env.globals.update(form_token=door.form_token, new_act=door.new_act)


def _on_every_page() -> dict:
    if not door.is_here():
        return {}
    said = words.DONE.get(request.args.get("done"))
    return {"ways": _ways() if g.get("person") else [], "language": "en" if str(get_locale()) == "en" else "zh-CN",
            "done": _(said) if said else "",
            "refused": g.get("refused"), "charts_script": charts.script(), "here": request.full_path.rstrip("?")}


def _ways() -> list:
    shown = []
    for heading, ways in WAYS:
        mine = [{"label": _(label), "href": url_for(f"admin.{endpoint}"), "is_here": _is_here(endpoint, others)}
                for label, endpoint, who, others in ways if reach.holds(g.person, who, g.now)]
        if mine:
            shown.append((_(heading) if heading else "", mine))
    return shown


def _is_here(endpoint: str, others: tuple) -> bool:
    """On the list or on anything below it: an act, too, whose refusal stands under its own address. Below the overview lies everything."""
    root = url_for("admin.overview")
    if endpoint == "overview":
        return request.path == root
    return any(f"{request.path}/".startswith(f"{at}/") for at in (url_for(f"admin.{endpoint}"), *(f"{root}/{other}" for other in others)))
