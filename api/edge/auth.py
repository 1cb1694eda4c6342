"""Who is asking, and whom a route lets in. Every route says so: `@only(...)` or `@anyone`."""
from flask import g, request

from api.edge import idempotency
from api.edge.settings import settings
from models import Role
from services.access import callers, reach, tokens
from services.refusals import Forbidden, NotFound, Unauthenticated


def only(*roles: Role):
    """Let in people who hold one of these roles somewhere, as `g.person`; where it reaches is the rule's matter."""
    def decorate(view):
        view.lets_in = roles
        return view
    return decorate


def of_a_public_row(view):
    """The row that the path names is seen by everybody (an event): who is not let in is told so, not that nothing is there."""
    view.names_a_public_row = True
    return view


def anyone(view):
    """Let in without a sign-in."""
    view.lets_in = ()
    return view


def anyone_with_a_code(view):
    """The same for a row that a secret in the path opens: counted by address, as sign-ins are."""
    view.counts_address = True
    return anyone(view)


def admit(view) -> None:
    """Set `g.person`, or refuse. A route for anyone has no person."""
    here, asked = g._get_current_object(), request._get_current_object()
    here.person = None
    if not view.lets_in:
        return
    scheme, _, token = asked.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not token:
        raise Unauthenticated
    claims = tokens.read_access(token, key=settings().keys["jwt"], now=here.now)
    if getattr(view, "once", False) and (key := asked.headers.get("Idempotency-Key")):
        here.person, here.looked_up = idempotency.who(claims, key, here.now)
    else:
        here.person, _ = callers.who(claims, here.now)
    if not reach.holds(here.person, view.lets_in, here.now):
        raise NotFound if _names_a_hidden_row(view) else Forbidden


def _names_a_hidden_row(view) -> bool:
    """To read one row that only other roles see: it is not there."""
    return request.method == "GET" and bool(request.view_args) and not hasattr(view, "names_a_public_row")
