"""Residents' remarks on published figures: read, and answered in writing."""
from flask import g, render_template, url_for
from flask_babel import gettext as _

from admin import forms, lists, shown
from admin.civility import words
from admin.civility.nodes import called
from admin.civility.surveys import OfPeriod
from admin.door import bp, gone_to
from api.edge.auth import only
from api.edge.idempotency import once
from models import OVERSIGHT, CivilityRemark, Role
from services.civility import periods
from services.civility import remarks as rules
from services.people import names
from services.records import refused_words
from services.refusals import N_


class Narrow(OfPeriod):
    status = forms.one_of(N_("State"), tuple(words.REMARKS.items()), required=False, filter=True)


class Shown(forms.Form):
    status = forms.one_of(N_("State"), tuple(words.REMARKS.items()), required=False, filter=True)


class AnswerForm(forms.Form):
    answer = forms.words(N_("Answer"), longest=500, kind="textarea",
                         hint=N_("Who remarked reads it. With a correction everybody reads it: name nobody."))
    value_hundredths = forms.hundredths(N_("The right value"), required=False,
                                        hint=N_("Empty where the figure stays. The one before stays in sight."))


@bp.get("/civility/remarks")
@only(*OVERSIGHT)
def civility_remarks():
    asked = forms.narrowed(Narrow)
    if "period_id" in asked:
        asked["period_id"] = forms.as_id(asked["period_id"])
    page = lists.page(rules.search(g.person, g.now, **asked), [CivilityRemark.id])
    return render_template(
        "admin/list.html", title=_("Remarks"), filters=forms.show(Shown, url_for("admin.civility_remarks"), _("Show"), values=asked),
        intro=_("What residents say of published figures. Each is answered in writing."),
        table=shown.table(
            _("Remarks"), [_("Leaf"), _("Community"), _("State"), _("When")], page,
            lambda row: [shown.text(f"{row.node.code} {called(row.node)}", url_for("admin.civility_remark", remark_id=row.id)),
                         shown.text(row.area.name), shown.badge(row.status, words.REMARKS), shown.moment(row.at)],
            empty=_("Nobody has remarked on anything.")))


@bp.get("/civility/remarks/<uuid:remark_id>")
@only(*OVERSIGHT)
def civility_remark(remark_id, words_read=""):
    found = rules.visible(remark_id, by=g.person, now=g.now)
    period = periods.visible(found.period_id, by=g.person, now=g.now)
    by = names.people([found.by_id, found.answered_by_id])
    answers = shown.may_change(period.area) and not rules.is_own(found, g.person)
    sections = shown.hidden_words(found.text_state, url_for("admin.read_remark", remark_id=found.id), may_read=answers, words_read=words_read)
    if answers and found.status == "open":
        sections.append(shown.Section(_("Answer"), forms=[("", forms.show(
            AnswerForm, url_for("admin.answer_remark", remark_id=found.id), _("Answer")))]))
    return render_template(
        "admin/row.html", title=_("Remark"), state=shown.badge(found.status, words.REMARKS), sections=sections,
        intro=shown.written(found, found.said),
        trail=[(_("Remarks"), url_for("admin.civility_remarks"))],
        facts=[(_("Leaf"), shown.text(f"{found.node.code} {called(found.node)}",
                                      url_for("admin.civility_area", period_id=period.id, community_id=found.area_id))),
               (_("Community"), shown.text(found.area.name)), (_("Remark by"), shown.text(by.get(found.by_id))), (_("When"), shown.moment(found.at)),
               *([(_("Answered"), words.signed(found.answered_at, by.get(found.answered_by_id))),
                  (_("Answer"), shown.code(found.answer)), (_("Corrected"), shown.text(_("yes") if found.corrected else _("no")))]
                 if found.answered_at else [])])


@bp.post("/civility/remarks/<uuid:remark_id>/words")
@only(Role.AREA_ADMIN)
@bp.form(again=civility_remark)
def read_remark(remark_id):
    return civility_remark(remark_id, refused_words.read_remark(remark_id, by=g.person, now=g.now))


@bp.post("/civility/remarks/<uuid:remark_id>/answer")
@only(Role.AREA_ADMIN)
@once
@bp.form(AnswerForm, again=civility_remark)
def answer_remark(args, remark_id):
    rules.answer(remark_id, **{"value_hundredths": None, **args}, by=g.person, now=g.now)
    return gone_to("admin.civility_remark", remark_id=remark_id, done="answered")
