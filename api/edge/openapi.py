"""The OpenAPI 3.1 document, and Swagger UI served by ourselves."""
import http
import os

import flask_smorest
import flask_swagger_ui
import marshmallow as ma
from flask import Flask, send_from_directory
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
    api.spec.components.security_scheme("bearer", {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"})

    @app.get("/docs-assets/<path:name>", endpoint="docs_assets")
    def docs_assets(name):
        return send_from_directory(ASSETS, name, max_age=86400)
    return api


def complete(app: Flask, api: Api) -> None:
    """Add to each operation what the decorators beside smorest's say: who, the key, the version, the refusals."""
    views = {}
    for rule in app.url_map.iter_rules():
        for method in rule.methods:
            views[(_openapi_path(rule.rule), method.lower())] = app.view_functions[rule.endpoint]
    for path, operations in api.spec.to_dict()["paths"].items():
        for method in [m for m in operations if m in ("get", "post", "put", "delete")]:
            _complete(api.spec._paths[path][method], views[(path, method)], method)
    api.spec.options.setdefault("x-refusal-codes", refusal_codes())


def _openapi_path(rule: str) -> str:
    return rule.replace("<uuid:", "{").replace("<string:", "{").replace("<", "{").replace(">", "}")


def _complete(operation: dict, view, method: str) -> None:
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
    """Every code that an answer may carry: each kind's own where rules raise it bare, and never what a rule turns into another refusal."""
    def below(kind):
        return [kind, *(found for child in kind.__subclasses__() for found in below(child))]
    return sorted({problems.CODES.get(kind) or kind.code.fget(kind.__new__(kind)) for kind in below(Refusal)
                   if kind not in NEVER_ANSWERED})


