"""`POST /wxa/msg_sec_check` answers at once; `POST /wxa/media_check_async` answers a trace and pushes its verdict.

A stand-in has no opinion: a text with RISKY or REVIEW in it is so, and a picture whose first pixel is pure red or pure blue.
"""
import io
import secrets

import requests
from PIL import Image

from miniapp_stub.platform.answers import Failure, ok

ACTIVE_S = 2 * 3600
RISKY, REVIEW = ("RISKY", "违禁词"), ("REVIEW", "待审词")
RISKY_PIXEL, REVIEW_PIXEL = (255, 0, 0), (0, 0, 255)
LABELS = {"pass": 100, "risky": 20006, "review": 10001}
MOST_BYTES = 10 * 1024 * 1024


def register(app, platform) -> None:
    @app.post("/wxa/msg_sec_check")
    def msg_sec_check():
        asked = _checked(platform)
        content = asked.get("content")
        if not isinstance(content, str) or not content:
            raise Failure(44002)
        if len(content) > 2500:
            raise Failure(47001)
        return ok(trace_id=secrets.token_hex(12), **_verdict(_of_text(content)))

    @app.post("/wxa/media_check_async")
    def media_check_async():
        asked = _checked(platform)
        if asked.get("media_type") != 2 or not str(asked.get("media_url", "")).startswith("http"):
            raise Failure(40004)
        trace, whose = secrets.token_hex(12), asked["openid"]
        platform.later(lambda: _push_verdict(platform, trace, whose, asked["media_url"]))
        return ok(trace_id=trace)


def _checked(platform) -> dict:
    asked = platform.authorised_json()
    if asked.get("version") != 2:
        raise Failure(47001)
    if asked.get("scene") not in (1, 2, 3, 4):
        raise Failure(40129)
    if not isinstance(asked.get("openid"), str):
        raise Failure(40003)
    if not platform.was_here(asked["openid"], ACTIVE_S):
        raise Failure(61010)
    return asked


def _of_text(content: str) -> str:
    if any(word in content for word in RISKY):
        return "risky"
    return "review" if any(word in content for word in REVIEW) else "pass"


def _verdict(suggest: str) -> dict:
    result = {"suggest": suggest, "label": LABELS[suggest]}
    return {"result": result, "detail": [{"strategy": "content_model", "errcode": 0, "prob": 90, **result}]}


def _push_verdict(platform, trace: str, whose: str, url: str) -> None:
    try:
        found = {"errcode": 0, **_verdict(_of_picture(_fetched(url)))}
    except (requests.RequestException, OSError, ValueError):
        found = {"errcode": -1008, "errmsg": "download failed"}
    platform.pushes.tell(whose, "wxa_media_check", trace_id=trace, version=2, appid=platform.app_id, **found)


def _fetched(url: str) -> bytes:
    session = requests.Session()
    session.trust_env = False
    with session.get(url, timeout=5, stream=True, allow_redirects=False) as answer:
        raw = answer.raw.read(MOST_BYTES + 1)
    if answer.status_code != 200 or len(raw) > MOST_BYTES:
        raise ValueError(answer.status_code)
    return raw


def _of_picture(raw: bytes) -> str:
    with Image.open(io.BytesIO(raw)) as image:
        pixel = image.convert("RGB").getpixel((0, 0))
    return "risky" if _is_like(pixel, RISKY_PIXEL) else "review" if _is_like(pixel, REVIEW_PIXEL) else "pass"


def _is_like(pixel, other) -> bool:
    return all(abs(one - two) < 8 for one, two in zip(pixel, other, strict=True))
