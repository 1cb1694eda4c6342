"""A day in a town under faults: many people check in at events and a grid worker approves what they declared, each request with a key
of its own; what was acknowledged is noted, and compared with the tables in the end."""
import http.client
import ssl
import threading
import time
import uuid
from datetime import UTC, datetime, timedelta
from json import dumps, loads
from select import select as readable

from sqlalchemy import func, select

from models import ActivityRecord, CheckIn, Direction, Posting, RecordStatus, db
from services import events
from services.points import books
from services.records import approvals, records
from services.scans import presence


class RealClock:
    """These requests see the real hour: the servers are other processes."""
    now = property(lambda self: datetime.now(UTC))
    __call__ = now.fget


class Line:
    """A connection to a server that is kept while it answers."""

    def __init__(self, port: int, *, sealed: bool = False):
        self._port, self._sealed, self._connection = port, sealed, None

    def ask(self, token: str, path: str, body: dict | None = None, key: str | None = None) -> tuple[int, dict]:
        """Once. A body makes it a change, with this key or a new one. A line that is cut is an OSError or an HTTPException."""
        headers = {"Authorization": token, "Content-Type": "application/json"}
        if body is not None:
            headers["Idempotency-Key"] = key or uuid.uuid4().hex
        if self._connection and self._connection.sock and readable([self._connection.sock], [], [], 0)[0]:  # the other side has closed it meanwhile
            self._connection.close()
            self._connection = None
        try:
            self._connection = self._connection or self._open()
            self._connection.request("GET" if body is None else "POST", f"/api/v1/{path}", body if body is None else dumps(body), headers)
            answer = self._connection.getresponse()
            return answer.status, loads(answer.read())
        except BaseException:
            self._connection, broken = None, self._connection
            if broken:
                broken.close()
            raise

    def insist(self, token: str, path: str, body: dict) -> tuple[int, dict | None]:
        """Ask with one key until there is an answer that is neither a cut line nor `try again`."""
        key, until = uuid.uuid4().hex, time.monotonic() + 120
        while time.monotonic() < until:
            try:
                status, told = self.ask(token, path, body, key)
                if status != 503 and told.get("code") != "request_in_progress":
                    return status, told
            except (OSError, ValueError, http.client.HTTPException):
                pass
            time.sleep(0.02)
        return 0, None

    def _open(self):
        if self._sealed:
            return http.client.HTTPSConnection("127.0.0.1", self._port, timeout=40, context=ssl._create_unverified_context())
        return http.client.HTTPConnection("127.0.0.1", self._port, timeout=40)


class Day:
    """`people` with bearer tokens, `plans` to check in at, and for each person `deeds` that wait for the last approval."""

    def __init__(self, app, people, *, wang, approver, as_, plans: int, deeds: int, settings):
        self._app, self._settings = app, settings
        self.tokens = [as_(person).environ_base["HTTP_AUTHORIZATION"] for person in people]
        self.approver = as_(approver).environ_base["HTTP_AUTHORIZATION"]
        now = datetime.now(UTC)
        self.plans = [self._event(wang, now) for _ in range(plans)]
        self.deeds = [[self._deed(person, wang, now) for _ in range(deeds)] for person in people]
        db.session.commit()
        db.session.remove()
        self.stop, self._lock, self.done = threading.Event(), threading.Lock(), {"check-ins": [], "approvals": [], "odd": []}

    def _event(self, wang, now):
        event = events.plan(by=wang, now=now - timedelta(days=1), area_id=wang.home_area_id, title="清扫", category="environment",
                            starts_at=now, ends_at=now + timedelta(hours=2), capacity=None, check_in_mode="both",
                            check_out_required=True, points_per_hour=10, points_max=40, missing_check_out="review")
        events.step(event, "publish", by=wang, now=now - timedelta(days=1))
        return event

    def _deed(self, person, wang, now):
        record = records.declare(by=person, now=now, category="neighbours", area_id=wang.home_area_id, description="x",
                                 started_at=now - timedelta(hours=2), ended_at=now - timedelta(hours=1))
        approvals.approve(record.id, by=wang, now=now)
        return str(record.id)

    @property
    def acknowledged(self) -> int:
        return sum(len(answers) for answers in self.done.values())

    def note(self, kind: str, answer, expected: int) -> None:
        with self._lock:
            self.done[kind if answer[0] == expected else "odd"].append(answer[1]["id"] if answer[0] == expected else (kind, answer))

    def show(self, event) -> str:
        return presence.show_event(event, Direction.IN, settings=self._settings, now=datetime.now(UTC)).token

    def scan(self, ask, token, event):
        """A code may turn while there is nobody to answer; whoever scanned it then scans the next."""
        while True:
            answer = ask(token, "check-ins", {"token": self.show(event)})
            if not (answer[0] == 410 and answer[1]["code"] == "token_expired"):
                return answer

    def begin(self, live_through) -> list[threading.Thread]:
        """`live_through(i)` for each person, in a thread."""
        def one(i):
            with self._app.app_context():
                live_through(i)
                db.session.remove()
        threads = [threading.Thread(target=one, args=(i,)) for i in range(len(self.tokens))]
        for thread in threads:
            thread.start()
        return threads

    def insisting(self, port: int, pause: float):
        """Who does not give up: checks in at one event after the other, and has a deed approved after each."""
        def live_through(i):
            line = Line(port)
            for round_, event in enumerate(self.plans):
                if self.stop.is_set():
                    break
                self.note("check-ins", self.scan(line.insist, self.tokens[i], event), 201)
                if round_ < len(self.deeds[i]):
                    self.note("approvals", line.insist(self.approver, f"activity-records/{self.deeds[i][round_]}/approve", {}), 200)
                time.sleep(pause)
        return live_through

    def end(self, threads) -> None:
        self.stop.set()
        for thread in threads:
            thread.join(timeout=180)

    def compare(self) -> str:
        """What was acknowledged is in the tables, once, and nothing else is; the books balance."""
        made = {str(row) for row in db.session.scalars(select(CheckIn.id))}
        credited = {str(row) for row in db.session.scalars(select(ActivityRecord.id).where(ActivityRecord.status == RecordStatus.CREDITED))}
        postings = db.session.scalar(select(func.count()).select_from(Posting).where(Posting.kind == "activity"))
        assert self.done["odd"] == [], (len(self.done["odd"]), self.done["odd"][:5])
        assert (len(self.done["check-ins"]), set(self.done["check-ins"])) == (len(made), made)
        assert (len(self.done["approvals"]), set(self.done["approvals"])) == (len(credited), credited)
        assert postings == len(credited)
        assert books.problems() == []
        return f"check-ins {len(made)}, approvals {len(credited)}"
