"""Reading what came: JSON that is one thing to every reader, and queries without surprises."""
import json
import re
from io import BytesIO

from flask import g, request
from gunicorn.http.errors import ParseException
from werkzeug.exceptions import BadRequest, RequestEntityTooLarge

from api.edge.settings import settings
from services.refusals import N_, Malformed, Refusal, ValidationFailed

JSON = "application/json"
LENGTH = re.compile("[0-9]{1,15}")
FORM_BYTES = 65536  # what a form may add to the picture in it


class PayloadTooLarge(Refusal):
    message = N_("This is too large.")


class UnsupportedMediaType(Refusal):
    message = N_("Please send JSON (application/json, UTF-8).")


class MalformedRequest(Malformed):
    message = N_("This is not valid JSON.")


def receive(view) -> None:
    """The whole body, before the first statement: a slow line must not hold the database (docs/locking.md)."""
    read_bytes(settings().max_evidence_bytes + FORM_BYTES if getattr(view, "takes_picture", False) else settings().max_body_bytes)


def read_json():
    """The body as Python values, read once; {} for none. Refuses duplicate keys, NaN, deep nesting, another encoding."""
    here = g._get_current_object()
    if "body" not in here:
        here.body = _parsed()
    return here.body


def _parsed():
    raw = read_bytes(settings().max_body_bytes)
    if not raw:
        return {}
    asked = request._get_current_object()
    if asked.environ.get("CONTENT_TYPE") != JSON and (
            asked.mimetype != JSON or asked.mimetype_params.get("charset", "utf-8").lower() != "utf-8"):
        raise UnsupportedMediaType
    try:
        text = raw.decode("utf-8")
        _check_depth(text)
        return _decode(text)
    except (ValueError, RecursionError) as error:
        raise MalformedRequest from error


def read_bytes(limit: int) -> bytes:
    """The body, read once; Malformed if it was cut short, PayloadTooLarge beyond the limit."""
    here = g._get_current_object()
    if "raw" not in here:
        here.raw = _received(limit)
    if len(here.raw) > limit:
        raise PayloadTooLarge
    return here.raw


def _received(limit: int) -> bytes:
    asked = request._get_current_object()
    length = asked.environ.get("CONTENT_LENGTH", "")
    if asked.environ.get("CONTENT_TYPE") == JSON and LENGTH.fullmatch(length) and "HTTP_TRANSFER_ENCODING" not in asked.environ:
        return _of_length(int(length), limit, asked.environ)
    asked.max_content_length = limit + 1  # a body that comes in chunks is cut at what may be read, without a word: so one byte more is read
    try:
        raw = asked.get_data(cache=True)
    except RequestEntityTooLarge as error:
        raise PayloadTooLarge from error
    except (BadRequest, OSError, ParseException) as error:
        raise Malformed from error
    if len(raw) < (asked.content_length or 0):
        raise Malformed
    return raw


def _of_length(length: int, limit: int, environ: dict) -> bytes:
    """Straight from the server, as nearly all that comes; werkzeug reads it by several streams, one in another."""
    if length > limit:
        raise PayloadTooLarge
    try:
        raw = environ["wsgi.input"].read(length)
    except (OSError, ParseException) as error:
        raise Malformed from error
    if len(raw) < length:
        raise Malformed
    environ["wsgi.input"] = BytesIO(raw)  # for whoever asks werkzeug
    return raw


def _check_depth(text: str) -> None:
    depth, inside, escaped = 0, False, False
    if text.count("[") + text.count("{") <= settings().max_json_depth:
        return
    for letter in text:
        if inside:
            escaped, inside = (letter == "\\" and not escaped), (letter != '"' or escaped)
        elif letter == '"':
            inside = True
        elif letter in "[{":
            depth += 1
            if depth > settings().max_json_depth:
                raise MalformedRequest
        elif letter in "]}":
            depth -= 1


def _object(pairs):
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ValueError("a key stands twice")
    for key in found:
        key.encode()  # a lone surrogate in a key is a ValueError here
    return found


def _constant(name):
    raise ValueError(name)


_decode = json.JSONDecoder(object_pairs_hook=_object, parse_constant=_constant).decode  # made once, not for every body


def query_once() -> dict[str, str]:
    """The query's parameters; one that is repeated is refused."""
    asked = request._get_current_object()
    if not asked.query_string:
        return {}
    repeated = [name for name, values in asked.args.lists() if len(values) > 1]
    if repeated:
        raise ValidationFailed({name: ["Given more than once."] for name in repeated})
    return asked.args.to_dict()


def flat_errors(messages, path="") -> dict[str, list[str]]:
    """marshmallow's nested messages as `{"field.path": ["…"]}`; the location's own name is dropped."""
    if isinstance(messages, list):
        return {path or "_": [str(message) for message in messages]}
    found = {}
    for name, inner in messages.items():
        inner_path = str(name) if not path else f"{path}.{name}"
        if not path and name in ("json", "query", "_schema"):
            inner_path = ""
        found.update(flat_errors(inner, inner_path.removesuffix("._schema")))
    return found


def read_picture(limit: int) -> bytes:
    """A picture as the body itself, or as the only file of a form (what wx.uploadFile sends)."""
    if request.mimetype == "multipart/form-data":
        try:
            files = list(request.files.values())
        except RequestEntityTooLarge as error:  # too many parts
            raise PayloadTooLarge from error
        raw = files[0].read(limit + 1) if len(files) == 1 else b""
        if len(raw) > limit:
            raise PayloadTooLarge
        return raw
    if not request.mimetype.startswith("image/"):
        raise UnsupportedMediaType
    return read_bytes(limit)
