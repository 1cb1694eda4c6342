"""The OpenAPI 3.1 document, and Swagger UI served by ourselves.

The document is put together when it is first asked for, and kept as text: a process starts sooner, and one that nobody asks has no use
for it.
"""
import http
import json
import os
from threading import Lock

import flask_smorest
import flask_swagger_ui
import marshmallow as ma
from apispec import APISpec
from flask import Flask, Response, current_app, send_from_directory
from flask_smorest.utils import prepare_response

from api.edge import problems
from services.ledger import Overdrawn
from services.refusals import Gone, Refusal

NEVER_ANSWERED = (Refusal, Gone, Overdrawn)
ASSETS = os.path.join(os.path.dirname(flask_swagger_ui.__file__), "dist")


class ProblemSchema(ma.Schema):
    type = ma.fields.Str(required=True)
    title = ma.fields.Str(required=True)
    status = ma.fields.Int(required=True)
    detail = ma.fields.Str(required=True)
    code = ma.fields.Str(required=True)
    request_id = ma.fields.Str(required=True)
    errors = ma.fields.Dict(keys=ma.fields.Str(), values=ma.fields.List(ma.fields.Str()))

    class Meta:
        unknown = ma.INCLUDE


class Api(flask_smorest.Api):
    ERROR_SCHEMA = ProblemSchema

    def __init__(self, app: Flask):
        self._lock, self._document, self.resources = Lock(), None, []
        super().__init__(app)

    def _openapi_json(self):
        with self._lock:  # put together once, whoever else asks meanwhile
            self._document = self._document or self._put_together(current_app)
        return Response(self._document, content_type="application/json")

    def _put_together(self, app: Flask) -> str:
        self._init_spec()
        for resource in self.resources:
            resource.describe_in(self, app)
        _complete(app, self.spec)
        document = json.dumps(self.spec.to_dict(), ensure_ascii=False)
        self._init_spec()  # what it was made of is not needed again
        return document

    def _register_error_handlers(self):
        """Errors are answered by api/edge/problems.py."""

    def _register_responses(self):
        for status in http.HTTPStatus:
            response = {"description": status.phrase}
            if status >= 400:
                response["schema"] = self.ERROR_SCHEMA
            prepare_response(response, self.spec, problems.MEDIA_TYPE if status >= 400 else "application/json")
            self.spec.components.response(status.name, response, lazy=True)
        default = {"description": "A problem (RFC 9457)", "schema": self.ERROR_SCHEMA}
        prepare_response(default, self.spec, problems.MEDIA_TYPE)
        self.spec.components.response("DEFAULT_ERROR", default, lazy=True)


def make(app: Flask) -> Api:
    app.config.update(
        API_TITLE="Linli", API_VERSION="v1", OPENAPI_VERSION="3.1.0", OPENAPI_URL_PREFIX="/",
        OPENAPI_JSON_PATH="api/v1/openapi.json", OPENAPI_SWAGGER_UI_PATH="docs", OPENAPI_SWAGGER_UI_URL="/docs-assets/",
        OPENAPI_SWAGGER_UI_CONFIG={"deepLinking": True, "persistAuthorization": False, "validatorUrl": None})
    api = Api(app)

    @app.get("/docs-assets/<path:name>", endpoint="docs_assets")
    def docs_assets(name):
        return send_from_directory(ASSETS, name, max_age=86400)
    return api


def _complete(app: Flask, spec: APISpec) -> None:
    """Add to each operation what the decorators beside smorest's say: who, the key, the version, the refusals."""
    spec.components.security_scheme("bearer", {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"})
    views = {}
    for rule in app.url_map.iter_rules():
        for method in rule.methods:
            views[(_openapi_path(rule.rule), method.lower())] = app.view_functions[rule.endpoint]
    for path, operations in spec.to_dict()["paths"].items():
        for method in [m for m in operations if m in ("get", "post", "put", "delete")]:
            _complete_one(spec._paths[path][method], views[(path, method)], method)
    spec.options.setdefault("x-refusal-codes", refusal_codes())


def _openapi_path(rule: str) -> str:
    return rule.replace("<uuid:", "{").replace("<string:", "{").replace("<", "{").replace(">", "}")


def _complete_one(operation: dict, view, method: str) -> None:
    roles = getattr(view, "lets_in", ())
    operation["security"] = [{"bearer": []}] if roles else []
    if roles:
        operation["x-roles"] = [str(role) for role in roles]
    parameters = operation.setdefault("parameters", [])
    if getattr(view, "once", False):
        parameters.append({"in": "header", "name": "Idempotency-Key", "required": True,
                           "schema": {"type": "string", "pattern": "^[\\x21-\\x7e]{1,128}$"}})
    if method == "put":
        parameters.append({"in": "header", "name": "If-Match", "required": True, "schema": {"type": "string"}})


def refusal_codes() -> list[str]:
    """Every code that an answer of the API may carry: each kind's own where rules raise it bare, and never what a rule turns into another
    refusal, or what only pages say."""
    def below(kind):
        return [kind, *(found for child in kind.__subclasses__() for found in below(child))]
    return sorted({problems.CODES.get(kind) or kind.code.fget(kind.__new__(kind)) for kind in below(Refusal)
                   if kind not in NEVER_ANSWERED and not kind.__module__.startswith("admin.")})


