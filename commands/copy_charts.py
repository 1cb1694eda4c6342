"""Copy ECharts from npm to where /admin serves it from. Without npm, or off line, figures are drawn by the server alone.

It is not kept in git: 1.1 MB under Apache-2.0, whose licence and notice are copied beside it.
"""
import hashlib
import shutil
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path

PACKAGE = "echarts@6.1.0"
SHA256 = "b66b25aeb4df84e33199dc21694014d336d222cbd9deb0e5a7c14bd6aa0d0fd0"
PLACE = Path(__file__).resolve().parent.parent / "admin" / "static" / "gen"
FILES = {"package/LICENSE": "echarts.LICENSE.txt", "package/NOTICE": "echarts.NOTICE.txt", "package/dist/echarts.min.js": "echarts.min.js"}
PATIENCE_S = 60


def is_there() -> bool:
    script = PLACE / "echarts.min.js"
    return script.exists() and hashlib.sha256(script.read_bytes()).hexdigest() == SHA256


def copy() -> str:
    """What became of it, as a sentence."""
    if is_there():
        return "ECharts is there."
    npm = shutil.which("npm")
    if npm is None:
        return "There is no npm here: /admin draws its pictures without ECharts."
    with tempfile.TemporaryDirectory() as folder:
        try:
            subprocess.run([npm, "pack", PACKAGE, "--silent", "--pack-destination", folder, "--fetch-retries", "0", "--fetch-timeout", "15000"],
                           cwd=folder, check=True, timeout=PATIENCE_S, capture_output=True)
            return _taken_out(next(Path(folder).glob("*.tgz")))
        except (subprocess.SubprocessError, OSError, StopIteration, tarfile.TarError, KeyError):
            return "npm did not give ECharts: /admin draws its pictures without it."


def _taken_out(archive: Path) -> str:
    with tarfile.open(archive) as packed:
        found = {name: packed.extractfile(inside).read() for inside, name in FILES.items()}
    if hashlib.sha256(found["echarts.min.js"]).hexdigest() != SHA256:
        return "What npm gave is not the ECharts that was reviewed: it is not used."
    PLACE.mkdir(parents=True, exist_ok=True)
    for name, content in found.items():
        (PLACE / name).write_bytes(content)
    return "ECharts is copied for the pictures of /admin."


if __name__ == "__main__":
    was_there = is_there()
    said = copy()
    if not was_there:
        sys.stdout.write(said + "\n")
