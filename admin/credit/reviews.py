"""Rounds of neighbours' reviews: opened, watched without anybody's slip, closed, and who is well spoken of."""
from datetime import timedelta

from flask import g, render_template, url_for
from flask_babel import gettext as _

from admin import forms, lists, shown
from admin.credit import words
from admin.door import bp, gone_to
from api.edge.auth import only
from api.edge.idempotency import once
from api.edge.settings import settings
from models import OVERSIGHT, ReviewedHousehold, ReviewRound, Role, local_day
from models.credit.reviews import FEWEST_SLIPS, MOST_SEATS
from services import draws
from services.credit.reviews import calling_off, closing, rounds, sight
from services.refusals import N_

SEATS = tuple((str(number), str(number)) for number in range(5, MOST_SEATS + 1, 2))


class RoundForm(forms.Form):
    area_id = forms.area(N_("Community, village or grid"))
    per_household = forms.one_of(N_("Neighbours drawn for each household"), SEATS)
    least_slips = forms.whole(N_("Slips it takes at least"), FEWEST_SLIPS, MOST_SEATS, hint=N_("Of fewer that know there is no result."))
    opens_on = forms.day(N_("First day"))
    closes_on = forms.day(N_("Last day"), hint=N_("Three days after the first at least."))


class CallOffForm(forms.Form):
    reason = forms.words(N_("Reason"), longest=500, kind="textarea", hint=N_("Everybody who lives here reads it."))


@bp.get("/credit/review-rounds")
@only(*OVERSIGHT)
def review_rounds():
    today = local_day(g.now, g.person.home_area)
    page = lists.page(sight.in_reach(g.person, g.now), [ReviewRound.id])
    told = sight.counts(page["items"])
    new = [(_("Open a round"), forms.show(
        RoundForm, url_for("admin.open_review_round"), _("Draw the neighbours and open it"), choices={"area_id": lists.own_areas()}, values={
            "per_household": 7, "least_slips": 5, "opens_on": today, "closes_on": today + timedelta(days=14)},
        note=_("Who is drawn is told at once. What the rulebook in force asks cannot be changed any more.")))] if shown.may_change() else []
    return render_template(
        "admin/list.html", title=_("Neighbours' reviews"), new=new,
        intro=_("Neighbours drawn by lot say of each household what its rulebook asks. It can only give. Nobody sees a slip, nor who wrote it."),
        table=shown.table(
            _("Neighbours' reviews"), [_("Area"), _("Days"), _("Households"), _("Handed in"), _("State")], page,
            lambda row: [shown.text(row.area.name, url_for("admin.review_round", review_round_id=row.id)), shown.days(row.opens_on, row.closes_on),
                         shown.number(told[row.id]["households"]), shown.text(_handed_in(row, told[row.id])), _state(row)],
            empty=_("No round was opened yet."), numbers=(2,)))


def _handed_in(found: ReviewRound, told: dict) -> str:
    if found.called_off_reason is not None:
        return _("destroyed")
    if told["slips"] is None:
        return _("fewer than %(least)d of %(seats)d", least=found.least_slips, seats=told["seats"])
    return _("%(slips)d of %(seats)d", slips=told["slips"], seats=told["seats"])


def _state(row: ReviewRound) -> shown.Cell:
    return shown.badge("called_off" if row.called_off_reason is not None else "closed" if row.closed_at else "open", words.ROUNDS)


@bp.get("/credit/review-rounds/<uuid:review_round_id>")
@only(*OVERSIGHT)
def review_round(review_round_id):
    found = sight.overseen(review_round_id, by=g.person, now=g.now)
    told, asked = sight.counts([found])[found.id], sight.questions(found.version_id)
    sections = [shown.Section(_("What is asked"), table=shown.Table(
        _("What is asked"), [_("Item"), _("Question")], [
            [shown.text(words.said(item, "name"), url_for("admin.rulebook_item", item_id=item.id)), shown.text(words.said(item, "asked"))]
            for item in asked], ""))]
    return render_template(
        "admin/row.html", title=_("Neighbours' reviews"), state=_state(found), trail=[(_("Neighbours' reviews"), url_for("admin.review_rounds"))],
        facts=_facts(found, told), sections=[*sections, _outcomes(found, asked)], acts=_acts(found),
        why_not=_not_yet(found) if shown.may_change(found.area) else "")


def _facts(found: ReviewRound, told: dict) -> list:
    return [(_("Area"), shown.text(found.area.name)), (_("Days"), shown.days(found.opens_on, found.closes_on)),
            (_("Neighbours drawn for each household"), shown.number(found.per_household)),
            (_("Slips it takes at least"), shown.number(found.least_slips)),
            (_("Could be drawn"), shown.number(found.pool)), (_("Households"), shown.number(told["households"])),
            (_("Handed in"), shown.text(_handed_in(found, told))), (_("SHA-256 of the seed"), shown.code(sight.seed_hash(found))),
            (_("Seed"), shown.code(sight.seed_shown(found)) if found.closed_at else shown.text(_("told when it is closed"))),
            *([(_("Closed"), shown.moment(found.closed_at))] if found.closed_at else []),
            *([(_("Why"), shown.text(found.called_off_reason))] if found.called_off_reason is not None else [])]


def _outcomes(found: ReviewRound, asked: list) -> shown.Section:
    page = lists.page(sight.outcomes(found), [ReviewedHousehold.place], newest_first=False, scalars=False)
    good = sight.well_of([row.id for row in page["items"]])
    names = {item.code: words.said(item, "name") for item in asked}
    table = shown.table(
        _("Households"), [_("Place in the draw"), _("Household"), _("Drawn for it"), _("Written in its file")], page,
        lambda row: [shown.number(row.place), shown.text(row.household_name, url_for("admin.credit_file", file_id=row.file_id)),
                     shown.number(row.seats), shown.text(", ".join(names[code] for code in good.get(row.id, ())))],
        empty=_("It has no household."), numbers=(0, 2))
    return shown.Section(_("Households"), table=table, note=_(
        "Whether another result was ordinary, poor, or of too few slips, its household alone learns. A household with nobody drawn has too few "
        "neighbours that are not near to it."))


def _acts(found: ReviewRound) -> list:
    if found.closed_at or not shown.may_change(found.area):
        return []
    call_off = (_("Call it off"), forms.show(
        CallOffForm, url_for("admin.call_off_review_round", review_round_id=found.id), _("Call the round off"), danger=True, note=_(
            "For a round that was opened by mistake. Its slips are destroyed unread, nothing is written, and everybody concerned is told why. It "
            "stays listed with its seed.")))
    return [*_close_act(found), call_off]


def _close_act(found: ReviewRound) -> list:
    if not closing.is_over(found, g.now):
        return []
    return [("", forms.show(None, url_for("admin.close_review_round", review_round_id=found.id), _("Close the round"), note=_(
        "What came out is worked out and written, and who handed in is forgotten. The worker does so too, within minutes.")))]


def _not_yet(found: ReviewRound) -> str:
    return "" if found.closed_at or closing.is_over(found, g.now) else _("It can be closed from the day after its last one.")


@bp.post("/credit/review-rounds")
@only(Role.AREA_ADMIN)
@once
@bp.form(RoundForm, again=review_rounds)
def open_review_round(args):
    made = rounds.open_round(**args | {"per_household": int(args["per_household"])}, seed=draws.new_seed(), by=g.person, settings=settings(),
                             now=g.now)
    return gone_to("admin.review_round", review_round_id=made.id, done="drawn")


@bp.post("/credit/review-rounds/<uuid:review_round_id>/close")
@only(Role.AREA_ADMIN)
@once
@bp.form(again=review_round)
def close_review_round(review_round_id):
    closing.close(review_round_id, by=g.person, now=g.now)
    return gone_to("admin.review_round", review_round_id=review_round_id, done="round_closed")


@bp.post("/credit/review-rounds/<uuid:review_round_id>/call-off")
@only(Role.AREA_ADMIN)
@once
@bp.form(CallOffForm, again=review_round)
def call_off_review_round(args, review_round_id):
    calling_off.call_off(review_round_id, **args, by=g.person, now=g.now)
    return gone_to("admin.review_round", review_round_id=review_round_id, done="called_off")
