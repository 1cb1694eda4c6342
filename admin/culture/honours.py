"""Honours: proposed for somebody, shown once they have agreed, withdrawn. There is no list of anybody who did wrong."""
from flask import g, render_template, url_for
from flask_babel import gettext as _

from admin import forms, lists, shown
from admin.credit.words import said, signed
from admin.door import bp, gone_to
from admin.for_person import person_asked
from api.edge.auth import only
from api.edge.idempotency import once
from models import OVERSIGHT, Honour, Role
from services.culture import honours as rules
from services.culture import oversight
from services.people import names
from services.refusals import N_

STATES = {  # what became of it last: how it is called, and how good the news is
    "withdrawn": (N_("Withdrawn"), "over"), "shown": (N_("Shown"), "good"), "agreed": (N_("They agreed: to be shown"), "waits"),
    "refused": (N_("They said no"), "over"), "asked": (N_("Waits for their answer"), "waits")}


class HonourForm(forms.Form):
    person_id = forms.hidden()
    area_id = forms.area(N_("Shown in"), hint=N_("To everybody who lives there."))
    title_zh = forms.words(N_("Title in Chinese"))
    title_en = forms.words(N_("Title in English"), longest=200)
    reason_zh = forms.words(N_("For what, in Chinese"), longest=500, kind="textarea", hint=N_("What was done well. Name nobody else."))
    reason_en = forms.words(N_("For what, in English"), longest=500, kind="textarea")


@bp.get("/culture/honours")
@only(*OVERSIGHT)
def honours():
    page = lists.page(oversight.honours(g.person, g.now), [Honour.id])
    called = names.people(row.person_id for row in page["items"])
    return render_template(
        "admin/list.html", title=_("Public honours"),
        intro=_("Somebody is proposed on their own page under People, is asked in their inbox, and is shown only if they agree, with a masked name."),
        links=[(_("People"), url_for("admin.people"))] if shown.may_change() else [],
        table=shown.table(
            _("Public honours"), [_("Title"), _("Who"), _("State"), _("Proposed")], page,
            lambda row: [shown.text(said(row, "title"), url_for("admin.honour", honour_id=row.id)), shown.text(called.get(row.person_id)),
                         _state(row), shown.moment(row.proposed_at)],
            empty=_("Nobody was proposed yet.")))


def _state(row: Honour) -> shown.Cell:
    label, tone = STATES[_code(row)]
    return shown.Cell(_(label), kind="badge", tone=tone)


def _code(row: Honour) -> str:
    happened = (("withdrawn", row.withdrawn_at), ("shown", row.published_at), ("agreed", row.consented_at), ("refused", row.refused_at))
    return next((code for code, at in happened if at), "asked")


@bp.get("/culture/honours/new")
@only(Role.AREA_ADMIN)
def new_honour():
    trail = [(_("Public honours"), url_for("admin.honours"))]
    person = person_asked()
    if person is None:
        return render_template("admin/list.html", title=_("Propose an honour"), intro=_("Whom do you propose? Open their page."),
                               links=[(_("People"), url_for("admin.people"))])
    form = forms.show(HonourForm, url_for("admin.propose_honour"), _("Propose it"), values={"person_id": person.id},
                      choices={"area_id": lists.own_areas()})
    return render_template(
        "admin/row.html", title=_("Propose an honour"), intro=person.display_name, trail=trail,
        sections=[shown.Section(_("What is honoured"), forms=[("", form)], note=_(
            "They are asked in their inbox. Until they agree nobody is shown anything, and they can take it back at any time."))])


@bp.get("/culture/honours/<uuid:honour_id>")
@only(*OVERSIGHT)
def honour(honour_id):
    found = oversight.honour(honour_id, by=g.person, now=g.now)
    called, areas = names.people([found.person_id, found.proposed_by_id, found.published_by_id]), names.areas([found.area_id])
    facts = [(_("Who"), shown.text(called.get(found.person_id))), (_("Shown in"), shown.text(areas.get(found.area_id))),
             (_("Proposed"), signed(found.proposed_at, called.get(found.proposed_by_id))),
             *[(_(label), shown.moment(at)) for label, at in (
                 (N_("They agreed"), found.consented_at), (N_("They said no"), found.refused_at), (N_("Withdrawn"), found.withdrawn_at)) if at],
             *([(_("Shown since"), signed(found.published_at, called.get(found.published_by_id)))] if found.published_at else [])]
    return render_template(
        "admin/row.html", title=said(found, "title"), intro=said(found, "reason"), state=_state(found), facts=facts,
        trail=[(_("Public honours"), url_for("admin.honours"))], acts=_acts(found))


def _acts(found: Honour) -> list:
    code = _code(found)
    if not shown.may_change() or code in ("withdrawn", "refused"):
        return []
    show = ("", forms.show(None, url_for("admin.publish_honour", honour_id=found.id), _("Show it to everybody who lives there")))
    withdraw = (_("Withdraw it"), forms.show(None, url_for("admin.withdraw_honour", honour_id=found.id), _("Show it no more"), danger=True))
    return [*([show] if code == "agreed" else []), withdraw]


@bp.post("/culture/honours")
@only(Role.AREA_ADMIN)
@once
@bp.form(HonourForm, again=new_honour)
def propose_honour(args):
    made = rules.propose(**args | {"person_id": forms.as_id(args["person_id"])}, by=g.person, now=g.now)
    return gone_to("admin.honour", honour_id=made.id, done="honour_proposed")


@bp.post("/culture/honours/<uuid:honour_id>/publish")
@only(Role.AREA_ADMIN)
@once
@bp.form(again=honour)
def publish_honour(honour_id):
    rules.publish(honour_id, by=g.person, now=g.now)
    return gone_to("admin.honour", honour_id=honour_id, done="honour_shown")


@bp.post("/culture/honours/<uuid:honour_id>/withdraw")
@only(Role.AREA_ADMIN)
@once
@bp.form(again=honour)
def withdraw_honour(honour_id):
    oversight.honour(honour_id, by=g.person, now=g.now)
    rules.withdraw(honour_id, by=g.person, now=g.now)
    return gone_to("admin.honour", honour_id=honour_id, done="withdrawn")
