"""What all pages have: the way around, the present words, where the pictures' script lies."""
from flask import g, request, url_for
from flask_babel import get_locale
from flask_babel import gettext as _

from admin import charts, door, words
from models import OVERSIGHT, Role
from services.access import reach
from services.refusals import N_

WAYS = (  # heading, and (label, endpoint, who, what other endpoints belong to it)
    ("", ((N_("Overview"), "overview", OVERSIGHT, ()), (N_("Figures"), "figures", OVERSIGHT, ()))),
    (N_("Residents"), ((N_("People"), "people", OVERSIGHT, ("person", "coupon")), (N_("Households"), "households", OVERSIGHT, ()),
                       (N_("Events"), "events", OVERSIGHT, ("event",)), (N_("Records"), "records", OVERSIGHT, ("record",)),
                       (N_("Objections"), "objections", OVERSIGHT, ("objection",)))),
    (N_("Points and shops"), ((N_("Funds"), "funds", OVERSIGHT, ("fund",)), (N_("Offers"), "offers", OVERSIGHT, ("offer", "new_offer")),
                              (N_("Merchants"), "merchants", OVERSIGHT, ("merchant",)),
                              (N_("Settlements"), "settlements", OVERSIGHT, ("settlement",)),
                              (N_("Reconciliation"), "reconciliation", OVERSIGHT, ()))),
    (N_("Oversight"), ((N_("Areas and rules"), "areas", OVERSIGHT, ("area",)), (N_("Not sent"), "unsent", OVERSIGHT, ("unsent_message",)),
                       (N_("Audit log"), "audit_log", (Role.AUDITOR,), ("seals",)))),
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
    here = (request.endpoint or "").removeprefix("admin.")
    shown = []
    for heading, ways in WAYS:
        mine = [{"label": _(label), "href": url_for(f"admin.{endpoint}"), "is_here": here == endpoint or here in others}
                for label, endpoint, who, others in ways if reach.holds(g.person, who, g.now)]
        if mine:
            shown.append((_(heading) if heading else "", mine))
    return shown
