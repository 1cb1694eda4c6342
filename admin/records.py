"""Activity records: looked at with their whole history, and reversed."""
from functools import partial

from flask import Response, g, render_template, url_for
from flask_babel import gettext as _

from admin import forms, lists, shown, words
from admin.door import bp, gone_to
from api.edge import looks
from api.edge.auth import only
from api.edge.idempotency import once
from models import OVERSIGHT, ActivityRecord, CheckIn, CheckState, Evidence, RecordStatus, Role
from services.access import reach
from services.people import names
from services.records import approvals, evidence, pages, refused_words
from services.records import records as rules
from services.refusals import N_, NotFound


class Narrow(forms.Form):
    status = forms.one_of(N_("State"), words.pairs(words.RECORDS), required=False, filter=True)
    area_id = lists.area_filter()


class ApproveForm(forms.Form):
    points = forms.whole(N_("Points"), 0, 10_000)
    note = forms.words(N_("Note"), longest=500, required=False)


class ReasonForm(forms.Form):
    reason = forms.words(N_("Reason"), longest=500, kind="textarea", hint=N_("The resident reads it."))


@bp.get("/records")
@only(*OVERSIGHT)
def records():
    asked = forms.narrowed(Narrow)
    page = lists.by_id(partial(pages.queued_rows, g.person, g.now, **asked))
    called = names.people(row.resident_id for row in page["items"])
    return render_template(
        "admin/list.html", title=_("Records"), filters=forms.show(
            Narrow, url_for("admin.records"), _("Show"), values=asked, choices={"area_id": lists.areas()}),
        table=shown.table(
            _("Activity records"), [_("What"), _("Who"), _("State"), _("Area"), _("Minutes"),
                                          _("Points"), _("Odd about it"), _("Made")], page,
            lambda row: [shown.text(shown.deed(row), url_for("admin.record", record_id=row.id)),
                         shown.text(called.get(row.resident_id)), shown.badge(row.status, words.RECORDS), shown.text(row.area_name),
                         shown.number(row.minutes), shown.number(row.points_proposed if row.points is None else row.points), _odd(row),
                         shown.moment(row.created_at)],
            empty=_("No record was found."), numbers=(4, 5)))


def _odd(row: ActivityRecord) -> shown.Cell:
    return shown.text(" · ".join(_(words.FLAGS[flag]) if flag in words.FLAGS else flag for flag in row.flags))


@bp.get("/records/<uuid:record_id>")
@only(*OVERSIGHT)
def record(record_id, words_read=""):
    found = rules.visible(record_id, by=g.person, now=g.now)
    reach.require(g.person, found.area, OVERSIGHT, g.now)
    called = names.people([found.resident_id, found.entered_by_id, *(step.by_id for step in found.history)])
    facts = [(_("Who"), shown.text(called.get(found.resident_id), url_for("admin.person", person_id=found.resident_id))),
             (_("Area"), shown.text(found.area.name)), (_("Kind"), shown.word(found.category, words.CATEGORIES)),
             (_("From"), shown.moment(found.started_at)), (_("To"), shown.moment(found.ended_at)),
             (_("Minutes"), shown.number(found.minutes)), (_("Points proposed"), shown.number(found.points_proposed)),
             (_("Points at most"), shown.number(found.points_max)), (_("Points given"), shown.number(found.points)),
             (_("Evidence"), shown.word(found.evidence_tier, words.TIERS)),
             (_("Approvals needed"), shown.number(found.approvals_needed)), (_("Odd about it"), _odd(found)),
             *([(_("Notice until"), shown.moment(found.notice_until))] if found.notice_until else []),
             *([(_("Event"), shown.text(_("to the event"), url_for("admin.event", event_id=found.event_id)))] if found.event_id else [])]
    history = shown.table(
        _("What became of it"), [_("Step"), _("When"), _("By"), _("Points"), _("Note")],
        {"items": found.history, "next_cursor": None},
        lambda step: [shown.word(step.action, words.STEPS), shown.moment(step.at),
                      shown.text(called.get(step.by_id) or _("the system")), shown.number(step.points), shown.text(step.note)],
        empty=_("Nothing yet."), numbers=(3,))
    hidden = shown.hidden_words(
        found.text_state, url_for("admin.read_record", record_id=found.id), may_read=_decides(found), words_read=words_read)
    return render_template("admin/row.html", title=shown.deed(found), state=shown.badge(found.status, words.RECORDS),
                           trail=[(_("Records"), url_for("admin.records"))], facts=facts, acts=_acts(found),
                           sections=[*hidden, *_evidence(found), shown.Section(_("History"), table=history)])


@bp.post("/records/<uuid:record_id>/words")
@only(Role.AREA_ADMIN)
@bp.form(again=record)
def read_record(record_id):
    return record(record_id, refused_words.read_record(record_id, by=g.person, now=g.now))


def _decides(found: ActivityRecord) -> bool:
    return shown.may_change(found.area) and not rules.is_own(found, g.person)


def _evidence(found: ActivityRecord) -> list[shown.Section]:
    """Where it was scanned, and the pictures of who declared it."""
    sections = []
    if found.check_ins:
        sections.append(shown.Section(_("Scans"), facts=[(_(words.DIRECTIONS[scan.direction]), shown.text(_scan(scan))) for scan in found.check_ins]))
    if found.evidence:
        sections.append(shown.Section(_("Pictures"), pictures=[
            _picture(row, _("Picture %(number)d", number=number)) for number, row in enumerate(found.evidence, 1)]))
    return sections


def _scan(scan: CheckIn) -> str:
    band = words.DISTANCES.get(scan.distance_band or "")
    return " · ".join([shown.moment(scan.at).text, *([_(band)] if band else [])])


def _picture(row: Evidence, label: str) -> shown.Picture:
    caption = _(words.PICTURES[row.state]) if row.state in words.PICTURES else ""
    is_hidden = row.state == CheckState.REFUSED and row.owner_id != g.person.id
    return shown.Picture(label, "" if is_hidden else url_for("admin.picture", evidence_id=row.id), caption)


@bp.get("/evidence/<uuid:evidence_id>")
@only(*OVERSIGHT)
def picture(evidence_id):
    """A picture itself. As with the API, the audit log keeps who looked."""
    found, record = evidence.visible(evidence_id, by=g.person, now=g.now)
    if record is None:
        raise NotFound
    reach.require(g.person, record.area, OVERSIGHT, g.now)
    looks.note(evidence.look(found, record, by=g.person, now=g.now))
    return Response(found.picture, content_type=found.media_type)


def _acts(found: ActivityRecord) -> list:
    if not _decides(found):
        return []
    if found.status == RecordStatus.PENDING:
        proposed = found.points_proposed if found.points is None else found.points
        return [(_("Approve"), forms.show(ApproveForm, url_for("admin.approve_record", record_id=found.id), _("Approve"),
                                                values={"points": proposed})),
                (_("Reject"), forms.show(ReasonForm, url_for("admin.reject_record", record_id=found.id), _("Reject"), danger=True))]
    if found.status == RecordStatus.CREDITED:
        return [(_("Reverse"), forms.show(ReasonForm, url_for("admin.reverse_record", record_id=found.id),
                                                _("Take the points back"), danger=True))]
    return []


@bp.post("/records/<uuid:record_id>/approve")
@only(Role.AREA_ADMIN)
@once
@bp.form(ApproveForm, again=record)
def approve_record(args, record_id):
    approvals.approve(record_id, **args, by=g.person, now=g.now)
    return gone_to("admin.record", record_id=record_id, done="approved")


@bp.post("/records/<uuid:record_id>/reject")
@only(Role.AREA_ADMIN)
@once
@bp.form(ReasonForm, again=record)
def reject_record(args, record_id):
    approvals.reject(record_id, **args, by=g.person, now=g.now)
    return gone_to("admin.record", record_id=record_id, done="rejected")


@bp.post("/records/<uuid:record_id>/reverse")
@only(Role.AREA_ADMIN)
@once
@bp.form(ReasonForm, again=record)
def reverse_record(args, record_id):
    approvals.reverse(record_id, **args, by=g.person, now=g.now)
    return gone_to("admin.record", record_id=record_id, done="reversed")
