import ctypes
import fcntl
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from contextlib import ExitStack, contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path

import click
from sqlalchemy import select

from commands import history, import_areas, town
from config import Settings
from miniapp_stub.platform.app import DEMO_APP_ID, DEMO_APP_SECRET, DEMO_PUSH_AES_KEY, DEMO_PUSH_TOKEN
from models import Area, db
from models.schema import upgrade
from services.merchants import statement_pdf

HERE = Path(__file__).resolve().parent.parent
FILES = ("linli.db", "linli.db-wal", "linli.db-shm", "secrets.json")
NO_FONT = """
Statements as PDF are in English here: this system has no font for Chinese (on Debian and Ubuntu: fonts-noto-cjk).
"""
TEMPLATES = {
    "WECHAT_TEMPLATE_EVENT": "demo-event thing1=what time2=when phrase3=result",
    "WECHAT_TEMPLATE_RECORD": "demo-record thing1=what phrase2=result number3=points",
    "WECHAT_TEMPLATE_POINTS": "demo-points thing1=note number2=points date3=when",
    "WECHAT_TEMPLATE_COUPON": "demo-coupon thing1=what phrase2=result time3=when",
    "WECHAT_TEMPLATE_SETTLEMENT": "demo-settlement thing1=what amount2=amount phrase3=result",
}
READY_WITHIN_S = 60
PATIENCE_S = 30
OPENER = urllib.request.build_opener(urllib.request.ProxyHandler({}))


@click.command("demo")
@click.option("--reset", is_flag=True, help="forget the demo's data and make it again")
def demo(reset: bool) -> None:
    """Run an invented community on this machine: PORT (8000) and DEMO_DIR (./demo-data) say where."""
    port = _free_port(os.environ.get("PORT") or "8000")
    place = Path(os.environ.get("DEMO_DIR") or "demo-data").resolve()
    with _alone_in(place):
        if reset:
            _forget(place)
        with ExitStack() as children:
            _serve(place, port, children)


def _free_port(text: str) -> int:
    if not text.isdecimal() or not 1 <= int(text) <= 65535:
        raise click.ClickException(f"PORT must be a number from 1 to 65535, not {text!r}.")
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", int(text)))
        except OSError as error:
            raise click.ClickException(f"Port {text} is in use or not allowed; choose another: PORT=8001 make demo") from error
    return int(text)


@contextmanager
def _alone_in(place: Path):
    """One demo for each place: a second one would pull the files from under the first."""
    place.mkdir(parents=True, exist_ok=True)
    with (place / "demo.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise click.ClickException(f"A demo is running in {place} already; choose another DEMO_DIR.") from error
        yield


def _forget(place: Path) -> None:
    for name in FILES:
        (place / name).unlink(missing_ok=True)


def environment(place: Path, port: int) -> dict[str, str]:
    """What the demo sets; every other setting comes from outside as it is."""
    asked = os.environ | {"LINLI_DEMO": "1", "DATABASE_URL": f"sqlite:///{place / 'linli.db'}",
                          "SECRETS_FILE": str(place / "secrets.json"), "HOME_AREA_CODE": town.COMMUNITY,
                          "WECHAT_APP_ID": DEMO_APP_ID, "WECHAT_APP_SECRET": DEMO_APP_SECRET,
                          "WECHAT_PUSH_TOKEN": DEMO_PUSH_TOKEN, "WECHAT_PUSH_AES_KEY": DEMO_PUSH_AES_KEY,
                          "BIND": f"127.0.0.1:{port}", "PORT": str(port)}
    for name, template in TEMPLATES.items():
        asked.setdefault(name, template)
    asked.setdefault("PUBLIC_URL", f"http://127.0.0.1:{port}")
    return asked


def _serve(place: Path, port: int, children: ExitStack) -> None:
    signals = _Signals()
    env = environment(place, port)
    port_file = place / "wechat-port"
    port_file.unlink(missing_ok=True)
    platform = children.enter_context(_child(env, "miniapp_stub.platform", "--port", "0", "--port-file", str(port_file),
                                             "--push-url", f"http://127.0.0.1:{port}/wechat/push", "--push-token", DEMO_PUSH_TOKEN,
                                             "--push-aes-key", DEMO_PUSH_AES_KEY, "--generous", "--with-parent"))
    _prepare(Settings.from_env(env))
    env["WECHAT_API_BASE"] = f"http://127.0.0.1:{_read_port(port_file, platform)}"
    server = children.enter_context(_child(env, "gunicorn", "-c", "gunicorn.conf.py", "wsgi:app"))
    worker = children.enter_context(_child(env, "flask", "--app", "wsgi", "work"))
    _wait_until_ready(port, server, signals)
    if not signals.asked_to_end:
        click.echo(welcome(port, place))
    _watch(server, worker, signals)


class _Signals:
    """INT and TERM ask the demo to end; its children are told on the way out."""

    def __init__(self):
        self.asked_to_end = False
        for each in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(each, self._ask)

    def _ask(self, *_):
        self.asked_to_end = True


@contextmanager
def _child(env: dict[str, str], module: str, *arguments: str):
    """A process of this Python, asked to end on the way out, and made to if it does not."""
    child = subprocess.Popen([sys.executable, "-m", module, *arguments], cwd=HERE, env=env, preexec_fn=_end_with_parent)
    try:
        yield child
    finally:
        child.terminate()
        try:
            child.wait(PATIENCE_S)
        except subprocess.TimeoutExpired:
            child.kill()
            child.wait()


def _end_with_parent() -> None:
    """On Linux, a demo that is killed outright takes its children along."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(1, signal.SIGTERM)


def _read_port(port_file: Path, platform: subprocess.Popen) -> int:
    ends = time.monotonic() + READY_WITHIN_S
    while platform.poll() is None and time.monotonic() < ends:
        with suppress(FileNotFoundError):
            return int(port_file.read_text())
        time.sleep(0.05)
    raise click.ClickException("The WeChat platform's stand-in did not start; what it said is above.")


def _prepare(settings: Settings) -> None:
    """The newest schema, and, the first time, the tree, the town and its history: all of them or none."""
    from api import create_app

    app = create_app(settings)
    with app.app_context():
        upgrade()
        if db.session.scalar(select(Area.id).filter_by(code=town.COMMUNITY)) is None:
            click.echo("Preparing the demo's town; this takes a few seconds.")
            _found(settings, datetime.now(UTC))
        history.plan_ahead(datetime.now(UTC))
        db.session.commit()
        db.session.remove()
        db.engine.dispose()


def _found(settings: Settings, now: datetime) -> None:
    """The past went by the default numbers, whatever the environment now sets."""
    import_areas.take_in(import_areas.read(HERE / "data" / "chongqing_areas.csv"))
    cast = town.found(settings, now)
    history.live_through(cast, Settings(keys=settings.keys), now)
    db.session.commit()


def _wait_until_ready(port: int, server: subprocess.Popen, signals: _Signals) -> None:
    ends = time.monotonic() + READY_WITHIN_S
    while not signals.asked_to_end:
        if server.poll() is not None or time.monotonic() > ends:
            raise click.ClickException("The server did not start; what it said is above.")
        with suppress(urllib.error.URLError, OSError):
            OPENER.open(f"http://127.0.0.1:{port}/readyz", timeout=2).close()
            return
        time.sleep(0.1)


def _watch(server: subprocess.Popen, worker: subprocess.Popen, signals: _Signals) -> None:
    """Until somebody ends it, or the server ends by itself."""
    told = False
    while not signals.asked_to_end:
        if server.poll() is not None:
            raise click.ClickException("The server has ended, and the demo with it.")
        if worker.poll() is not None and not told:
            told = True
            click.echo("The worker has ended; the server goes on without it.", err=True)
        time.sleep(0.2)
    click.echo("Ending the demo; its data stay.")


def welcome(port: int, place: Path) -> str:
    url = f"http://127.0.0.1:{port}"
    who = "\n".join(f"  {login.name:<13} {login.display_name} · {login.is_what}" for login in town.LOGINS)
    return f"""
Linli 邻里 is ready on {url} (its documents: {url}/api/v1/openapi.json). Its data are in {place}.

Who can sign in, by WeChat's stand-in as demo:NAME, staff also by name with the password {town.PASSWORD}:
{who}
  any other     a new resident of {town.COMMUNITY_NAME}

Open {url} in a browser: there is a door for each of them.

A first try without one:
  curl -s {url}/api/v1/auth/wechat -H 'Content-Type: application/json' -d '{{"code": "demo:li-na"}}'

Administration in a browser, for the admins and the auditor: {url}/admin
{"" if statement_pdf.font() else NO_FONT}
Ctrl-C ends it.
"""


COMMANDS = (demo,)

if __name__ == "__main__":
    demo()
