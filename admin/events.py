"""Events, to look at: who planned what, how many came, which scans were refused."""
from functools import partial

from flask import g, render_template, url_for
from flask_babel import gettext as _

from admin import forms, lists, shown, words
from admin.door import bp
from api.edge.auth import only
from models import OVERSIGHT, Event, RefusedScan
from services import events as rules
from services.access import reach
from services.measures import priority
from services.people import names
from services.records import pages
from services.refusals import N_

ORDERS = (("newest", N_("latest first")), ("oldest", N_("earliest first")))


class Narrow(forms.Form):
    q = forms.words(N_("Title"), longest=40, required=False, filter=True)
    status = forms.one_of(N_("State"), words.pairs(words.EVENTS), required=False, filter=True)
    area_id = lists.area_filter()
    order = forms.one_of(N_("Order"), ORDERS, required=False, filter=True)


@bp.get("/events")
@only(*OVERSIGHT)
def events():
    asked = forms.narrowed(Narrow)
    narrowed = {name: value for name, value in asked.items() if name != "order"}
    page = lists.page(rules.in_reach(g.person, g.now, **narrowed), [Event.starts_at, Event.id], newest_first=asked.get("order") != "oldest")
    return render_template(
        "admin/list.html", title=_("Events"), filters=forms.show(
            Narrow, url_for("admin.events"), _("Show"), values=asked, choices={"area_id": lists.areas()}),
        table=shown.table(
            _("Events"), [_("Title"), _("State"), _("Starts"), _("Area"), _("Places taken")], page,
            lambda event: [shown.text(event.title, url_for("admin.event", event_id=event.id)), shown.badge(event.status, words.EVENTS),
                           shown.moment(event.starts_at), shown.text(event.area.name), _taken(event)],
            empty=_("No event was found."), numbers=(4,)))


def _taken(event: Event) -> shown.Cell:
    return shown.Cell(f"{event.taken} / {event.capacity}" if event.capacity else str(event.taken), kind="number")


@bp.get("/events/<uuid:event_id>")
@only(*OVERSIGHT)
def event(event_id):
    found = rules.visible(event_id, by=g.person, now=g.now)
    reach.require(g.person, found.area, OVERSIGHT, g.now)
    came = rules.attendance(found)
    made = lists.by_id(partial(pages.queued_rows, g.person, g.now, event_id=found.id))
    refused = lists.page(rules.refused_scans(found, by=g.person, now=g.now), [RefusedScan.id], scalars=False) | {"next_cursor": None}
    called = names.people([found.created_by_id, *(row.resident_id for row in (*made["items"], *refused["items"])),
                           *(row.made_by_id for row in refused["items"])])
    facts = [(_("Area"), shown.text(found.area.name, url_for("admin.area", area_id=found.area_id))),
             (_("Starts"), shown.moment(found.starts_at)), (_("Ends"), shown.moment(found.ends_at)),
             (_("Place"), shown.text(found.place_name)), (_("Places taken"), _taken(found)),
             (_("On the waiting list"), shown.number(came["waitlisted"])), (_("Who waits moves up"), shown.text(_order(found))),
             (_("Came"), shown.number(came["came"])),
             (_("Check-in by"), shown.word(found.check_in_mode, words.CHECK_IN_MODES)),
             (_("Check-out"), shown.text(_("needed") if found.check_out_required else _("not needed"))),
             (_("Without check-out"), shown.word(found.missing_check_out, words.MISSING)),
             (_("Points an hour"), shown.number(found.points_per_hour)), (_("Most points"), shown.number(found.points_max)),
             (_("Planned by"), shown.text(called.get(found.created_by_id)))]
    return render_template(
        "admin/row.html", title=found.title, state=shown.badge(found.status, words.EVENTS), facts=facts,
        trail=[(_("Events"), url_for("admin.events"))], intro=found.description,
        sections=[shown.Section(_("Records"), table=_records(made, called)),
                  shown.Section(_("Refused scans"), table=_scans(refused, called))])


def _order(event: Event) -> str:
    if priority.areas_with_it([event.area], g.now):
        return _("first who holds the reward “Places at events first”, then who came first")
    return _("who came first")


def _records(page: dict, called: dict) -> shown.Table:
    return shown.table(
        _("Records of this event"), [_("Who"), _("State"), _("Minutes"), _("Points")], page,
        lambda row: [shown.text(called.get(row.resident_id), url_for("admin.record", record_id=row.id)),
                     shown.badge(row.status, words.RECORDS), shown.number(row.minutes),
                     shown.number(row.points_proposed if row.points is None else row.points)],
        empty=_("No record was made of it yet."), numbers=(2, 3))


def _scans(page: dict, called: dict) -> shown.Table:
    return shown.table(
        _("The latest scans that were refused"), [_("When"), _("Who"), _("Direction"), _("Why"), _("By")], page,
        lambda row: [shown.moment(row.at), shown.text(called.get(row.resident_id)), shown.word(row.direction, words.DIRECTIONS),
                     shown.code(row.code), shown.text(called.get(row.made_by_id))], empty=_("None was refused."))
