"""In and out of these pages, and the language they speak."""
from urllib.parse import urlsplit

from flask import g, redirect, render_template, request, url_for
from flask_babel import gettext as _

from admin import forms
from admin.door import LANGUAGE, bp, gone_to, hand_over, is_secure, leave
from api.edge import limits
from api.edge.auth import anyone
from api.edge.settings import settings
from services.access import browser_sessions
from services.access import sign_in as signing_in
from services.refusals import N_

A_YEAR = 365 * 86400


class SignInForm(forms.Form):
    username = forms.verbatim(N_("Name to sign in with"), longest=64, autocomplete="username")
    password = forms.verbatim(N_("Password"), kind="password", autocomplete="current-password")
    otp = forms.words(N_("Code of your authenticator"), longest=10, required=False, hint=N_("Only if you have set one up."),
                      inputmode="numeric", autocomplete="one-time-code")
    next = forms.hidden(500, required=False)


@bp.get("/sign-in")
@anyone
def sign_in():
    shown = forms.show(SignInForm, url_for("admin.sign_in"), _("Sign in"), once=False,
                       values={"next": request.args.get("next", url_for("admin.overview"))})
    return render_template("admin/sign_in.html", title=_("Sign in to administer"), form=shown, ended="ended" in request.args)


@bp.post("/sign-in")
@anyone
@bp.form(SignInForm, again=sign_in)
def enter(args):
    with limits.counting_failures(args["username"], failed=signing_in.CredentialsInvalid):
        cookie = browser_sessions.begin(args["username"], args["password"], args.get("otp"), settings=settings(), now=g.now)
    answer = redirect(_ours(args.get("next")), 303)
    hand_over(answer, cookie)
    return answer


def _ours(address: str | None) -> str:
    """Back to the page that was asked for, never to somebody else's."""
    parts = urlsplit(address or "")
    is_ours = (not (parts.scheme or parts.netloc) and f"{parts.path}/".startswith("/admin/")
               and ".." not in parts.path and "\\" not in parts.path)
    return address if is_ours else url_for("admin.overview")


@bp.post("/sign-out")
@anyone
def sign_out():
    browser_sessions.end(g.cookie, g.now)
    answer = gone_to("admin.sign_in", done="signed_out")
    leave(answer)
    return answer


@bp.post("/language")
@anyone
def choose_language():
    answer = redirect(_ours(request.form.get("next")), 303)
    if request.form.get("language") in ("zh", "en"):
        answer.set_cookie(LANGUAGE, request.form["language"], max_age=A_YEAR, path="/admin", httponly=True, samesite="Lax", secure=is_secure())
    return answer
