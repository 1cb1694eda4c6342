"""One's own sign-in: setting an authenticator up and giving it up."""
from base64 import b64encode

from flask import g, render_template, request, url_for
from flask_babel import gettext as _

from admin import forms, shown, words
from admin.door import bp, gone_to
from api.edge import limits, pictures
from api.edge.auth import only
from api.edge.idempotency import once
from api.edge.settings import settings
from models import OVERSIGHT
from services.access import authenticators
from services.people import names
from services.refusals import N_, ValidationFailed


class SetUpForm(forms.Form):
    secret = forms.hidden(64)
    code = forms.words(N_("Code that the app shows"), longest=10, inputmode="numeric", autocomplete="one-time-code")
    password = forms.verbatim(N_("Your password"), kind="password", autocomplete="current-password")


class GiveUpForm(forms.Form):
    password = forms.verbatim(N_("Your password"), kind="password", autocomplete="current-password")


@bp.get("/me")
@only(*OVERSIGHT)
def own():
    login = authenticators.login_of(g.person.id)
    facts = [(_("Name"), shown.text(g.person.display_name)), (_("Name to sign in with"), shown.text(login and login.username)),
             (_("Session ends at the latest"), shown.moment(g.session.expires_at) if g.session else shown.text(None)),
             *[(_(words.ROLES[grant.role]), _reach(grant)) for grant in g.person.roles if grant.area_id]]
    page = {"title": _("My sign-in"), "facts": facts}
    if login and login.totp_sealed:
        return render_template("admin/own.html", **page, give_up=forms.show(
            GiveUpForm, url_for("admin.give_up"), _("Give it up"), danger=True))
    if login:
        page |= _setting_up(login)
    return render_template("admin/own.html", **page)


def _reach(grant) -> shown.Cell:
    area = names.areas([grant.area_id])[grant.area_id]
    return shown.text(_("%(area)s, until %(until)s", area=area, until=shown.moment(grant.until).text) if grant.until else area)


def _setting_up(login) -> dict:
    """A refused form keeps the key that was scanned."""
    secret = request.form.get("secret") or authenticators.new_secret()
    drawn = b64encode(pictures.svg(authenticators.address(secret, login))).decode()
    return {"secret": secret, "picture": f"data:image/svg+xml;base64,{drawn}", "set_up": forms.show(
        SetUpForm, url_for("admin.set_up"), _("Set it up"), values={"secret": secret})}


@bp.post("/me/authenticator")
@only(*OVERSIGHT)
@once
@bp.form(SetUpForm, again=own)
def set_up(args):
    _counting_failures(lambda: authenticators.set_up(g.person, **args, settings=settings(), now=g.now))
    return gone_to("admin.own", done="authenticator_set")


@bp.post("/me/authenticator/give-up")
@only(*OVERSIGHT)
@once
@bp.form(GiveUpForm, again=own)
def give_up(args):
    _counting_failures(lambda: authenticators.give_up(g.person, args["password"], now=g.now))
    return gone_to("admin.own", done="authenticator_gone")


def _counting_failures(act) -> None:
    """A password is guessed no faster here than at the door."""
    name = authenticators.login_of(g.person.id).username
    with limits.counting_failures(name, failed=ValidationFailed):
        act()
