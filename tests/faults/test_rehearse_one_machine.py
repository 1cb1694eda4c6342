"""docs/running.md and docs/operations.md are walked on one machine, as written, from the first install to PostgreSQL. Run by `make rehearse`.

`-s` shows each heading, and what was seen.
"""
import pytest

from tests.faults.rehearsal import pages
from tests.faults.rehearsal.origin import BEFORE, NOW
from tests.faults.rehearsal.steps import PASSWORD, admins, first_admin, follow, install, say, set_, version, wait_until_ready
from tests.faults.standby import of_the_distribution, server
from tests.migrations.test_from_the_first_release import REVISIONS
from version import VERSION

pytestmark = [pytest.mark.timeout(900)]


@pytest.fixture
def database_host(machines):
    """A machine with an empty PostgreSQL, as a page's `db.example`."""
    with server(machines.machine("db"), of_the_distribution(), administers="postgres") as made:
        yield made


def test_one_machine_from_its_install_to_postgresql(machines, database_host):
    one = machines.machine("one")
    with (one.folder / "etc/hosts").open("a") as names:
        names.write(f"{database_host.address} db.example\n")
    install(one, BEFORE if machines.step_before else NOW)
    first_admin(one)
    follow(one, "running.md", "Backups")
    if machines.step_before:
        follow(one, "operations.md", "Upgrading")
        wait_until_ready(one)
    assert version(one) == VERSION

    # What the night does.
    one.type("systemctl start linli-backup")
    nightly = max((one.folder / "var/lib/linli/backups").iterdir())
    say(one, "operations.md, Backups", one.type("journalctl -u linli-backup"))
    say(one, "operations.md, The doctor", one.type("linli doctor"))

    # The disk is lost, and a new one has nothing but the copy of the secrets file; who came after the backup is gone.
    one.type("linli create-admin --username later --area-code 500103000000 --name 后来 --password-stdin", answers=PASSWORD)
    refused = one.type("systemctl stop linli linli-worker", f"linli restore /var/lib/linli/backups/{nightly.name}", expect=1)
    assert "--replace puts it aside" in refused
    one.type("rm /var/lib/linli/linli.db*")
    said = follow(one, "operations.md", "Restoring", **{"linli-20261126T023000Z.sealed": nightly.name})
    assert "the books balance, the audit chain holds" in said
    wait_until_ready(one)
    assert admins(one) == ["zhao"]

    # Back: the older schema, and up again.
    if machines.step_before:
        one.type("systemctl stop linli linli-worker", "linli backup /var/lib/linli/before-going-back.sealed",
                 f"linli db downgrade {REVISIONS[-2]}", "linli db upgrade", "systemctl start linli linli-worker")
        wait_until_ready(one)
        say(one, "operations.md, Back", one.type("linli check-ledger && linli check-audit"))

    # To PostgreSQL, whose role may not do all.
    for statement in pages.statements("operations.md", "From SQLite to PostgreSQL"):
        with database_host.connect() as connection:
            connection.execute(statement.replace("…", PASSWORD))
    set_(one, PGPASSWORD=f"'{PASSWORD}'")
    said = follow(one, "operations.md", "From SQLite to PostgreSQL")
    assert "Both are equal" in said
    set_(one, DATABASE_URL="postgresql://linli@db.example/linli")
    one.type("systemctl start linli linli-worker linli-backup.timer")
    wait_until_ready(one)
    say(one, "operations.md, From SQLite to PostgreSQL", one.type("linli doctor && linli check-ledger && linli check-audit"))
    one.type("curl --silent --header 'X-Request-ID: of-the-rehearsal' http://127.0.0.1:8000/api/v1/me")
    assert "of-the-rehearsal" in follow(one, "operations.md", "Logs", **{"4f1c…": "of-the-rehearsal"})
    say(one, "operations.md, Metrics", one.type("curl --silent --fail http://127.0.0.1:8000/metrics | grep ^linli_version_info"))

    # Its backup is proved by itself, and goes into an empty database.
    said = one.type("linli backup /var/lib/linli/on-postgresql.sealed")
    assert "CREATEDB" not in said and "the books balance" in said
    one.type("systemctl stop linli linli-worker linli-backup.timer",
             f"PGPASSWORD='{PASSWORD}' createdb -h db.example -U linli -T template0 -E UTF8 linli_again")
    set_(one, DATABASE_URL="postgresql://linli@db.example/linli_again")
    say(one, "operations.md, Restoring, PostgreSQL", one.type("linli restore /var/lib/linli/on-postgresql.sealed"))
    one.type("systemctl start linli linli-worker linli-backup.timer")
    wait_until_ready(one)
    with database_host.connect() as connection:
        names = [name for name, in connection.execute("SELECT datname FROM pg_database WHERE datname LIKE 'linli%'")]
    assert sorted(names) == ["linli", "linli_again"]
