"""How gunicorn serves Linli: `gunicorn` alone, in this directory, reads this file.

Worker kinds and counts were measured (docs/decisions/0008-workers.md). On the embedded SQLite threads, not
more processes: threads of one process take turns, several processes wait for the file's lock by polling. Any
setting can be overruled with GUNICORN_CMD_ARGS.
"""
import json
import logging
import os
import re
import runpy
import shutil
import tempfile
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import parse_qsl

from gunicorn.glogging import Logger

on_postgresql = os.environ.get("DATABASE_URL", "").startswith("postgres")
cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1

wsgi_app = "wsgi:app"
bind = os.environ.get("BIND") or f"127.0.0.1:{os.environ.get('PORT') or 8000}"
worker_class = "web_worker.WebWorker"  # gthread, and three habits of ours
workers = int(os.environ.get("WEB_CONCURRENCY") or (min(2 * cores, 8) if on_postgresql else 1))
threads = 4 if on_postgresql else 8
preload_app = False  # a database connection is never shared through a fork, and HUP loads new code

timeout = 30
graceful_timeout = 25
keepalive = 5  # longer than the proxy's own (deploy/nginx.conf), so that it never writes to a closed one
max_requests = int(os.environ.get("MAX_REQUESTS") or 0)
max_requests_jitter = int(os.environ.get("MAX_REQUESTS_JITTER") or max_requests // 10)
if os.path.isdir("/dev/shm"):
    worker_tmp_dir = "/dev/shm"  # the heartbeat's file must not wait for a disk

forwarded_allow_ips = os.environ.get("FORWARDED_ALLOW_IPS") or "127.0.0.1"
limit_request_line = 4094
limit_request_fields = 64
limit_request_field_size = 8190
control_socket_disable = True

accesslog = "-"
errorlog = "-"

PARAMETER = re.compile(r"[a-z_]{1,32}")
# Read as a file, not imported: a module would stay in the master, and HUP could not renew it.
hidden = runpy.run_path(str(Path(__file__).parent / "api" / "edge" / "hidden.py"))


class JsonLines(logging.Formatter):
    """What gunicorn itself says, as api/edge/logs.py writes what the application says."""

    def format(self, record):
        return json.dumps(hidden["line"](record) | {"pid": record.process})


class JsonLog(Logger):
    """One JSON object a line. What opens a door is not written: no header but the agent's name, no query
    value, and in paths no code (twelve or more letters and digits that are not an id)."""

    def setup(self, cfg):
        super().setup(cfg)
        for handler in self.error_log.handlers:
            handler.setFormatter(JsonLines())

    def access(self, resp, req, environ, request_time):
        if not self.access_log_enabled:
            return
        headers = {name.lower(): value for name, value in resp.headers}
        self.access_log.info("%s", json.dumps({
            "at": datetime.now(UTC).isoformat(timespec="milliseconds"),
            "logger": "access",
            "request_id": headers.get("x-request-id"),
            "client": environ.get("REMOTE_ADDR"),
            "method": environ.get("REQUEST_METHOD"),
            "path": safe_path(environ),
            "query": safe_query(environ),
            "status": int(str(resp.status).split(None, 1)[0]),
            "bytes": getattr(resp, "sent", None),
            "ms": round(request_time.total_seconds() * 1000, 1),
            "agent": environ.get("HTTP_USER_AGENT", "")[:200],
        }))


def safe_path(environ) -> str:
    raw = (environ.get("SCRIPT_NAME", "") + environ.get("PATH_INFO", "")).encode("latin-1", "replace")
    return hidden["path"](raw.decode("utf-8", "surrogateescape"))


def safe_query(environ) -> list[str]:
    """The parameters' names, those that can be names."""
    names = {name for name, _ in parse_qsl(environ.get("QUERY_STRING", "")[:4096], keep_blank_values=True)}
    return sorted(name for name in names if PARAMETER.fullmatch(name))


logger_class = JsonLog


def on_starting(server):
    """Several workers' metrics meet in one directory: made if absent, emptied of the last run's."""
    if "GUNICORN_PID" in os.environ:  # the successor in an upgrade by USR2: the old workers still count
        return
    directory = os.environ.get("PROMETHEUS_MULTIPROC_DIR")
    if not directory:
        if server.cfg.workers == 1:
            return
        directory = os.environ["PROMETHEUS_MULTIPROC_DIR"] = tempfile.mkdtemp(prefix="linli-metrics-")
        server.metrics_made_here = directory
    Path(directory).mkdir(parents=True, exist_ok=True)
    for left_over in Path(directory).glob("*.db"):
        left_over.unlink(missing_ok=True)


def on_reload(server):
    """Each old worker serves until a new one has loaded: on SQLite, with one worker, people would wait for seconds."""
    old = sorted((worker for worker in server.WORKERS.values() if hasattr(worker, "expect_successor")), key=lambda worker: worker.age)
    server.successors = {server.worker_age + 1 + i: worker.pid for i, worker in enumerate(old[:server.cfg.workers])}
    for worker in old[:server.cfg.workers]:
        worker.expect_successor()


def pre_fork(server, worker):
    worker.predecessor = getattr(server, "successors", {}).pop(worker.age, None)


def child_exit(server, worker):
    if os.environ.get("PROMETHEUS_MULTIPROC_DIR"):
        from prometheus_client import multiprocess

        multiprocess.mark_process_dead(worker.pid)


def on_exit(server):
    directory = getattr(server, "metrics_made_here", None)
    if directory and not server.reexec_pid:
        shutil.rmtree(directory, ignore_errors=True)
