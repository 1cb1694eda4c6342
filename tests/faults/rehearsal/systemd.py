"""What of systemd the pages of docs/ use, for a machine that is a namespace: systemctl, systemd-run and journalctl.

It reads the units of deploy/ as they were installed, and keeps of them: users, directories, environment, what runs before, starts that
are told (Type=notify), restarts, the order of signals; of the confinement a file system that is only read (ProtectSystem, ReadWritePaths),
a /tmp of its own, no home, no rights. Run by the machine's own Python, with nothing of Linli's.
"""
import os
import pwd
import shlex
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

UNITS, STATE, JOURNAL = Path("/etc/systemd/system"), Path("/run/units"), Path("/var/log/journal")
PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin"
DONE, FAILED = 0, 1


class Unit:
    def __init__(self, name):
        self.name = name if "." in name else f"{name}.service"
        self.stem = self.name.removesuffix(".service")
        self.told, self.pid_file, self.ready = {}, STATE / f"{self.name}.pid", STATE / f"{self.name}.ready"
        path = UNITS / self.name
        if not path.exists():
            sys.exit(f"Unit {self.name} not found.")
        for line in path.read_text().splitlines():
            name, is_set, value = line.partition("=")
            if is_set and not line.startswith("#"):
                self.told.setdefault(name, []).append(value)

    def last(self, name, otherwise=""):
        return self.told.get(name, [otherwise])[-1]

    def supervisor(self):
        try:
            pid = int(self.pid_file.read_text().split()[0])
            os.kill(pid, 0)
        except (OSError, ValueError, IndexError):
            return None
        return pid

    def main_pid(self):
        return self.pid_file.read_text().split()[1]


def environment(files, pairs):
    found = {"PATH": PATH, "LANG": "C.UTF-8"}
    for file in files:
        for line in Path(file).read_text().splitlines():
            if line.strip() and not line.lstrip().startswith(("#", ";")):
                name, _, value = line.strip().partition("=")
                found[name] = value.strip("'\"")
    for pair in pairs:
        name, _, value = pair.partition("=")
        found[name] = value
    return found


def of_user(user, group):
    entry = pwd.getpwnam(user)
    return ["setpriv", f"--reuid={user}", f"--regid={group or entry.pw_gid}", "--init-groups"], {"HOME": entry.pw_dir, "USER": user, "LOGNAME": user}


def confined(unit, words):
    """These words as the unit's user, where it may write only what it was given."""
    given = [*unit.last("ReadWritePaths").split(), *(f"/var/lib/{each}" for each in unit.told.get("StateDirectory", ()))]
    script = [f"umask {unit.last('UMask', '0022')}"]
    if unit.last("ProtectSystem") == "strict":
        script += [f"mount --bind {path} {path}" for path in given]
        left = "|".join([*given, "/dev", "/dev/*", "/proc", "/proc/*", "/sys", "/sys/*"])
        script += [f"awk '{{print $5}}' /proc/self/mountinfo | while read -r each; do case $each in {left}) ;; "
                   "*) mount -o remount,bind,ro \"$each\" 2>/dev/null || true;; esac; done"]  # some lie hidden under others
    if unit.last("PrivateTmp") == "yes":
        script += ["mount -t tmpfs tmpfs /tmp"]
    if unit.last("ProtectHome") == "yes":
        script += ["mount -t tmpfs -o ro,mode=000 tmpfs /root"]
    switch, who = of_user(unit.last("User", "root"), unit.last("Group"))
    script += [f'exec {shlex.join([*switch, "--no-new-privs", "--bounding-set=-all", "--inh-caps=-all", "--"])} "$@"']
    return ["unshare", "--mount", "bash", "-e", "-c", "\n".join(script), "unit", *words], who


def run(unit, command, extra, log):
    words, who = confined(unit, shlex.split(command))
    told = environment(unit.told.get("EnvironmentFile", ()), unit.told.get("Environment", ())) | who | extra
    return subprocess.Popen(words, env=told, cwd=unit.last("WorkingDirectory", "/"), stdin=subprocess.DEVNULL, stdout=log, stderr=log)


def prepare(unit):
    user = pwd.getpwnam(unit.last("User", "root"))
    for kind, where in (("StateDirectory", "/var/lib"), ("RuntimeDirectory", "/run")):
        for name in unit.told.get(kind, ()):
            path = Path(where, name)
            path.mkdir(exist_ok=True)
            path.chmod(int(unit.last(f"{kind}Mode", "0755"), 8))
            os.chown(path, user.pw_uid, user.pw_gid)


def start(unit):
    if unit.name.endswith(".timer"):
        (STATE / unit.name).touch()
        return DONE
    if unit.supervisor():
        return DONE
    prepare(unit)
    unit.ready.unlink(missing_ok=True)
    log = (JOURNAL / unit.name).open("ab")
    for before in unit.told.get("ExecStartPre", ()):
        if run(unit, before, {}, log).wait():
            return failed(unit)
    if unit.last("Type") == "oneshot":
        return failed(unit) if run(unit, unit.last("ExecStart"), {}, log).wait() else DONE
    if os.fork() == 0:
        os.setsid()
        for stream in (0, 1, 2):
            os.dup2(log.fileno(), stream)
        supervise(unit, log)
    until = time.monotonic() + int(unit.last("TimeoutStartSec", "90"))
    while not unit.ready.exists():
        if time.monotonic() > until:
            return failed(unit)
        time.sleep(0.05)
    return DONE


def failed(unit):
    print(f"Job for {unit.name} failed. See `journalctl -u {unit.stem}`.")
    return FAILED


def supervise(unit, log):
    """Until it is stopped: starts it, and again where it ended by itself. This process is the unit's systemd."""
    stopping, child = [], None
    signal.signal(signal.SIGTERM, lambda *_: (stopping.append(True), child and child.send_signal(signal.SIGTERM)))
    waits = unit.last("Type") == "notify"
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as ear:
        ear.bind(address := str(STATE / f"{unit.name}.{os.getpid()}.notify"))
        os.chmod(address, 0o777)
        ear.settimeout(0.1)
        while not stopping:
            child = run(unit, unit.last("ExecStart"), {"NOTIFY_SOCKET": address} if waits else {}, log)
            unit.pid_file.write_text(f"{os.getpid()} {child.pid}")
            if not waits:
                unit.ready.touch()
            while child.poll() is None:
                try:
                    if b"READY=1" in ear.recv(4096):
                        unit.ready.touch()
                except TimeoutError:
                    pass
            if not stopping and unit.last("Restart") == "always":
                time.sleep(float(unit.last("RestartSec", "0.1")))
            else:
                break
    unit.pid_file.unlink(missing_ok=True)
    os._exit(0)


def stop(unit):
    if unit.name.endswith(".timer"):
        (STATE / unit.name).unlink(missing_ok=True)
        return DONE
    pid = unit.supervisor()
    if pid:
        os.kill(pid, signal.SIGTERM)
        until = time.monotonic() + int(unit.last("TimeoutStopSec", "90"))
        while unit.supervisor():
            if time.monotonic() > until:
                os.kill(int(unit.main_pid()), signal.SIGKILL)
            time.sleep(0.05)
    return DONE


def restart(unit):
    stop(unit)
    return start(unit)


def reload(unit):
    return subprocess.run(shlex.split(unit.last("ExecReload").replace("$MAINPID", unit.main_pid())), check=False).returncode


def status(unit):
    print(f"{unit.name}: {'active' if unit.supervisor() or (STATE / unit.name).exists() else 'inactive'}")
    return DONE


def systemctl(words):
    verb, words = words[0], [word for word in words[1:] if not (word.startswith("-") and word != "--now")]
    if verb == "daemon-reload":
        return DONE
    if verb == "enable":
        names = [word for word in words if word != "--now"]
        return max([start(Unit(name)) for name in names] if "--now" in words else [DONE])
    verbs = {"start": start, "stop": stop, "restart": restart, "reload": reload, "status": status}
    return max([verbs[verb](Unit(name)) for name in words])


def systemd_run(words):
    options = {}
    while words[0].startswith("--"):
        name, _, value = words.pop(0)[2:].partition("=")
        options.setdefault(name, []).append(value)
    files = [each.removeprefix("EnvironmentFile=") for each in options.get("property", ())]
    switch, who = of_user(options["uid"][0], options["gid"][0])
    os.chdir(options["working-directory"][0])
    os.dup2(1, 2)  # a terminal is one
    os.execvpe(switch[0], [*switch, "--", *words], environment(files, ()) | who)


def journalctl(words):
    for name, value in zip(words, [*words[1:], ""], strict=True):
        if name == "-u" and (log := JOURNAL / Unit(value).name).exists():
            sys.stdout.write(log.read_text())
    return DONE


if __name__ == "__main__":
    STATE.mkdir(exist_ok=True)
    JOURNAL.mkdir(exist_ok=True)
    sys.exit({"systemctl": systemctl, "systemd-run": systemd_run, "journalctl": journalctl}[sys.argv[1]](sys.argv[2:]))
