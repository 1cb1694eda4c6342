"""What several rehearsals do: an installation by the page, and how it is looked at."""
import json
import re

from tests.faults.machines import Machine
from tests.faults.rehearsal import pages
from tests.faults.rehearsal.origin import NOW

PASSWORD = "a long password that nobody guesses"


def say(machine: Machine, heading: str, seen: str) -> None:
    print(f"[{machine.name}] {heading}: {' '.join(seen.split())[-300:]}", flush=True)


def follow(machine: Machine, page: str, heading: str, *, answers: str = "", **changes: str) -> str:
    """All that stands there, as it stands there but for these changes."""
    said = machine.type(*pages.lines(page, heading, **changes), answers=answers)
    say(machine, f"{page}, {heading}", said)
    return said


def prepare(machine: Machine) -> None:
    """What is not Linli's: where git and pip find things on a machine that reaches no others, and a name for the database's host."""
    (machine.folder / "etc/pip.conf").write_text("[global]\nno-index = true\nfind-links = /mnt/wheels\nroot-user-action = ignore\n")
    (machine.folder / "root/.npmrc").write_text("offline = true\n")
    machine.type("git config --system url./mnt/linli.git.insteadOf https://git.example/linli.git")


def install(machine: Machine, version: str = NOW) -> None:
    prepare(machine)
    follow(machine, "running.md", "Install", **{"git clone ": f"git -c advice.detachedHead=false clone --quiet --branch {version} "})
    wait_until_ready(machine)


def wait_until_ready(machine: Machine, where: str = "http://127.0.0.1:8000") -> str:
    return machine.type(f"for i in $(seq 150); do curl --silent --fail --max-time 5 {where}/readyz && exit; sleep 0.2; done",
                        f"curl --show-error --fail {where}/readyz")


def know_linli(machine: Machine) -> None:
    """The operator's shell has the function that the page tells of."""
    machine.remember(pages.lines("running.md", "The first admin")[0])


def first_admin(machine: Machine) -> None:
    know_linli(machine)
    said = follow(machine, "running.md", "The first admin", answers=f"{PASSWORD}\n{PASSWORD}\n")
    assert "zhao now administers" in said


def set_(machine: Machine, **settings: str) -> None:
    """In linli.env, in place of the line that is there."""
    file = machine.folder / "etc/linli/linli.env"
    told = file.read_text()
    for name, value in settings.items():
        told, found = re.subn(rf"^#?{name}=.*$", lambda _: f"{name}={value}", told, flags=re.MULTILINE)  # noqa: B023
        told += "" if found else f"\n{name}={value}\n"
    file.write_text(told)


def version(machine: Machine) -> str:
    return json.loads(machine.type("curl --silent --fail http://127.0.0.1:8000/healthz")).get("version", "one before there were numbers")


ADMINS = """
import sqlite3
print(*[name for name, in sqlite3.connect("/var/lib/linli/linli.db").execute("SELECT username FROM staff_logins")])
"""


def admins(machine: Machine) -> list[str]:
    """Who may sign in, on SQLite."""
    return machine.type(f"/usr/bin/python3 -c '{ADMINS}'").split()
