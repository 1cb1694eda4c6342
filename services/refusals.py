"""How a rule says no: a stable code for the program, a sentence for the person, fields that help.

The kind decides the status, in one place (api/edge/problems.py). A refusal may leave rows behind
(`leaves`): they are written although what was asked for is not.
"""
import re


def N_(text: str) -> str:
    """Mark a sentence for the catalogue; it is translated where it is shown."""
    return text


class Refusal(Exception):
    """Base of every no. Raise a subclass of one of the kinds below; `fields` go into the answer."""

    message = N_("This cannot be done now.")

    def __init__(self, **fields):
        super().__init__(self.code)
        self.fields = fields
        self.leaves = []

    @property
    def code(self) -> str:
        return re.sub(r"(?<!^)(?=[A-Z])", "_", type(self).__name__).lower()


class Malformed(Refusal):
    message = N_("The request could not be read.")


class Unauthenticated(Refusal):
    message = N_("Please sign in.")


class NotAllowed(Refusal):
    message = N_("You may not do this.")


class NotFound(Refusal):
    message = N_("Nothing was found here.")


class Conflict(Refusal):
    message = N_("The present state does not allow this.")


class Gone(Refusal):
    message = N_("This is no longer valid.")


class Invalid(Refusal):
    message = N_("What was sent cannot be accepted.")


class TooMany(Refusal):
    message = N_("Too many requests. Please wait a moment.")


class Unavailable(Refusal):
    message = N_("The service is busy. Please try again in a moment.")


class Forbidden(NotAllowed):
    pass


class InvalidTransition(Conflict):
    """`status` is one of STATES: events', offers', settlements', merchants' and shops', versions' and periods' of the civility index."""

    message = N_("It is %(status)s now, so this step is not possible.")
    STATES = (N_("draft"), N_("published"), N_("closed"), N_("cancelled"), N_("on_sale"), N_("paused"), N_("ended"), N_("confirmed"),
              N_("approved"), N_("disputed"), N_("paid"), N_("active"), N_("suspended"), N_("done"), N_("reversed"),
              N_("open"), N_("retired"))


class ValidationFailed(Invalid):
    """`errors` maps a field's path to a list of sentences."""

    message = N_("Some fields are not right.")

    def __init__(self, errors: dict[str, list[str]], **fields):
        super().__init__(**fields)
        self.errors = errors
