"""One JSON object a line. Control characters are escaped by JSON itself; bodies, tokens and a row's values are never logged."""
import json
import logging

from flask import g, has_request_context, request

from api.edge import hidden
from models import request_id

FLOORS = ("admin", "api", "clients", "commands", "services")  # whose modules log under their own names


class JsonLines(logging.Formatter):
    def format(self, record):
        line = hidden.line(record)
        if named := request_id.get():  # the worker's too, in what it does for a request of before
            line["request_id"] = named
        if has_request_context():
            line |= {"request_id": g.get("request_id", named), "method": request.method, "path": hidden.path(request.path)}
        return json.dumps(line)


def configure(app) -> None:
    handler = logging.StreamHandler()
    handler.setFormatter(JsonLines())
    for name in FLOORS:
        logging.getLogger(name).handlers = [handler]
        logging.getLogger(name).setLevel(logging.INFO)
    app.logger.propagate = False
