"""What an admin may do with a version at each step of its way, as forms."""
from datetime import timedelta

from flask import g, url_for
from flask_babel import gettext as _

from admin import forms
from admin.credit import words
from models import RulebookStatus, RulebookVersion, local_day
from services.credit.adoption import CONSULTATION_DAYS_LEAST, VOTED_LEVELS
from services.refusals import N_

HEADS = 1_000_000


class ConsultForm(forms.Form):
    until = forms.day(N_("Until"), hint=N_("A week to 90 days from today. Everybody who lives in the area may say what they think."))


class VoteForm(forms.Form):
    voted_on = forms.day(N_("Voted on"))
    voters = forms.one_of(N_("Who voted"), tuple(words.VOTERS.items()), kind="radio")
    eligible = forms.whole(N_("So many could vote"), 1, HEADS)
    present = forms.whole(N_("So many were there"), 0, HEADS)
    votes_for = forms.whole(N_("For it"), 0, HEADS)
    votes_against = forms.whole(N_("Against it"), 0, HEADS)
    minutes = forms.words(N_("Minutes of the meeting"), longest=4000, kind="textarea")


class PublishForm(forms.Form):
    in_force_from = forms.day(N_("In force from"), hint=N_("A day to come. The version before it is retired on that day."))


class RetireForm(forms.Form):
    on = forms.day(N_("No longer from"))


class TryForm(forms.Form):
    on = forms.day(N_("On the entries until"), required=False, hint=N_("Empty: until today."))


class AnswerForm(forms.Form):
    answer = forms.words(N_("Answer"), longest=1000, kind="textarea", hint=N_("Everybody reads it beside the comment."))


def acts(found: RulebookVersion) -> list:
    """For an admin of the rulebook's area."""
    if found.status == RulebookStatus.DROPPED:
        return []
    steps, votes = [], found.rulebook.area.level in VOTED_LEVELS
    today = local_day(g.now, found.rulebook.area)
    if found.status == RulebookStatus.DRAFT:
        soonest = today + timedelta(days=CONSULTATION_DAYS_LEAST)
        steps.append(_step(found, "consult", ConsultForm, _("Open the consultation"), values={"until": soonest}))
    if found.status == RulebookStatus.CONSULTED:
        if votes:
            steps.append(_step(found, "vote", VoteForm, _("Record the vote"), note=_(
                "More than half of the adults, or two thirds of the households' representatives, have to be there, and more than half of them for "
                "it; else the version is dropped.")))
        steps.append(_step(found, "redraft", None, _("Back to a draft"), note=_("It is consulted on again then.")))
    if found.status == RulebookStatus.VOTED or (found.status == RulebookStatus.CONSULTED and not votes):
        steps.append(_step(found, "publish", PublishForm, _("Publish"), values={"in_force_from": today + timedelta(days=1)}, note=_(
            "From then on it is what everybody is measured by, and it never changes.")))
    steps.append(_step(found, "try", TryForm, _("Try it out"), note=_("Every file is worked out by this version and by the one in force.")))
    if found.status == RulebookStatus.PUBLISHED:
        if found.retired_on is None:
            steps.append(_step(found, "retire", RetireForm, _("Retire it"), danger=True,
                               note=_("With nothing in its place no score is shown any more.")))
    else:
        steps.append(_step(found, "drop", None, _("Drop it"), danger=True, note=_("It stays to be read, and nothing comes of it.")))
    return steps


def _step(found: RulebookVersion, verb: str, schema, label: str, **about) -> tuple[str, forms.ShownForm]:
    address = url_for("admin.try_version" if verb == "try" else f"admin.{verb}_rulebook_version", rulebook_version_id=found.id)
    return label, forms.show(schema, address, label, **about)
