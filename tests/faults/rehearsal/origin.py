"""Where the machines get Linli from: a repository with this tree as the newest version and one with an earlier schema, and what pip
would load, since the machines reach nothing but each other."""
import os
import shutil
import subprocess
from pathlib import Path

from models.schema import MIGRATIONS
from tests.faults.machines import ENVIRONMENT
from version import VERSION

ROOT = Path(__file__).resolve().parents[3]
BEFORE, NOW = "v0.0.1", f"v{VERSION}"


def git(*words: str, **environment: str) -> str:
    return subprocess.run(["git", "-C", ROOT, *words], env=os.environ | environment, capture_output=True, text=True, check=True).stdout.strip()


def publish(shared: Path) -> str | None:
    """Into the folder that all machines see: `linli.git` and `wheels`. The schema's step of the version before, which a shallow clone has not."""
    repository, pip = shared / "linli.git", _pip(shared)
    git("clone", "--quiet", "--bare", str(ROOT), str(repository))
    tags = {NOW: _this_tree(shared)}
    before, step = (None, None) if git("rev-parse", "--is-shallow-repository") == "true" else _version_before()
    if before:
        tags[BEFORE] = before
    for tag, commit in tags.items():
        git("push", "--quiet", "--force", str(repository), f"{commit}:refs/tags/{tag}")
        (shared / "pins.txt").write_text(git("show", f"{commit}:requirements.txt"))
        subprocess.run([pip, "download", "--quiet", "--disable-pip-version-check", "--require-hashes", "--dest", shared / "wheels",
                        "--requirement", shared / "pins.txt"], check=True, cwd=shared)
    return step


def _version_before() -> tuple[str | None, str | None]:
    """The newest commit that has the first steps of the schema, and not all; and the last of these. Of steps that were written at one time a
    later one may have come in first: until the other came, the schema had two ends."""
    def steps(commit: str) -> list[str]:
        return sorted(git("ls-tree", "--name-only", f"{commit}:{(MIGRATIONS / 'versions').relative_to(ROOT)}").split())
    all_steps = sorted(path.name for path in (MIGRATIONS / "versions").glob("0*.py"))
    for commit in git("log", "--format=%H", "--", str(MIGRATIONS / "versions")).split():
        there = [name for name in steps(commit) if name.startswith("0")]
        if there != all_steps and there == all_steps[:len(there)]:
            return commit, there[-1].removesuffix(".py")
    return None, None


def _pip(shared: Path) -> Path:
    """Of the Python that the Makefile finds on the machines: what another would load may not fit."""
    names = ("python3.11", "python3.12", "python3.13", "python3.14", "python3")
    python = next(found for name in names if (found := shutil.which(name, path=ENVIRONMENT["PATH"])))
    subprocess.run([python, "-m", "venv", shared / "venv"], check=True)
    return shared / "venv/bin/pip"


def _this_tree(shared: Path) -> str:
    """A commit of the files as they are here, also of what is not committed yet. Nothing here is touched but git's store of objects."""
    index = {"GIT_INDEX_FILE": str(shared / "index")}
    git("read-tree", "HEAD", **index)
    git("add", "--all", **index)
    who = {f"GIT_{who}_{what}": "rehearsal" for who in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")}
    return git("commit-tree", git("write-tree", **index), "-p", "HEAD", "-m", "as it is here", **who)
