"""One JSON object a line. Control characters are escaped by JSON itself; bodies, tokens and a row's values are never logged."""
import json
import logging
import traceback
from datetime import UTC, datetime

from flask import g, has_request_context, request

from api.edge import hidden


class JsonLines(logging.Formatter):
    def format(self, record):
        line = {"at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
                "level": record.levelname.lower(), "logger": record.name, "message": record.getMessage()}
        if has_request_context():
            line |= {"request_id": g.get("request_id"), "method": request.method, "path": hidden.path(request.path)}
        if record.exc_info:
            line["trace"] = hidden.trace("".join(traceback.format_exception(*record.exc_info)))
        return json.dumps(line)


def configure(app) -> None:
    handler = logging.StreamHandler()
    handler.setFormatter(JsonLines())
    app.logger.handlers = [handler]
    app.logger.propagate = False
    app.logger.setLevel(logging.INFO)
