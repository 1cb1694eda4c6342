"""What is begun for one person is begun from their page under People, which leads here with them."""
from flask import g, request

from admin import forms
from models import Person
from services.access import roles
from services.refusals import N_


class ForPerson(forms.Form):
    """The person whose page led here."""

    person_id = forms.row(N_("Person"))


def person_asked() -> Person | None:
    """Whom the address names, or the form that was refused; None where neither names anybody. NotFound for who is not in reach."""
    person_id = request.form.get("person_id") or forms.narrowed(ForPerson).get("person_id")
    return roles.visible(forms.as_id(person_id), by=g.person, now=g.now) if person_id else None
