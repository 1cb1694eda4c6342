"""What opens a door is not written into a log; and what every line of one says.

It imports nothing of Linli: gunicorn.conf.py reads it too, before any worker has loaded the application.
"""
import re
import traceback
from datetime import UTC, datetime
from urllib.parse import quote

UUID = r"[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}"
CODE = re.compile(rf"(?<![A-Za-z0-9_-])(?!{UUID}(?![A-Za-z0-9_-]))(?=[a-z_-]*[A-Z0-9])[A-Za-z0-9_-]{{12,}}")
DETAIL = re.compile(r"^DETAIL:.*?(?=^(?:HINT|CONTEXT|\[SQL|\n|The above|Traceback|  File)|\Z)", re.MULTILINE | re.DOTALL)


def path(asked: str) -> str:
    """A request's path, quoted, without codes (twelve or more letters and digits that are not an id); 500 characters at most."""
    return CODE.sub("*", quote(asked.encode("utf-8", "surrogateescape")))[:500]


def trace(text: str) -> str:
    """A traceback without the values that PostgreSQL quotes out of a row."""
    return DETAIL.sub("DETAIL: *\n", text)


def line(record) -> dict:
    """What logging was told, for one JSON object."""
    told = {"at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(), "logger": record.name, "message": record.getMessage()}
    if record.exc_info:
        told["trace"] = trace("".join(traceback.format_exception(*record.exc_info)))
    return told
