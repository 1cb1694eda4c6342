"""What docs/operations.md tells an operator to do is rehearsed (`make rehearse`), or it is said why not."""
import re
from pathlib import Path

import pytest

from tests.faults.rehearsal import pages

FAULTS = Path(__file__).resolve().parent / "faults"
REHEARSED = "".join(path.read_text() for path in [*FAULTS.glob("test_rehearse_*.py"), *FAULTS.glob("rehearsal/*.py")])


@pytest.mark.parametrize("page", ["operations.md", "running.md"])
def test_each_block_to_be_typed_is_typed_as_it_stands(page):
    typed = set(re.findall(rf'follow\(\w+, "{page}", "([^"]+)"', REHEARSED))
    assert typed and set(pages.blocks(page)) == typed


def test_each_heading_of_operations_is_rehearsed_or_has_a_reason_why_not():
    rehearsed = {heading for heading in pages.sections("operations.md") if f'"operations.md", "{heading}"' in REHEARSED
                 or f'"operations.md, {heading}' in REHEARSED}
    assert rehearsed | set(pages.NOT_HERE) == set(pages.sections("operations.md")) and not rehearsed & set(pages.NOT_HERE)


def test_every_line_of_a_block_is_a_command():
    for page in ("operations.md", "running.md", "runbooks.md", "scaling.md"):
        for block in pages.BLOCK.findall((pages.DOCS / page).read_text()):
            assert all(line.startswith(("# ", " ")) for line in block.splitlines()), block


def test_what_differs_from_the_page_must_stand_there():
    with pytest.raises(AssertionError, match="nothing says"):
        pages.lines("operations.md", "Restoring", nonsense="x")
