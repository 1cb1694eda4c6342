"""People, their dated roles, and how they sign in."""
from flask import g, render_template, url_for
from flask_babel import gettext as _

from admin import coupons, forms, lists, shown, words
from admin.door import bp, gone_to
from api.edge.auth import only
from api.edge.idempotency import once
from api.edge.settings import settings
from models import OVERSIGHT, SHOP, Person, Role
from services.access import authenticators, passwords, roles
from services.people import joins, names
from services.refusals import N_

IN_AREAS = [(role, words.ROLES[role]) for role in (Role.GRID_WORKER, Role.AREA_ADMIN, Role.AUDITOR, Role.DEPARTMENT)]
AT_SHOPS = [(role, words.ROLES[role]) for role in SHOP]


class Narrow(forms.Form):
    q = forms.words(N_("Name"), longest=40, required=False, filter=True)
    role = forms.one_of(N_("Role"), IN_AREAS + AT_SHOPS, required=False, filter=True)
    area_id = lists.area_filter()


class AreaRoleForm(forms.Form):
    role = forms.one_of(N_("Role"), IN_AREAS)
    area_id = forms.area(N_("Area"), hint=N_("With everything below it."))
    until = forms.day(N_("Until"), required=False, hint=N_("The last day; empty for no end."))


class ShopRoleForm(forms.Form):
    role = forms.one_of(N_("Role"), AT_SHOPS)
    merchant_id = forms.row(N_("Merchant"))
    until = forms.day(N_("Until"), required=False, hint=N_("The last day; empty for no end."))


class JoinForm(forms.Form):
    resident_token = forms.words(N_("The code they show"), longest=200, hint=N_(
        "The person opens “My code” in the mini program; scan it into this field or type what stands below it. It changes every half minute."))


class Naming(forms.Form):
    """The merchant whose page led here."""

    merchant_id = forms.row(N_("Merchant"))


class PasswordForm(forms.Form):
    username = forms.words(N_("Name to sign in with"), longest=64, pattern=passwords.USERNAME,
                           wrong=N_("Only small letters, digits, dots and hyphens, three of them or more."),
                           hint=N_("Three or more small letters, digits, dots or hyphens."))


@bp.get("/people")
@only(*OVERSIGHT)
def people():
    asked = forms.narrowed(Narrow)
    page = lists.page(roles.search(g.person, g.now, **asked), [Person.id])
    called = names.areas(person.home_area_id for person in page["items"])
    naming = forms.narrowed(Naming)
    return render_template(
        "admin/list.html", title=_("People"), filters=forms.show(
            Narrow, url_for("admin.people"), _("Search"), values=asked, choices={"area_id": lists.areas()}),
        intro=_("Choose who shall work for the merchant.") if naming else "",
        table=shown.table(
            _("People"), [_("Name"), _("Home"), _("Roles"), _("Since")], page,
            lambda person: [shown.text(person.display_name, url_for("admin.person", person_id=person.id, **naming)),
                            shown.text(called.get(person.home_area_id)), _roles(person), shown.moment(person.created_at)],
            empty=_("Nobody was found.")))


def _roles(person: Person) -> shown.Cell:
    return shown.text(" · ".join(dict.fromkeys(_(words.ROLES[grant.role]) for grant in person.roles)))


@bp.get("/people/<uuid:person_id>")
@only(*OVERSIGHT)
def person(person_id):
    found = roles.visible(person_id, by=g.person, now=g.now)
    login = authenticators.login_of(found.id)
    changes = shown.may_change() and found.id != g.person.id
    called = names.areas([found.home_area_id])
    facts = [(_("Home"), shown.text(called.get(found.home_area_id))), (_("Language"), shown.word(found.language, words.LANGUAGES)),
             (_("Here since"), shown.moment(found.created_at)), (_("Name to sign in with"), shown.text(login and login.username)),
             (_("Authenticator"), shown.text(_("set up") if login and login.totp_sealed else None))]
    sections = [_grants(found, changes), *coupons.of_person(found)]
    if changes:
        sections += [*([_sign_in(found, login)] if found.roles else []), _join(found), _more(found)]
    return render_template(
        "admin/row.html", title=found.display_name, trail=[(_("People"), url_for("admin.people"))], facts=facts, sections=sections,
        why_not=_("Nobody decides on their own roles.") if found.id == g.person.id else "")


def _grants(found: Person, changes: bool) -> shown.Section:
    areas, shops = names.areas(grant.area_id for grant in found.roles), names.merchants(grant.merchant_id for grant in found.roles)
    page = {"items": found.roles, "next_cursor": None}
    section = shown.Section(_("Roles"), table=shown.table(
        _("Roles in force"), [_("Role"), _("Where"), _("Since"), _("Until")], page,
        lambda grant: [shown.word(grant.role, words.ROLES), shown.text(areas.get(grant.area_id) or shops.get(grant.merchant_id)),
                       shown.moment(grant.since), shown.moment(grant.until)],
        empty=_("No role beside being a resident.")))
    if not changes:
        return section
    naming = forms.narrowed(Naming).get("merchant_id")
    section.forms = [
        (_("Give a role in an area"), forms.show(AreaRoleForm, url_for("admin.give_area_role", person_id=found.id), _("Give the role"),
                                                       choices={"area_id": lists.own_areas()})),
        (_("Give a role at a merchant"), forms.show(
            ShopRoleForm, url_for("admin.give_shop_role", person_id=found.id), _("Give the role"),
            values={"merchant_id": naming, "role": Role.MERCHANT_OWNER} if naming else None,
            choices={"merchant_id": lists.merchants_in_sight(naming)})),
        *[(_("End: %(role)s, %(place)s", role=_(words.ROLES[grant.role]), place=areas.get(grant.area_id) or shops.get(grant.merchant_id)),
           forms.show(None, url_for("admin.end_role", person_id=found.id, role_id=grant.id), _("End this role now"), danger=True))
          for grant in found.roles]]
    return section


def _sign_in(found: Person, login) -> shown.Section:
    section = shown.Section(_("Signing in by name"), note=_("For staff who sign in with a password: a link that works once."))
    section.forms = [(_("Make a password link"), forms.show(
        None if login else PasswordForm, url_for("admin.reset_password", person_id=found.id), _("Make the link"), once=False))]
    if login and login.totp_sealed:
        section.forms.append((_("Take the authenticator away"), forms.show(
            None, url_for("admin.reset_authenticator", person_id=found.id), _("Take it away"), danger=True)))
    return section


def _join(found: Person) -> shown.Section:
    return shown.Section(
        _("Joining"), note=_("Somebody enrolled with a card who now signs in by WeChat becomes one person with one wallet."),
        forms=[(_("Join with a WeChat sign-in"), forms.show(
            JoinForm, url_for("admin.join", person_id=found.id), _("Join the two"), danger=True))])


def _more(found: Person) -> shown.Section:
    return shown.Section(_("More"), links=[
        (_("Propose an honour"), url_for("admin.new_honour", person_id=found.id)),
        (_("Begin a plan of community correction"), url_for("admin.new_correction_plan", person_id=found.id))])


def _give(person_id, args):
    until = args.pop("until", None)
    roles.give(person_id, **args, until=until and forms.end_of(until), by=g.person, now=g.now)
    return gone_to("admin.person", person_id=person_id, done="role_given")


@bp.post("/people/<uuid:person_id>/area-roles")
@only(Role.AREA_ADMIN)
@once
@bp.form(AreaRoleForm, again=person)
def give_area_role(args, person_id):
    return _give(person_id, args)


@bp.post("/people/<uuid:person_id>/shop-roles")
@only(Role.AREA_ADMIN)
@once
@bp.form(ShopRoleForm, again=person)
def give_shop_role(args, person_id):
    return _give(person_id, args)


@bp.post("/people/<uuid:person_id>/roles/<uuid:role_id>/end")
@only(Role.AREA_ADMIN)
@once
@bp.form(again=lambda person_id, role_id: person(person_id))
def end_role(person_id, role_id):
    roles.end(person_id, role_id, by=g.person, now=g.now)
    return gone_to("admin.person", person_id=person_id, done="role_ended")


@bp.post("/people/<uuid:person_id>/join")
@only(Role.AREA_ADMIN)
@once
@bp.form(JoinForm, again=person)
def join(args, person_id):
    token = args["resident_token"].rpartition("/")[2]  # a scanner may read the whole address
    joins.join(person_id, token, by=g.person, settings=settings(), now=g.now)
    return gone_to("admin.person", person_id=person_id, done="joined")


@bp.post("/people/<uuid:person_id>/password")
@only(Role.AREA_ADMIN)
@bp.form(again=person)
def reset_password(person_id):
    """The link is shown once, in the answer itself, and kept nowhere: so no key, and no page to be sent to."""
    args = forms.read(PasswordForm) if authenticators.login_of(person_id) is None else {}
    token, until = roles.reset_password(person_id, **args, by=g.person, settings=settings(), now=g.now)
    return render_template(
        "admin/secret.html", title=_("Password link"), url=f"{settings().public_url}/reset/{token}",
        intro=_("Hand this link to the person themself. Whoever opens it first chooses the password."),
        note=_("It works once, until %(until)s, and is not shown again. Their present sessions have ended.", until=shown.moment(until).text),
        back=url_for("admin.person", person_id=person_id))


@bp.post("/people/<uuid:person_id>/authenticator-reset")
@only(Role.AREA_ADMIN)
@once
@bp.form(again=person)
def reset_authenticator(person_id):
    authenticators.reset(person_id, by=g.person, now=g.now)
    return gone_to("admin.person", person_id=person_id, done="authenticator_gone")
