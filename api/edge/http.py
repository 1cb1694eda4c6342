"""Our Blueprint: flask-smorest's decorators (what in, what out), inside the boundary."""
import json
from functools import wraps

import flask_smorest
import marshmallow as ma
from flask import Flask, Response, g, request
from flask.json.provider import DefaultJSONProvider

from api.application import Answer
from api.edge.bodies import JSON, flat_errors, query_once, read_json
from api.edge.boundary import boundary
from api.edge.paging import Written
from api.edge.problems import PreconditionRequired, StaleVersion
from services.refusals import ValidationFailed

_encode = json.JSONEncoder(default=DefaultJSONProvider.default, sort_keys=True, separators=(",", ":")).encode  # as Flask's own, made once


def _json(shown: str, status: int) -> Answer:
    made = Answer(shown, status, content_type=JSON)
    made.is_tagged = True
    return made


class Blueprint(flask_smorest.Blueprint):
    def __init__(self, name: str, description: str = "", url_prefix: str = "/api/v1"):
        super().__init__(name, f"api.{name}", url_prefix=url_prefix, description=description)

    def route(self, rule, **options):
        register = super().route(rule, **options)

        def decorate(view):
            register(boundary(view))
            return view
        return decorate

    def register_views_in_doc(self, api: flask_smorest.Api, *_, **__) -> None:
        """Not while the application is made: `describe_in` does, when the document is asked for."""
        api.resources.append(self)

    def describe_in(self, api: flask_smorest.Api, app: Flask) -> None:
        """This resource's operations in the document of the API."""
        super().register_views_in_doc(api, app, api.spec, name=self.name, parameters=None)
        api.spec.tag({"name": self.name, "description": self.description})

    def arguments(self, schema, *, location="json", **kw):
        """What comes in, as the view's next argument. flask-smorest documents it; it is read here, by the schema itself."""
        schema = schema() if isinstance(schema, type) else schema  # made once, not for every request
        documenting = super().arguments(schema, location=location, **kw)
        read, unknown = (query_once, ma.RAISE) if location == "query" else (read_json, None)

        def decorate(view):
            @wraps(documenting(view))
            def loading(*args, **kwargs):
                try:
                    loaded = schema.load(read(), unknown=unknown)
                except ma.ValidationError as error:
                    raise ValidationFailed(flat_errors({location: error.messages})) from error
                return view(*args, loaded, **kwargs)
            setattr(loading, "takes_query" if location == "query" else "takes_body", True)
            return loading
        return decorate

    def response(self, status, schema=None, **kw):
        """What goes out. flask-smorest documents it, and answers where a view gives more than a row or has no schema."""
        schema = schema() if isinstance(schema, type) else schema
        documenting = super().response(status, schema, **kw)
        answer = documenting(lambda given: given)

        def decorate(view):
            @wraps(documenting(view))
            def showing(*args, **kwargs):
                given = view(*args, **kwargs)
                if isinstance(given, Written):
                    return _json(str(given), status)
                version = getattr(given, "version", None)
                if schema is None or isinstance(given, tuple | Response):
                    g.version = version
                    return answer(given)
                made = _json(_encode(schema.dump(given)) + "\n", status)
                if status in (200, 201):
                    made.tag(made.response[0], version)
                return made
            return showing
        return decorate


def check_version(row) -> None:
    """PreconditionRequired without If-Match, StaleVersion when it names another version than the row's."""
    if not request.headers.get("If-Match"):
        raise PreconditionRequired
    tags = request.if_match.as_set(include_weak=True)  # a compressing proxy weakens tags; what is no tag comes as None
    if not request.if_match.star_tag and str(row.version) not in {str(tag).partition("-")[0] for tag in tags}:
        raise StaleVersion
