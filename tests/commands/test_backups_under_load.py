"""Backups taken while others write: each is whole, balances, and holds what was acknowledged before it began. BACKUPS is how many."""
import os
import shutil
import sqlite3
import threading
import time
from uuid import uuid4

import pytest

from commands.backup import backup
from models import WalletKind, db
from services import ledger
from services.ledger import Cause
from services.points import funds
from tests.conftest import NOON

BACKUPS = int(os.environ.get("BACKUPS", "10"))
WRITERS = 3
pytestmark = [pytest.mark.only("sqlite"), pytest.mark.timeout(120 + 10 * BACKUPS)]


@pytest.fixture
def writing(app, town, fund, live):
    """Three credit and spend as fast as they can; what was acknowledged is in the list."""
    owners = [live(f"居民{i}", town.grid_a).id for i in range(WRITERS)]
    purses, spent = [ledger.wallet(owner, WalletKind.RESIDENT).id for owner in owners], ledger.wallet(fund.id, WalletKind.SPENT).id
    acknowledged, stop, community, area_id = [], threading.Event(), town.community, town.community.id

    def write(i):
        with app.app_context():
            while not stop.is_set():
                given = ledger.credit(funds.purse_of(community, owners[i], NOON), 2, kind="activity", because=Cause("activity_record", uuid4()),
                                      lapses_on=NOON.date(), now=NOON)
                taken = ledger.spend(purses[i], spent, 1, kind="coupon", because=Cause("coupon", uuid4()), area_id=area_id, now=NOON)
                db.session.commit()
                acknowledged.extend((given, taken))
            db.session.remove()
    threads = [threading.Thread(target=write, args=(i,)) for i in range(WRITERS)]
    db.session.remove()  # who only looked must let go of the file
    for thread in threads:
        thread.start()
    yield acknowledged
    stop.set()
    for thread in threads:
        thread.join(timeout=30)
    assert not any(thread.is_alive() for thread in threads)


def postings_in(file):
    with sqlite3.connect(f"file:{file}?mode=ro", uri=True) as copy:
        assert copy.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        assert copy.execute("SELECT sum(balance) FROM wallets WHERE unit = 'points'").fetchone() == (0,)
        return {row for (row,) in copy.execute("SELECT id FROM postings")}


def test_each_is_one_whole_moment(app, writing, tmp_path):
    sizes = []
    for number in range(BACKUPS):
        before, file = [posting.hex for posting in writing], tmp_path / f"{number}.db"
        done = app.test_cli_runner().invoke(backup, [str(file), "--plain"])
        assert done.exit_code == 0 and "the books balance" in done.output, done.output
        held = postings_in(file)
        assert set(before) <= held
        sizes.append(len(held))
        file.unlink()
    print(sizes)
    assert sizes == sorted(set(sizes)), "others wrote meanwhile"


def test_a_file_that_was_only_copied_lacks_what_was_acknowledged(app, writing, tmp_path):
    """Or is none at all: what is newest stands in the log beside it."""
    until = time.monotonic() + 30
    while len(writing) < 50 and time.monotonic() < until:
        time.sleep(0.01)
    before = {posting.hex for posting in writing}
    assert len(before) >= 50
    shutil.copy(db.engine.url.database, tmp_path / "copied.db")
    try:
        held = postings_in(tmp_path / "copied.db")
    except (sqlite3.DatabaseError, AssertionError):
        return
    assert before - held
