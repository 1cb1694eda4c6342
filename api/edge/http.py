"""Our Blueprint: flask-smorest's decorators (what in, what out), inside the boundary."""
from functools import wraps

import flask_smorest
from flask import g, request

from api.edge.bodies import Parser
from api.edge.boundary import boundary
from api.edge.problems import PreconditionRequired, StaleVersion


class Blueprint(flask_smorest.Blueprint):
    ARGUMENTS_PARSER = Parser()

    def __init__(self, name: str, description: str = "", url_prefix: str = "/api/v1"):
        super().__init__(name, f"api.{name}", url_prefix=url_prefix, description=description)

    def route(self, rule, **options):
        register = super().route(rule, **options)

        def decorate(view):
            register(boundary(view))
            return view
        return decorate

    def arguments(self, schema, *, location="json", **kw):
        schema = schema() if isinstance(schema, type) else schema  # made once, not for every request
        with_arguments = super().arguments(schema, location=location, **kw)

        def decorate(view):
            wrapped = with_arguments(view)
            setattr(wrapped, "takes_query" if location == "query" else "takes_body", True)
            return wrapped
        return decorate

    def response(self, status, schema=None, **kw):
        with_response = super().response(status, schema, **kw)

        def decorate(view):
            @wraps(view)
            def noting_version(*args, **kwargs):
                given = view(*args, **kwargs)
                g.version = getattr(given, "version", None)
                return given
            return with_response(noting_version)
        return decorate


def check_version(row) -> None:
    """PreconditionRequired without If-Match, StaleVersion when it names another version than the row's."""
    if not request.headers.get("If-Match"):
        raise PreconditionRequired
    tags = request.if_match.as_set(include_weak=True)  # a compressing proxy weakens tags; what is no tag comes as None
    if not request.if_match.star_tag and str(row.version) not in {str(tag).partition("-")[0] for tag in tags}:
        raise StaleVersion
