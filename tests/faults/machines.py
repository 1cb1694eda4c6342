"""Machines of a rehearsal: each is a network namespace with an address of its own on one bridge, and a namespace of mounts, processes
and its name, in which a folder stands for the parts of its file system that are written to. Needs Linux and root.

`type` does what an operator types there as root. `cable` pulls the network cable, and puts it back.
"""
import os
import shutil
import signal
import subprocess
import time
from itertools import count
from pathlib import Path

import pytest

HERE = Path(__file__).parent / "rehearsal"
OWN = ("etc", "srv", "run", "root", "var/lib", "var/log", "usr/local/sbin")  # what differs from machine to machine
SHARED = "mnt"
ENVIRONMENT = {"PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "HOME": "/root", "LANG": "C.UTF-8", "TERM": "dumb"}
NUMBERS = count()
LONGEST = 400  # seconds that a typed block may take


def why_not() -> str | None:
    """Why there can be no machines here, as a sentence."""
    if os.getuid():
        return "machines in namespaces need root"
    missing = [name for name in ("ip", "unshare", "nsenter", "setpriv", "useradd") if not shutil.which(name, path=ENVIRONMENT["PATH"])]
    if missing:
        return f"machines in namespaces need {', '.join(missing)}"
    tried = subprocess.run(["unshare", "--net", "--mount", "--pid", "--fork", "--mount-proc", "ip", "link", "add", "tried", "type", "bridge"],
                           capture_output=True, text=True, check=False)
    return f"no namespaces or bridges may be made here: {tried.stderr.strip()}" if tried.returncode else None


def ip(*words: str) -> None:
    done = subprocess.run(["ip", *words], capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"ip {' '.join(words)}: {done.stderr}"


class Network:
    """A bridge, to which this process has the address `.1`. Ends with its machines."""

    def __init__(self, folder: Path):
        # A name of its own each time: the kernel clears away what a network before left when it comes to it.
        self.folder, self.mark, self.machines = folder, f"{os.getpid():x}{'ghijklmnop'[next(NUMBERS) % 10]}", {}
        taken = subprocess.run(["ip", "-4", "addr"], capture_output=True, text=True, check=True).stdout
        self._net = next(net for net in (f"10.77.{n}" for n in range(os.getpid() % 200, 256)) if f" {net}." not in taken)
        self._bridge = f"linli{self.mark}"
        self.shared = folder / SHARED
        self.shared.mkdir(parents=True)

    def __enter__(self):
        ip("link", "add", self._bridge, "type", "bridge")
        ip("addr", "add", f"{self._net}.1/24", "dev", self._bridge)
        ip("link", "set", self._bridge, "up")
        return self

    def __exit__(self, *_):
        for machine in self.machines.values():
            machine.end()
        ip("link", "del", self._bridge)

    def machine(self, name: str, like: "Machine | None" = None) -> "Machine":
        """`like` is a machine whose disk it has a copy of, without the data."""
        number = len(self.machines) + 10
        self.machines[name] = made = Machine(self, name, f"{self._net}.{number}", self._bridge, f"v{self.mark}{number}", like)
        return made


class Machine:
    def __init__(self, network: Network, name: str, address: str, bridge: str, cable: str, like: "Machine | None"):
        self.name, self.address, self.folder = name, address, network.folder / name
        self._space, self._cable, self._holder = f"linli-{network.mark}-{name}", cable, None
        for own in OWN:
            (self.folder / own).mkdir(parents=True)
        for part in ("etc", "srv", "root"):
            if like or part == "etc":
                subprocess.run(["cp", "-a", f"{like.folder if like else ''}/{part}/.", self.folder / part], check=True)
        for program in ("systemctl", "systemd-run", "journalctl"):
            wrapper = self.folder / "usr/local/sbin" / program
            wrapper.write_text(f'#!/bin/sh\nexec /usr/bin/python3 /usr/local/sbin/systemd.py {program} "$@"\n')
            wrapper.chmod(0o755)
        shutil.copy(HERE / "systemd.py", self.folder / "usr/local/sbin/systemd.py")
        self._plug_in(bridge)
        self._boot(network.shared)

    def _plug_in(self, bridge: str) -> None:
        ip("netns", "add", self._space)
        ip("link", "add", self._cable, "type", "veth", "peer", "name", "eth0", "netns", self._space)
        ip("link", "set", self._cable, "master", bridge)
        ip("-n", self._space, "addr", "add", f"{self.address}/24", "dev", "eth0")
        for name in ("lo", "eth0"):
            ip("-n", self._space, "link", "set", name, "up")
        self.cable(True)

    def _boot(self, shared: Path) -> None:
        binds = [(self.folder / own, f"/{own}") for own in OWN] + [(shared, f"/{SHARED}")]
        script = "\n".join([f"mount --bind {source} {target}" for source, target in binds] + [
            f"hostname {self.name}", "touch /run/booted", "sleep infinity & wait"])  # bash buries what is orphaned
        self._holder = subprocess.Popen(
            ["ip", "netns", "exec", self._space, "unshare", "--mount", "--uts", "--pid", "--fork", "--kill-child", "--mount-proc",
             "bash", "-e", "-c", script], env=ENVIRONMENT, cwd="/", stderr=(self.folder / "holder").open("wb"))
        until = time.monotonic() + 30
        while not (self.folder / "run/booted").exists():
            assert time.monotonic() < until and self._holder.poll() is None, f"{self.name} did not start"
            time.sleep(0.02)

    def type(self, *lines: str, answers: str = "", expect: int = 0) -> str:
        """These lines, one after the other in one shell, each only if those before went well; what they said. `answers` are typed at prompts."""
        profile = "test -e ~/profile && . ~/profile\n"
        script = profile + "\n".join(f"{{ {line}\n}} || exit $?" for line in lines)
        init = Path(f"/proc/{self._holder.pid}/task/{self._holder.pid}/children").read_text().split()[0]
        done = subprocess.run(["nsenter", "--target", init, "--mount", "--uts", "--pid", "--net", "--", "bash", "-c", script], input=answers,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False, env=ENVIRONMENT, cwd="/",
                              start_new_session=True, timeout=LONGEST)
        assert done.returncode == expect, (f"{self.name}# {'; '.join(lines)}\nended with {done.returncode}:\n{done.stdout[-4000:]}\n"
                                           f"{self.journal()[-4000:]}")
        return done.stdout

    def remember(self, line: str) -> None:
        """A function of the operator's shell, for all that is typed later."""
        with (self.folder / "root/profile").open("a") as profile:
            profile.write(f"{line}\n")

    def port(self, usual: int) -> int:
        return usual

    def within(self, words: list) -> list:
        """The command that runs these words in this machine's network, as the very process that is started."""
        return ["ip", "netns", "exec", self._space, *words]

    def journal(self) -> str:
        return "".join(f"--- {each.name}\n{each.read_text()}" for each in sorted((self.folder / "var/log/journal").glob("*")))

    def cable(self, is_in: bool) -> None:
        ip("link", "set", self._cable, "up" if is_in else "down")

    def end(self) -> None:
        if self._holder:
            for child in Path(f"/proc/{self._holder.pid}/task/{self._holder.pid}/children").read_text().split():
                os.kill(int(child), signal.SIGKILL)  # the first process of the machine: all others go with it
            self._holder.wait(timeout=30)
        ip("netns", "del", self._space)


def network(folder: Path) -> Network:
    """Skipped where there can be none."""
    if reason := why_not():
        pytest.skip(reason)
    return Network(folder)
