"""A look at what a running process asks of the kernel, and errors put in the kernel's mouth."""
import ctypes
import shutil
import signal
import subprocess
import time
from contextlib import contextmanager
from pathlib import Path

import pytest

PR_SET_PTRACER, ANYBODY = 0x59616D61, ctypes.c_ulong(-1)


@contextmanager
def traced(pid: int, calls: str, folder: Path, *inject: str):
    """Gives the file of these calls of the process and all its threads, whole once the block is over. Skipped where that cannot be."""
    program, trace, said = shutil.which("strace"), folder / "trace", folder / "strace"
    if program is None:
        pytest.skip("no strace here: what a disk's errors do is not tried")
    words = [word for each in inject for word in ("-e", f"inject={each}")]
    with said.open("wb") as log:
        process = subprocess.Popen([program, "-f", "-o", trace, "-e", f"trace={calls}", *words, "-p", str(pid)], stderr=log)
    try:
        until = time.monotonic() + 20
        while "attached" not in said.read_text():
            if process.poll() is not None:
                pytest.skip(f"nobody may look into a running process here: {said.read_text().strip()}")
            assert time.monotonic() < until
            time.sleep(0.02)
        yield trace
    finally:
        process.send_signal(signal.SIGINT)
        process.wait(timeout=20)


def let_be_traced() -> None:
    """This process, by anybody, where the kernel lets only parents look."""
    ctypes.CDLL(None).prctl(PR_SET_PTRACER, ANYBODY, 0, 0, 0)
