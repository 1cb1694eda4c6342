"""The token that all processes share: sealed in the database, fetched by one of them."""
import threading
from datetime import timedelta
from time import monotonic

import pytest
from sqlalchemy import select, text

from api.edge.outside import SharedTokens
from clients.wechat import Unavailable, WeChat
from clients.wechat.access import fingerprint
from models import AccessToken, db
from services.wechat import access_tokens
from tests.conftest import KEYS, NOON
from tests.wechat.conftest import APP_ID, SECRET


@pytest.fixture
def wechat(app):
    return app.extensions["linli_wechat"]


def turn(instead_of=None, now=NOON):
    taken = access_tokens.take_turn(APP_ID, instead_of, keys=KEYS, now=now)
    db.session.commit()
    return taken


def keep(taken, token="t0ken", now=NOON, lasts=7200):
    access_tokens.keep(APP_ID, taken, token, fingerprint(token), lasts=timedelta(seconds=lasts), renew_after=timedelta(seconds=lasts - 240),
                       keys=KEYS, now=now)
    db.session.commit()


def held(now=NOON):
    return access_tokens.held(APP_ID, keys=KEYS, now=now)


def test_another_process_finds_the_token_that_the_first_one_fetched(app, wechat, platform, order):
    assert wechat.unlimited_code("x")
    order("faults", path="/cgi-bin/stable_token", status=500, times=99)
    other = WeChat(platform, APP_ID, SECRET, tokens=SharedTokens(app))
    assert other.unlimited_code("x")


def test_the_token_is_not_in_the_database_in_clear(app, wechat):
    token = wechat._access.token(monotonic() + 5)
    stored = db.session.execute(text("SELECT * FROM wechat_access_tokens")).one()
    assert token not in repr(tuple(stored)) and token.encode() not in b"".join(cell for cell in stored if isinstance(cell, bytes))
    assert fingerprint(token) in stored


def test_one_fetches_and_whoever_comes_meanwhile_does_not(app):
    first = turn()
    assert first and turn() is None
    keep(first)
    assert held() == ("t0ken", False, False)


def test_a_turn_ends_by_itself_when_its_process_died(app):
    assert turn()
    late = NOON + access_tokens.TURN
    second = turn(now=late)
    assert second
    keep("the dead one's", "0ld", now=late)
    assert held(late)[0] is None
    keep(second, "n3w", now=late)
    assert held(late)[0] == "n3w"


def test_only_the_token_that_failed_may_be_replaced(app):
    keep(turn())
    assert turn(fingerprint("an older one")) is None
    assert turn(fingerprint("t0ken"))


def test_a_token_is_due_four_minutes_before_it_is_over(app):
    keep(turn())
    assert held(NOON + timedelta(seconds=6959)) == ("t0ken", False, False)
    assert held(NOON + timedelta(seconds=6960)) == ("t0ken", True, False)
    assert held(NOON + timedelta(seconds=7200)) == (None, True, False)


def test_after_a_failure_nobody_asks_before_the_rest_is_over(app):
    access_tokens.give_up(APP_ID, turn(), timedelta(seconds=60), now=NOON)
    db.session.commit()
    assert held() == (None, True, True)
    assert turn() is None
    assert turn(now=NOON + timedelta(seconds=60))


def test_force_has_its_budget_of_twenty_in_wechats_day_thirty_seconds_apart(app):
    now, taken = NOON, turn()

    def force():
        return access_tokens.may_force(APP_ID, taken, now=now)
    for _ in range(20):
        assert force()
        assert not force()
        now += timedelta(seconds=30)
    assert not force()
    now = NOON.replace(hour=15, minute=59)
    assert not force()
    now = NOON.replace(hour=16)  # midnight in Beijing
    assert force()
    assert not access_tokens.may_force(APP_ID, "not my turn", now=now + timedelta(minutes=5))


def test_a_token_that_wechat_refuses_but_still_gives_is_forced_once_for_all(wechat, order):
    before = wechat._access.token(monotonic() + 5)
    order("tokens/end", still_given=True)
    assert wechat.unlimited_code("x")
    assert wechat._access.token(monotonic() + 5) != before
    assert db.session.scalar(select(AccessToken.forced_count)) == 1


def test_nothing_is_locked_while_wechat_is_asked(app, wechat, order):
    """Another process can write, on the embedded database too, while this one waits for its token."""
    order("faults", path="/cgi-bin/stable_token", delay_s=1, times=1)
    asking = threading.Thread(target=lambda: wechat.unlimited_code("x"))
    asking.start()
    while db.session.scalar(select(AccessToken.lease_owner)) is None:
        db.session.rollback()
    db.session.rollback()
    assert turn() is None  # a write, which would wait for a lock until the fetch is over
    assert asking.is_alive()
    asking.join()


def test_many_threads_at_once_fetch_one_token(app, wechat, platform, order):
    """The stand-in allows one: a second fetch would be refused."""
    order("quotas", path="/cgi-bin/stable_token", per_minute=1)
    answers, together = [], threading.Barrier(6)

    def go():
        together.wait()
        answers.append(wechat.unlimited_code("x")[:3])
    threads = [threading.Thread(target=go) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert answers == [b"\xff\xd8\xff"] * 6


def test_without_a_token_the_call_is_unavailable(app, wechat, order):
    order("faults", path="/cgi-bin/stable_token", errcode=40125, times=1)
    with pytest.raises(Unavailable):
        wechat.unlimited_code("x")
    with pytest.raises(Unavailable, match="no access token"):
        wechat.unlimited_code("x")
