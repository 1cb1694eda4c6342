"""The demo's town behind the built mini program, and phones to hold: `phone("li-na")` is Li Na's, at the venue, signed in.

Every phone complains of what its console says, of a request to another host, and of a refusal that the test did not expect.
The camera of a phone is fed from a file: `camera.show(text)` holds a code before all of them. Without a built app these tests
are skipped, except in CI.
"""
import os
import re
from datetime import UTC, datetime
from urllib.parse import urlsplit

import pytest
import qrcode
from PIL import Image
from sqlalchemy import select

from api import mini_program
from commands import town
from commands.demo import TEMPLATES
from config import Settings
from miniapp_stub.platform import app as platform
from miniapp_stub.platform.server import serving
from models import db
from models.people import Person
from tests.browser.conftest import FLAGS, find_chromium
from tests.conftest import KEYS
from tests.databases import copied

PLACE = "29.5595,106.5694"
SIGN_IN = {"zh-CN": "微信登录", "en": "Sign in with WeChat"}
REFUSED = re.compile(r"Failed to load resource: the server responded with a status of (\d+)")


@pytest.fixture(scope="session")
def wechat():
    with serving(platform.create_app()) as port:
        yield f"http://127.0.0.1:{port}"


@pytest.fixture
def settings(listener, lived_town, wechat, place):
    return Settings(database_url=copied(lived_town, place[0]), keys=KEYS, demo=True, rate_limits=False, wechat_api_base=wechat,
                    wechat_app_id=platform.DEMO_APP_ID, wechat_app_secret=platform.DEMO_APP_SECRET, home_area_code=town.COMMUNITY,
                    public_url=f"http://127.0.0.1:{listener.getsockname()[1]}", reversal_minutes=60,
                    **{name.lower(): template for name, template in TEMPLATES.items()})


@pytest.fixture
def app(settings, apps):
    if not mini_program.is_built():
        (pytest.fail if os.environ.get("CI") else pytest.skip)("the mini program is not built: make app")
    app = apps(settings, lambda: datetime.now(UTC))
    yield app
    with app.app_context():
        db.engine.dispose()


@pytest.fixture
def person_of(app):
    """The id of one of the town's people by name."""
    def found(name):
        with app.app_context():
            return db.session.scalars(select(Person.id).filter_by(display_name=name)).one()
    return found


@pytest.fixture
def ask(app):
    """The API as one of the town's people, beside the screens: `ask("grid-wang", "get", "/me")`."""
    client = app.test_client()

    def asked(name, method, path, *, headers=None, **options):
        token = client.post("/api/v1/auth/wechat", json={"code": f"demo:{name}"}).json["access_token"]
        return client.open(f"/api/v1{path}", method=method.upper(), headers={"Authorization": f"Bearer {token}"} | (headers or {}), **options).json
    return asked


class Camera:
    """A clip that Chromium takes for what its camera sees."""

    WIDTH, HEIGHT = 640, 480

    def __init__(self, path):
        self.path = path
        self.see_nothing()

    def see_nothing(self):
        self._write(Image.new("L", (self.WIDTH, self.HEIGHT), 150))

    def show(self, text):
        code = qrcode.QRCode(error_correction=qrcode.constants.ERROR_CORRECT_M, border=4)
        code.add_data(text, optimize=0)
        side = self.HEIGHT * 3 // 4
        frame = Image.new("L", (self.WIDTH, self.HEIGHT), 150)
        frame.paste(code.make_image().get_image().convert("L").resize((side, side), Image.NEAREST),
                    ((self.WIDTH - side) // 2, (self.HEIGHT - side) // 2))
        self._write(frame)

    def _write(self, frame):
        colours = bytes([128]) * (self.WIDTH * self.HEIGHT // 2)
        head = f"YUV4MPEG2 W{self.WIDTH} H{self.HEIGHT} F10:1 Ip A1:1 C420jpeg\n".encode()
        self.path.write_bytes(head + (b"FRAME\n" + frame.tobytes() + colours) * 2)


@pytest.fixture(scope="session")
def camera(tmp_path_factory):
    return Camera(tmp_path_factory.mktemp("camera") / "seen.y4m")


@pytest.fixture(scope="session")
def camera_browser(browser, camera):
    made = browser.browser_type.launch(executable_path=find_chromium(), args=[
        *FLAGS, "--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream", f"--use-file-for-fake-video-capture={camera.path}"])
    yield made
    made.close()


@pytest.fixture
def phone(request, browser, site, camera):
    """Open the app as one of the town's people; `at=None` is a phone that does not say where it is."""
    contexts, complaints = [], []
    camera.see_nothing()

    def opened(name, *, page_path="", language="zh-CN", width=390, height=844, at=PLACE, expects=(), with_camera=False, signs_in=True):
        holder = request.getfixturevalue("camera_browser") if with_camera else browser
        context = holder.new_context(locale=language, timezone_id="America/New_York", viewport={"width": width, "height": height},
                                     has_touch=True, permissions=["clipboard-read", "clipboard-write"])
        context.set_default_timeout(10_000)
        contexts.append(context)
        page = context.new_page()
        listen(page, site, complaints, expects)
        page.goto(f"{site}/app/?as={name}" + (f"&at={at}" if at else "") + (f"#{page_path}" if page_path else ""))
        if signs_in:
            page.get_by_role("button", name=SIGN_IN[language]).click()
            page.wait_for_function("() => !location.hash.includes('pages/sign-in')")
        return page
    yield opened
    for context in contexts:
        context.close()
    assert complaints == []


def listen(page, site, complaints, expects=()):
    def heard(said):
        refused = REFUSED.search(said.text)
        if said.type in ("error", "warning") and not (refused and int(refused[1]) in expects) and "ERR_INTERNET_DISCONNECTED" not in said.text:
            complaints.append(f"{said.text} {said.location.get('url', '')}")
    page.on("console", heard)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("request", lambda asked: complaints.append(asked.url) if leaves(asked.url, site) else None)


def leaves(url, site) -> bool:
    return urlsplit(url).scheme not in ("data", "blob") and not url.startswith(f"{site}/")
