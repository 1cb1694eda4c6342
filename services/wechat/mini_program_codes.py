"""Mini program codes: pictures that WeChat draws once and that are good for ever, kept here.

A code can be photographed, so its scene names a row and carries no authority: of an event the poster's token
(`P` or `Q` and its code id, nine characters), of an offer `F` and its id in base64 without padding (23 characters).
"""
import io
from base64 import urlsafe_b64decode, urlsafe_b64encode
from datetime import datetime
from uuid import UUID

from config import Settings
from models import MiniProgramCode, db, insert_or

OFFER = "F"
MOST_PIXELS = 1280 * 1280


class NoPicture(Exception):
    """What came was no picture that can be read."""


def offer_scene(offer_id: UUID) -> str:
    return OFFER + urlsafe_b64encode(offer_id.bytes).decode().rstrip("=")


def offer_of(scene: str) -> UUID | None:
    """The offer that a scene names; None for another scene."""
    if len(scene) != 23 or not scene.startswith(OFFER):
        return None
    try:
        offer_id = UUID(bytes=urlsafe_b64decode(scene[1:] + "=="))
    except ValueError:
        return None
    return offer_id if offer_scene(offer_id) == scene else None


def kept(scene: str, *, settings: Settings) -> bytes | None:
    found = db.session.get(MiniProgramCode, _key(scene, settings))
    return found and found.picture


def keep(scene: str, picture: bytes, *, settings: Settings, now: datetime) -> bytes:
    """The picture as PNG; where another process kept one first, that one stays."""
    picture = _as_png(picture)
    app_id, scene, page, env_version = _key(scene, settings)
    db.session.execute(insert_or(MiniProgramCode).values(
        app_id=app_id, scene=scene, page=page, env_version=env_version, picture=picture, at=now).on_conflict_do_nothing())
    return picture


def _key(scene: str, settings: Settings) -> tuple[str, str, str, str]:
    return settings.wechat_app_id, scene, settings.wechat_code_page, settings.wechat_version


def _as_png(picture: bytes) -> bytes:
    from PIL import Image  # some megabytes, for a worker that is sent a picture
    try:
        with Image.open(io.BytesIO(picture), formats=["JPEG", "PNG"]) as image:
            if image.width * image.height > MOST_PIXELS:
                raise NoPicture
            out = io.BytesIO()
            image.convert("RGB").save(out, "PNG", optimize=True)
            return out.getvalue()
    except (OSError, ValueError) as error:
        raise NoPicture from error
