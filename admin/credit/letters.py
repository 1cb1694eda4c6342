"""Who takes reference letters, and who has not yet said that they heard a recall. No letter and no score is read here."""
from flask import g, render_template, url_for
from flask_babel import gettext as _

from admin import forms, lists, shown
from admin.credit import words
from admin.door import bp, gone_to
from api.edge.auth import only
from api.edge.idempotency import once
from models import OVERSIGHT, LetterReceiver, Recall, Role
from services.credit import letters, recalls
from services.measures import sight as measures
from services.refusals import N_


class ReceiverForm(forms.Form):
    area_id = forms.area(N_("Area"))
    name = forms.words(N_("Name"))
    uscc = forms.words(N_("Unified social credit code"), longest=40)
    purpose = forms.one_of(N_("Purpose"), tuple(words.PURPOSES.items()))
    from_grade = forms.one_of_many(N_("From this grade on"), longest=10, hint=N_("The better grades reach it too."))
    offers_zh = forms.words(N_("What it offers, in Chinese"), longest=300)
    offers_en = forms.words(N_("What it offers, in English"), longest=300)


@bp.get("/credit/letter-receivers")
@only(*OVERSIGHT)
def letter_receivers():
    page = lists.page(measures.receivers(g.person, g.now), [LetterReceiver.id])
    named = measures.asked_for(page["items"], g.now)
    new = [(_("Register a receiver"), forms.show(ReceiverForm, url_for("admin.register_receiver"), _("Register it"), choices={
        "area_id": lists.own_areas(), "from_grade": words.grades(measures.may_ask_for(g.person, g.now))}))] if shown.may_change() else []
    return render_template(
        "admin/list.html", title=_("Receivers of letters"), new=new,
        intro=_("A bank, a library, a hospital: residents may send it a letter for one purpose. It never gets a score."),
        links=[(_("Recalls"), url_for("admin.recalls_unheard"))],
        table=shown.table(
            _("Receivers of letters"), [_("Name"), _("Purpose"), _("From this grade on"), _("What it offers"), _("State")], page,
            lambda row: [shown.text(row.name, url_for("admin.letter_receiver", receiver_id=row.id)), shown.word(row.purpose, words.PURPOSES),
                         _from_grade(row, named), shown.text(words.said(row, "offers")), _state(row)],
            empty=_("No receiver is registered yet.")))


def _from_grade(row: LetterReceiver, named: dict) -> shown.Cell:
    return words.from_grade(row.from_grade, [named[row.id]] if row.id in named else [])


def _state(row: LetterReceiver) -> shown.Cell:
    if row.ended_at:
        return shown.Cell(_("Ended"), kind="badge", tone="over")
    return shown.Cell(_("Takes letters"), kind="badge", tone="good")


@bp.get("/credit/letter-receivers/<uuid:receiver_id>")
@only(*OVERSIGHT)
def letter_receiver(receiver_id):
    found = measures.receiver(receiver_id, by=g.person, now=g.now)
    end = (_("End it"), forms.show(None, url_for("admin.end_receiver", receiver_id=found.id), _("It takes no more letters"), danger=True))
    return render_template(
        "admin/row.html", title=found.name, state=_state(found), trail=[(_("Receivers of letters"), url_for("admin.letter_receivers"))],
        acts=[end] if found.ended_at is None and measures.may_change(found.area_id, g.person, g.now) else [],
        facts=[(_("Unified social credit code"), shown.code(found.uscc)), (_("Purpose"), shown.word(found.purpose, words.PURPOSES)),
               (_("From this grade on"), _from_grade(found, measures.asked_for([found], g.now))),
               (_("What it offers"), shown.text(words.said(found, "offers"))),
               (_("Registered"), shown.moment(found.registered_at)), *([(_("Ended"), shown.moment(found.ended_at))] if found.ended_at else [])])


@bp.get("/credit/recalls")
@only(*OVERSIGHT)
def recalls_unheard():
    page = lists.page(recalls.unheard(g.person, g.now), [Recall.id], scalars=False)
    return render_template(
        "admin/list.html", title=_("Recalls not acknowledged"),
        intro=_("A letter holds no longer, or otherwise. Its receiver was told where the letter is read, and "
                "has not said yet that it heard: call it."),
        links=[(_("Receivers of letters"), url_for("admin.letter_receivers"))],
        table=shown.table(
            _("Recalls"), [_("Receiver"), _("Why"), _("Since")], page,
            lambda row: [shown.text(row.name), shown.word(row.why, words.WHY), shown.moment(row.at)],
            empty=_("Every receiver has said that it heard.")))


@bp.post("/credit/letter-receivers")
@only(Role.AREA_ADMIN)
@once
@bp.form(ReceiverForm, again=letter_receivers)
def register_receiver(args):
    made = letters.register(**args, by=g.person, now=g.now)
    return gone_to("admin.letter_receiver", receiver_id=made.id, done="made")


@bp.post("/credit/letter-receivers/<uuid:receiver_id>/end")
@only(Role.AREA_ADMIN)
@once
@bp.form(again=letter_receiver)
def end_receiver(receiver_id):
    measures.receiver(receiver_id, by=g.person, now=g.now)
    letters.end_receiver(receiver_id, by=g.person, now=g.now)
    return gone_to("admin.letter_receiver", receiver_id=receiver_id, done="ended")
