"""What the pages of docs/ tell an operator to type, by page and heading; what a rehearsal types it takes from here.

A command stands in a block of the kind ```console, after `# `. What is not rehearsed is named with its reason.
"""
import re
from pathlib import Path

DOCS = Path(__file__).resolve().parents[3] / "docs"
BLOCK = re.compile(r"^```console\n(.*?)^```$", re.MULTILINE | re.DOTALL)

NOT_HERE = {  # of operations.md, because …
    "Traces": "there is no collector here, and its packages are not those that Linli runs on; tests/test_traces.py has them",
}


def sections(page: str) -> dict[str, str]:
    return {part.partition("\n")[0]: part for part in (DOCS / page).read_text().split("\n## ")[1:]}


def blocks(page: str) -> dict[str, list[str]]:
    """The commands of each heading that has any."""
    found = {heading: [line for block in BLOCK.findall(text) for line in _lines(block)] for heading, text in sections(page).items()}
    return {heading: lines for heading, lines in found.items() if lines}


def _lines(block: str) -> list[str]:
    """A line that ends in a backslash goes on in the next."""
    return [line.removeprefix("# ") for line in re.sub(r"\\\n\s*", "", block).splitlines()]


def statements(page: str, heading: str) -> list[str]:
    """Those of a block of the kind ```sql."""
    [block] = re.findall(r"^```sql\n(.*?)^```$", sections(page)[heading], re.MULTILINE | re.DOTALL)
    return block.splitlines()


def lines(page: str, heading: str, **changes: str) -> list[str]:
    """All that stands under this heading, to be typed. `changes` are what differs here, as the page's reader would change it."""
    found = blocks(page)[heading]
    for old, new in changes.items():
        assert any(old in line for line in found), f"{page}, {heading}: nothing says {old}"
        found = [line.replace(old, new) for line in found]
    return found
