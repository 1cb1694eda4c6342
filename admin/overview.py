"""What waits, what the funds hold, and the first pictures: an admin's morning."""
from flask import g, render_template, request, url_for
from flask_babel import gettext as _

from admin import figures, lists, shown
from admin.door import bp
from api.edge.auth import only
from models import OVERSIGHT, Fund
from services.areas import grids, queues
from services.points import funds, points
from services.refusals import N_, NotFound

QUEUES = (  # name in services/areas/queues.py, label, where it is worked off
    ("records", N_("records to approve"), "records", {"status": "pending"}),
    ("in_notice", N_("records in public notice"), "records", {"status": "approved"}),
    ("objections", N_("objections to decide"), "objections", {"status": "open"}),
    ("credit_objections", N_("objections to credit entries"), "credit_objections", {"status": "open"}),
    ("repairs", N_("repairs to decide"), "credit_repairs", {"status": "open"}),
    ("remarks", N_("remarks on the civility index"), "civility_remarks", {"status": "open"}),
    ("household_requests", N_("household requests"), "households", {}),
    ("offers", N_("offers to approve"), "offers", {"status": "draft"}),
    ("unsent", N_("messages not sent"), "unsent", {}),
    ("settlements_draft", N_("settlements at the shops"), "settlements", {"status": "draft"}),
    ("settlements_disputed", N_("disputed settlements"), "settlements", {"status": "disputed"}),
    ("settlements_confirmed", N_("settlements to approve"), "settlements", {"status": "confirmed"}),
    ("settlements_approved", N_("settlements to pay"), "settlements", {"status": "approved"}),
)
MONTHS = 6


@bp.get("")
@only(*OVERSIGHT)
def overview():
    waiting = queues.waiting(g.person, g.now)
    roots = grids.roots(g.person, g.now)
    area = next((root for root in roots if str(root.id) == request.args.get("area_id")), roots[0])
    return render_template(
        "admin/overview.html", title=_("Overview"), area=area, roots=roots,
        queues=[(_(label), waiting[name], url_for(f"admin.{endpoint}", **narrowed)) for name, label, endpoint, narrowed in QUEUES],
        points=_points(points.summary(area)), funds=_funds(), pictures=figures.drawn(area, MONTHS)[:2])


@bp.get("/<path:anything>")
@only(*OVERSIGHT)
def nothing(anything):
    raise NotFound


def _points(summary: dict) -> list:
    return [(_("Issued"), shown.number(summary["issued"])), (_("Spent"), shown.number(summary["spent"])),
            (_("Lapsed"), shown.number(summary["expired"])), (_("Taken back"), shown.number(summary["reversed"])),
            (_("Held in notice"), shown.number(summary["held"])), (_("Outstanding"), shown.number(summary["outstanding"])),
            (_("The books"), shown.Cell(_("balance") if summary["in_balance"] else _("do not balance"), kind="badge",
                                              tone="good" if summary["in_balance"] else "bad"))]


def _funds() -> shown.Section:
    page = lists.page(funds.search(g.person, g.now), [Fund.id])
    held = funds.figures([fund.id for fund in page["items"]])
    page["next_cursor"] = None
    return shown.Section(_("Funds"), table=shown.table(
        _("Funds"), [_("Fund"), _("Period"), _("Points left"), _("Points issued"), _("Money left, yuan")], page,
        lambda fund: [shown.text(fund.name, url_for("admin.fund", fund_id=fund.id)), shown.days(fund.period_start, fund.period_end),
                      shown.number(held[fund.id]["points"]), shown.number(held[fund.id]["points_issued"]), shown.yuan(held[fund.id]["amount_fen"])],
        empty=_("There is no fund yet, so no points can be issued."), numbers=(2, 3, 4)))
