"""What the outbox gave up: looked at, sent again, let go."""
from flask import g, render_template, url_for
from flask_babel import gettext as _

from admin import forms, lists, shown, words
from admin.door import bp, gone_to
from api.edge.auth import only
from api.edge.idempotency import once
from models import OVERSIGHT, OutboxMessage, Role
from services.messages import unsent as rules
from services.messages.messages import TEXTS
from services.people import people
from services.refusals import N_


class LetGoForm(forms.Form):
    reason = forms.words(N_("Reason"), longest=500, kind="textarea", hint=N_("It stands in the audit log."))


@bp.get("/unsent")
@only(*OVERSIGHT)
def unsent():
    page = lists.page(rules.search(g.person, g.now), [OutboxMessage.id], scalars=False)
    return render_template(
        "admin/list.html", title=_("Not sent"),
        intro=_("What did not reach WeChat, however often it was tried. No inbox lacks anything: a phone did not ring, or a check was not made."),
        table=shown.table(
            _("Not sent"), [_("What"), _("For"), _("Why"), _("Tries"), _("Made")], page,
            lambda row: [shown.text(_what(row), url_for("admin.unsent_message", unsent_id=row.id)), shown.text(people.masked(row.display_name)),
                         shown.text(_why(row)), shown.number(row.attempts), shown.moment(row.created_at)],
            empty=_("Nothing was given up."), numbers=(3,)))


def _what(row) -> str:
    if row.topic is not None:
        return _("To the phone: %(title)s", title=_(TEXTS[row.topic][0]))
    return _("To WeChat's check: %(what)s", what=_(words.CHECKED[row.target_type]))


def _why(row) -> str:
    kind = (row.error or "").partition(":")[0]
    return _(words.UNSENT[kind]) if kind in words.UNSENT else _("It failed here: the server's log says more.")


@bp.get("/unsent/<uuid:unsent_id>")
@only(*OVERSIGHT)
def unsent_message(unsent_id):
    found = rules.find(unsent_id, by=g.person, now=g.now)
    facts = [(_("For"), shown.text(people.masked(found.display_name))), (_("Area"), shown.text(found.Area.name)),
             (_("Made"), shown.moment(found.created_at)), (_("Tries"), shown.number(found.attempts)), (_("Why"), shown.text(_why(found))),
             (_("As it was said"), shown.code(found.error or "—"))]
    return render_template("admin/row.html", title=_what(found), facts=facts, acts=_acts(found), trail=[(_("Not sent"), url_for("admin.unsent"))],
                           why_not=_("It is too late for the phone. The person has it in their inbox.") if rules.is_too_late(found, g.now) else "")


def _acts(found) -> list:
    if not shown.may_change(found.Area):
        return []
    stays = _("Nothing is lost: the message stays in the inbox.") if found.topic is not None else _(
        "It is left to people to look at, without WeChat's check.")
    let_go = forms.show(LetGoForm, url_for("admin.let_go", unsent_id=found.id), _("Let it go"), danger=True, note=stays)
    if rules.is_too_late(found, g.now):
        return [(_("Let it go"), let_go)]
    return [("", forms.show(None, url_for("admin.send_again", unsent_id=found.id), _("Send again"))), (_("Let it go"), let_go)]


@bp.post("/unsent/<uuid:unsent_id>/send-again")
@only(Role.AREA_ADMIN)
@once
@bp.form(again=unsent_message)
def send_again(unsent_id):
    rules.send_again(unsent_id, by=g.person, now=g.now)
    return gone_to("admin.unsent", done="sent_again")


@bp.post("/unsent/<uuid:unsent_id>/let-go")
@only(Role.AREA_ADMIN)
@once
@bp.form(LetGoForm, again=unsent_message)
def let_go(args, unsent_id):
    rules.let_go(unsent_id, **args, by=g.person, now=g.now)
    return gone_to("admin.unsent", done="let_go")
