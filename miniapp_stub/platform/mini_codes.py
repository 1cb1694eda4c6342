"""`POST /wxa/getwxacodeunlimit`: a picture where it works, JSON where it does not."""
import io
import re

import qrcode
from flask import Response, request

from miniapp_stub.platform.answers import Failure

SCENE = re.compile(r"[A-Za-z0-9!#$&'()*+,/:;=?@._~-]+")
VERSIONS = ("release", "trial", "develop")


def register(app, platform) -> None:
    @app.post("/wxa/getwxacodeunlimit")
    def get_unlimited():
        asked = platform.authorised_json()
        _check(asked, platform.pages)
        picture = io.BytesIO()
        drawn = qrcode.make(f"{asked.get('page', '')}?scene={asked['scene']}", error_correction=qrcode.constants.ERROR_CORRECT_M)
        drawn.convert("RGB").resize((asked.get("width", 430),) * 2).save(picture, "JPEG")
        return Response(picture.getvalue(), mimetype="image/jpeg")

    @app.post("/_stand-in/pages")
    def publish():
        """The pages of the released version; until it is told, every page is there."""
        platform.pages = request.get_json()["pages"]
        return "", 204


def _check(asked: dict, pages: list[str] | None) -> None:
    scene, page, width = asked.get("scene"), asked.get("page", ""), asked.get("width", 430)
    if not isinstance(scene, str) or not 1 <= len(scene) <= 32:
        raise Failure(40169)
    if not SCENE.fullmatch(scene):
        raise Failure(40129)
    if not isinstance(page, str) or page.startswith("/") or "?" in page:
        raise Failure(41030)
    if page and asked.get("check_path", True) and pages is not None and page not in pages:
        raise Failure(41030)
    if asked.get("env_version", "release") not in VERSIONS or type(width) is not int or not 280 <= width <= 1280:
        raise Failure(40097)
