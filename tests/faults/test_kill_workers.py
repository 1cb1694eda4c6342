"""Kill -9 of workers under load: what was acknowledged is there, once, and the books balance.

Run by `make test-faults`. KILLS and SEED may be given; both and the counts are printed (`-s` shows them).
"""
import http.client
import os
import random
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
import uuid
from base64 import b64encode
from datetime import UTC, datetime, timedelta
from json import dumps, loads
from pathlib import Path

import pytest
from sqlalchemy import func, select, text

from models import ActivityRecord, CheckIn, Direction, Posting, RecordStatus, db
from services import events
from services.points import books
from services.records import approvals, records
from services.scans import presence

ROOT = Path(__file__).resolve().parents[2]
KILLS = int(os.environ.get("KILLS", "50"))
SEED = int(os.environ.get("SEED", str(random.SystemRandom().randrange(10**9))))
PORT = int(os.environ.get("FAULTS_PORT", "8797"))
CLIENTS = 16
pytestmark = pytest.mark.timeout(600)


@pytest.fixture
def clock():
    """These requests see the real hour: the server is another process."""
    class RealClock:
        now = property(lambda self: datetime.now(UTC))
        __call__ = now.fget
    return RealClock()


@pytest.fixture
def server(app, database, tmp_path):
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", PORT))
        except OSError:
            pytest.fail(f"port {PORT} is taken")
    secrets = tmp_path / "secrets.json"
    keys = app.extensions["linli_settings"].keys
    secrets.write_text(dumps({name: b64encode(key).decode() for name, key in keys.items()}))
    environment = os.environ | {"DATABASE_URL": database, "SECRETS_FILE": str(secrets), "WEB_CONCURRENCY": "2",
                                "BIND": f"127.0.0.1:{PORT}", "RATE_LIMITS": "0"}
    with (tmp_path / "server.log").open("wb") as log:
        process = subprocess.Popen([sys.executable, "-m", "gunicorn"], cwd=ROOT, env=environment, stdout=log, stderr=log)
    try:
        _wait_until_up(process, tmp_path / "server.log")
        yield process
    finally:
        process.terminate()
        process.wait(timeout=60)


def _wait_until_up(process, log):
    for _ in range(150):
        assert process.poll() is None, log.read_text()[-3000:]
        try:
            socket.create_connection(("127.0.0.1", PORT), timeout=1).close()
            return
        except OSError:
            time.sleep(0.2)
    pytest.fail(log.read_text()[-3000:])


def workers(process):
    return [int(pid) for pid in Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()]


def insist(token, path, body):
    """Ask with one key until there is an answer that is neither a cut line nor `try again`."""
    key = uuid.uuid4().hex
    until = time.monotonic() + 120
    while time.monotonic() < until:
        request = urllib.request.Request(f"http://127.0.0.1:{PORT}/api/v1/{path}", dumps(body).encode(), {
            "Authorization": token, "Idempotency-Key": key, "Content-Type": "application/json"})
        try:
            with urllib.request.urlopen(request, timeout=30) as answer:
                return answer.status, loads(answer.read())
        except urllib.error.HTTPError as refused:
            problem = loads(refused.read())
            if refused.code != 503 and problem.get("code") != "request_in_progress":
                return refused.code, problem
        except (OSError, ValueError, http.client.HTTPException):
            pass
        time.sleep(0.02)
    return 0, None


def test_what_was_acknowledged_is_there_once(app, server, settings, live, town, wang, zhao, fund, as_):
    print(f"seed {SEED}, {KILLS} kills")
    chance = random.Random(SEED)
    now = datetime.now(UTC)
    people = [live(f"居民{i}", town.grid_a) for i in range(CLIENTS)]
    tokens = [as_(person).environ_base["HTTP_AUTHORIZATION"] for person in people]
    approver = as_(zhao).environ_base["HTTP_AUTHORIZATION"]
    stop, lock, done = threading.Event(), threading.Lock(), {"check-ins": [], "approvals": [], "odd": []}

    def new_event():
        event = events.plan(by=wang, now=now - timedelta(days=1), area_id=town.grid_a.id, title="清扫", category="environment",
                            starts_at=now, ends_at=now + timedelta(hours=2), capacity=None, check_in_mode="both",
                            check_out_required=True, points_per_hour=10, points_max=40, missing_check_out="review")
        events.step(event, "publish", by=wang, now=now - timedelta(days=1))
        return event

    plans = [new_event() for _ in range(200)]
    deeds = [[] for _ in people]
    for person, own in zip(people, deeds, strict=True):
        for _ in range(25):
            record = records.declare(by=person, now=now, category="neighbours", area_id=town.grid_a.id, description="x",
                                     started_at=now - timedelta(hours=2), ended_at=now - timedelta(hours=1))
            approvals.approve(record.id, by=wang, now=now)
            own.append(str(record.id))
    db.session.commit()
    db.session.remove()

    def show(event):
        return presence.show_event(event, Direction.IN, settings=settings, now=datetime.now(UTC)).token

    def note(kind, answer, expected, name):
        with lock:
            done[kind if answer[0] == expected else "odd"].append(answer[1]["id"] if answer[0] == expected else (name, answer))

    def scan(token, event):
        """A code may turn while there is nobody to answer; whoever scanned it then scans the next."""
        while True:
            answer = insist(token, "check-ins", {"token": show(event)})
            if not (answer[0] == 410 and answer[1]["code"] == "token_expired"):
                return answer

    def client(i):
        with app.app_context():
            for round_, event in enumerate(plans):
                if stop.is_set():
                    break
                note("check-ins", scan(tokens[i], event), 201, "check-in")
                if round_ < len(deeds[i]):
                    note("approvals", insist(approver, f"activity-records/{deeds[i][round_]}/approve", {}), 200, "approval")
                time.sleep(0.2)
            db.session.remove()

    threads = [threading.Thread(target=client, args=(i,)) for i in range(CLIENTS)]
    for thread in threads:
        thread.start()
    killed, answered = 0, -1
    while killed < KILLS and any(thread.is_alive() for thread in threads):
        time.sleep(chance.uniform(0.05, 0.6))
        acknowledged = sum(len(answers) for answers in done.values())
        if acknowledged > answered and (alive := workers(server)):  # a blow between two answers, never at a server still rising
            answered = acknowledged
            os.kill(chance.choice(alive), signal.SIGKILL)
            killed += 1
    stop.set()
    for thread in threads:
        thread.join(timeout=180)
    assert server.poll() is None

    with app.app_context():
        made = {str(row) for row in db.session.scalars(select(CheckIn.id))}
        credited = {str(row) for row in db.session.scalars(
            select(ActivityRecord.id).where(ActivityRecord.status == RecordStatus.CREDITED))}
        postings = db.session.scalar(select(func.count()).select_from(Posting).where(Posting.kind == "activity"))
        print(f"killed {killed}, check-ins {len(made)}, approvals {len(credited)}, odd {len(done['odd'])}")
        assert done["odd"] == []
        assert (len(done["check-ins"]), set(done["check-ins"])) == (len(made), made)
        assert (len(done["approvals"]), set(done["approvals"])) == (len(credited), credited)
        assert postings == len(credited)
        assert books.problems() == []
        if db.engine.dialect.name == "sqlite":
            assert db.session.scalar(text("PRAGMA integrity_check")) == "ok"
        db.session.remove()
    assert killed == KILLS
