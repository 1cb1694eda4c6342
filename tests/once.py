"""What is made once in a run and shared by its workers: `once(name, make)` is the path that `make(path)` has filled."""
import fcntl
import shutil
import tempfile
from pathlib import Path

import pytest

SHM = Path("/dev/shm")
IN_MEMORY = SHM if SHM.is_dir() and shutil.disk_usage(SHM).free > 4 * 2**30 else None  # else where temporary files are
RUN = pytest.StashKey[Path]()


def is_worker(config) -> bool:
    return hasattr(config, "workerinput")


def pytest_configure(config):
    config.stash[RUN] = Path(config.workerinput["run"] if is_worker(config) else tempfile.mkdtemp(prefix="linli-run-", dir=IN_MEMORY))


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node):
    node.workerinput["run"] = str(node.config.stash[RUN])


@pytest.hookimpl(trylast=True)
def pytest_unconfigure(config):
    if not is_worker(config):
        shutil.rmtree(config.stash[RUN], ignore_errors=True)


@pytest.fixture(scope="session")
def once(pytestconfig):
    run = pytestconfig.stash[RUN]

    def made(name, make) -> Path:
        path, done = run / name, run / f"{name}.done"
        with (run / f"{name}.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)  # whoever comes second waits for it
            if not done.exists():
                make(path)
                done.touch()
        return path
    return made
