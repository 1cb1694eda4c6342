"""docs/running.md and docs/scaling.md are walked on several machines: three hosts behind nginx, two of them with a worker, a PostgreSQL
and its synchronous standby, Redis. A new version goes from host to host, cables are pulled, the standby is promoted, all under load.
Run by `make rehearse`.

`-s` shows each heading, and what was seen.
"""
import json
import shutil
import subprocess
import time
from base64 import b64encode
from contextlib import contextmanager

import pytest

from models import db
from models.schema import downgrade
from tests.conftest import KEYS
from tests.databases import migrate
from tests.faults.hosts import leading_to
from tests.faults.machines import ENVIRONMENT
from tests.faults.rehearsal.origin import BEFORE, NOW
from tests.faults.rehearsal.steps import follow, install, know_linli, say, set_, wait_until_ready
from tests.faults.standby import of_the_distribution, pair

PEOPLE, ROUNDS_OF_UPGRADE = 4, 200
pytestmark = [pytest.mark.timeout(1800), pytest.mark.only("postgresql")]


@pytest.fixture
def two(machines):
    if not shutil.which("nginx", path=ENVIRONMENT["PATH"]) or not shutil.which("redis-server"):
        pytest.skip("no nginx or Redis here")
    with pair([machines.machine(name) for name in ("db1", "db2")], of_the_distribution()) as servers:
        yield servers


@pytest.fixture
def database(two):
    migrate(two.url)
    return two.url


@pytest.fixture
def cache(machines):
    machine = machines.machine("cache")
    process = subprocess.Popen(machine.within(["redis-server", "--bind", machine.address, "--save", "", "--protected-mode", "no"]),
                               stdout=subprocess.DEVNULL)
    yield machine
    process.kill()
    process.wait(timeout=30)


@pytest.fixture
def hosts(machines, database, cache, edge):
    """Installed by the page, with the version before if there is one; the second and third are copies of the first's disk. Not started."""
    first = machines.machine("web1")
    install(first, BEFORE if machines.step_before else NOW)
    know_linli(first)
    first.type("systemctl stop linli linli-worker", "rm /var/lib/linli/linli.db*")
    made = [first, *(machines.machine(name, like=first) for name in ("web2", "web3"))]
    for host in made:
        host.type("install -d -o linli -g linli -m 700 /var/lib/linli /var/lib/linli/backups")
        host.type("install -o linli -g linli -m 600 /dev/stdin /var/lib/linli/secrets.json",
                  answers=json.dumps({name: b64encode(key).decode() for name, key in KEYS.items()}))
        set_(host, DATABASE_URL=f"'{database}'", REDIS_URL=f"redis://{cache.address}:6379", RATE_LIMIT_PER_MINUTE=str(10**6),
             BIND=f"{host.address}:8000", WEB_CONCURRENCY="1", FORWARDED_ALLOW_IPS=edge.address)
    return made


@pytest.fixture
def edge(machines):
    """Where nginx will be."""
    return machines.machine("edge")


def lead(edge, hosts):
    """As deploy/nginx.conf says at its top."""
    edge.type("mkdir -p /var/log/nginx /var/lib/nginx /etc/ssl/linli",
              "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj /CN=linli.example "
              "-keyout /etc/ssl/linli/privkey.pem -out /etc/ssl/linli/fullchain.pem 2>/dev/null")
    conf = hosts[0].type("cat /srv/linli/deploy/nginx.conf")
    (edge.folder / "etc/nginx/conf.d/linli.conf").write_text(leading_to(conf, {f"{host.address}:8000": True for host in hosts}))
    edge.type("nginx -t && nginx")


def served(host):
    return host.journal().count('"path": "/api/v1/me')


@contextmanager
def living(day, **how):
    """People live through the day so within."""
    threads = day.begin(day.living(443, 0.3, sealed=True, **how))
    try:
        yield
    finally:
        day.end(threads)


def goes_on(day, more: int) -> float:
    """So many more changes are acknowledged; how long the first of them took."""
    began = time.monotonic()
    day.wait_for(1)
    first = time.monotonic() - began
    day.wait_for(more)
    return first


def test_several_hosts_are_renewed_cut_off_and_outlive_their_database(day, app, two, machines, chance, edge, hosts, cache):
    day, steps = day(PEOPLE, plans=600, deeds=60), []
    if machines.step_before:
        downgrade(machines.step_before)
    db.session.remove()
    db.engine.dispose()
    for host in hosts:
        host.type("systemctl start linli" + (" linli-worker" if host is not hosts[2] else ""))
        wait_until_ready(host, f"http://{host.address}:8000")
    lead(edge, hosts)

    # A new version goes from host to host, and nobody notices.
    with living(day, address=edge.address, once=True):
        for host in hosts:
            follow(host, "running.md", "Several hosts", VERSION=NOW, **{"10.0.0.11": host.address},
                   **({} if host is not hosts[2] else {" && systemctl restart linli-worker": ""}))
            steps.append(day.acknowledged)
    # The version before told the second of two at once no more than `conflict`; nothing came of it.
    day.history.calls[:] = [call for call in day.history.calls if not (call.final and call.final.code == "conflict")]
    print(f"running.md, Several hosts: looks by host {[served(host) for host in hosts]}, {day.nothing_missed()}")
    assert steps == sorted(set(steps)) and min(served(host) for host in hosts) > 0
    db.session.remove()  # a line to the primary, which will be cut
    db.engine.dispose()

    with living(day, address=edge.address, first=ROUNDS_OF_UPGRADE):
        goes_on(day, 20)

        # The cable of a host, then that of Redis is pulled, and put back.
        for pulled in (hosts[2], cache):
            pulled.cable(False)
            waited = goes_on(day, 10 * PEOPLE)
            pulled.cable(True)
            goes_on(day, 10 * PEOPLE)
            print(f"the cable of {pulled.name} pulled: changes went on after {waited:.1f} s")

        # The primary is cut off, and its standby takes over.
        time.sleep(chance.uniform(0, 1))
        machines.machines["db1"].cable(False)
        cut = time.monotonic()
        time.sleep(chance.uniform(0.5, 1.5))
        at_death = day.acknowledged
        two.promote()
        waited = goes_on(day, 1)
        away = time.monotonic() - cut
        goes_on(day, 20 * PEOPLE)
        after = day.acknowledged
        two.primary.kill()  # the old one is off, and stays off
    for each in (each for call in day.history.calls for each in call.tries):
        if each.status in (502, 504):  # what nginx says of a host that is gone: nobody knows what that one did
            each.status = 0
    print(f"scaling.md, A standby: {at_death} acknowledged before, {after - at_death} after; "
          f"away for {away:.1f} s, of which {waited:.1f} s after the promotion; {day.compare()}")
    for host in hosts:
        wait_until_ready(host, f"http://{host.address}:8000")
    say(hosts[0], "scaling.md, A standby", hosts[0].type("linli check-ledger && linli check-audit"))
