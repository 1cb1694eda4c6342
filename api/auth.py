"""Who is asking, and whom a route lets in. Every route says so: `@only(...)` or `@anyone`."""
from flask import g, request

from api.settings import settings
from models import Role
from services import reach, sign_in, tokens
from services.refusals import Forbidden, Unauthenticated


def only(*roles: Role):
    """Let in people who hold one of these roles somewhere, as `g.person`; where it reaches is the rule's matter."""
    def decorate(view):
        view.lets_in = roles
        return view
    return decorate


def anyone(view):
    """Let in without a sign-in."""
    view.lets_in = ()
    return view


def admit(roles) -> None:
    """Set `g.person`, or refuse. A route for anyone has no person."""
    g.person = None
    if not roles:
        return
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not token:
        raise Unauthenticated
    claims = tokens.read_access(token, key=settings().keys["jwt"], now=g.now)
    g.person = sign_in.who(claims, g.now)
    if not reach.holds(g.person, roles, g.now):
        raise Forbidden
