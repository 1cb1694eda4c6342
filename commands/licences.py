"""Write docs/licences.md anew: what we pin, and under which licence it is, as its own metadata say (`make licences`)."""
import json
import re
import sys
from collections.abc import Iterator
from importlib import metadata
from pathlib import Path
from typing import NamedTuple

from commands import copy_charts

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs" / "licences.md"
PIN = re.compile(r"^([\w.-]+)==([^\s;]+)", re.MULTILINE)
SAID_ELSEWHERE = {  # where the metadata say nothing that can be read, or the package is for other systems than this one
    "async-timeout": "Apache-2.0", "babel": "BSD-3-Clause", "colorama": "BSD-3-Clause", "deprecated": "MIT", "protobuf": "BSD-3-Clause",
    "pysqlite3": "Zlib", "qrcode": "BSD-3-Clause"}
LISTS = (
    ("What Linli runs on", "requirements.txt", "Installed with every Linli."),
    ("For traces", "requirements-traces.txt", "Only where an operator installs them."),
    ("For tests", "requirements-dev.txt", "On the machines of who changes Linli; not part of an installation."))
HEAD = """# Licences

What others wrote and Linli uses, by the lists that pin it. `make licences` writes this page from the packages' own metadata.
None of it is copied into this repository: pip and npm bring it, each package with its licence's text. Linli uses what is under the
LGPL (psycopg, fpdf2) as libraries and changes neither. The mini program built for browsers holds glass-easel and jsqr.
"""


class Package(NamedTuple):
    name: str
    version: str
    licence: str


def pinned(list_name: str) -> list[tuple[str, str]]:
    """Name and version of each, a name twice where two Pythons need two versions."""
    return PIN.findall((ROOT / list_name).read_text())


def licence_of(name: str) -> str:
    if name in SAID_ELSEWHERE:
        return SAID_ELSEWHERE[name]
    about = metadata.metadata(name)
    classifiers = [line.split(" :: ")[-1] for line in about.get_all("Classifier") or [] if line.startswith("License ::")]
    return about.get("License-Expression") or ", ".join(classifiers) or about["License"]


def from_npm() -> Iterator[Package]:
    """The mini program's packages, and ECharts for the pictures of /admin."""
    for place, package in json.loads((ROOT / "miniapp_stub" / "package-lock.json").read_text())["packages"].items():
        if place:
            yield Package(place.rpartition("node_modules/")[2], package["version"], package["license"])
    name, _, version = copy_charts.PACKAGE.partition("@")
    yield Package(name, version, "Apache-2.0")


def page() -> str:
    parts, known = [HEAD], set()
    for title, list_name, whose in LISTS:
        new = [pin for pin in pinned(list_name) if pin not in known]
        known.update(new)
        parts.append(_section(title, f"{whose} `{list_name}`.", (Package(name, version, licence_of(name)) for name, version in new)))
    parts.append(_section("From npm", "For building the mini program for browsers, for the pictures of /admin, and for tests "
                          "(`axe-core`). `miniapp_stub/package-lock.json`, `commands/copy_charts.py`.", from_npm()))
    return "\n".join(parts)


def _section(title: str, whose: str, packages) -> str:
    rows = "".join(f"| {package.name} | {package.version} | {package.licence} |\n" for package in packages)
    return f"## {title}\n\n{whose}\n\n| package | version | licence |\n| --- | --- | --- |\n{rows}"


if __name__ == "__main__":
    PAGE.write_text(page())
    sys.stdout.write(f"{PAGE.relative_to(ROOT)} is written.\n")
