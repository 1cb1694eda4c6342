"""Kill -9 of relays between sending and writing it down: each message is sent, and again only for each death with it in hand.

Run by `make test-faults`. MESSAGES and RELAY_DEATHS say how many.
"""
import os
import time
from datetime import UTC, datetime
from types import SimpleNamespace

import pytest
from sqlalchemy import func, select

from miniapp_stub.platform.app import create_app as create_platform
from miniapp_stub.platform.codes import openid
from models import Delivery, Message, OutboxMessage, SubscriptionRight, Topic, WeChatLogin, db
from services import outbox
from services.messages import messages
from tests.faults.hosts import several
from tests.faults.relays import Fate, relays, violations

MESSAGES = int(os.environ.get("MESSAGES", "10000"))
RELAY_DEATHS = int(os.environ.get("RELAY_DEATHS", "60"))
PEOPLE, RELAYS, RIGHTS = 100, 8, 10**6
TEMPLATE = "T-record"
WECHAT = {"WECHAT_APP_ID": "wxtest", "WECHAT_APP_SECRET": "s3cr3t", "WECHAT_TEMPLATE_RECORD": f"{TEMPLATE} thing1=what phrase2=result number3=points"}
PUSHES = {"WECHAT_PUSH_TOKEN": "AAAAA", "WECHAT_PUSH_AES_KEY": "C" * 43}
pytestmark = pytest.mark.timeout(2400)


@pytest.fixture
def platform():
    """It takes any number of messages for anybody."""
    return create_platform(WECHAT["WECHAT_APP_ID"], WECHAT["WECHAT_APP_SECRET"], generous=True)


@pytest.fixture
def tell(live, town):
    """`tell(n)`: so many messages to people who agreed to all of them, numbered from 1 by their points; gives the numbers."""
    people = [live(f"居民{i}", town.grid_a) for i in range(PEOPLE)]
    now = datetime.now(UTC)
    for i, person in enumerate(people):
        whose = {"app_id": WECHAT["WECHAT_APP_ID"], "openid": openid(WECHAT["WECHAT_APP_ID"], f"resident-{i}")}
        db.session.add(WeChatLogin(**whose, person_id=person.id, at=now))
        db.session.flush()
        db.session.add(SubscriptionRight(**whose, template_id=TEMPLATE, rights=RIGHTS, client_ahead=0, changed_at=now))

    def tell(count):
        for n in range(1, count + 1):
            messages.tell(people[n % PEOPLE].id, Topic.RECORD_CREDITED, now=datetime.now(UTC), points=n)
        db.session.commit()
        return set(range(1, count + 1))
    return tell


def order(platform, order, **body) -> None:
    answer = platform.test_client().post(f"/_stand-in/{order}", json=body)
    assert answer.status_code == 204, answer.text


def missed(platform) -> set[int]:
    """The numbers of messages of which a push that they arrived was given up."""
    ask = platform.test_client().get
    numbers = {str(each["msgid"]): int(each["data"]["number3"]["value"]) for each in ask("/_stand-in/sent").json["sent"]}
    return {numbers[each["List"]["MsgID"]] for each in ask("/_stand-in/pushes").json["given_up"]}


def waiting() -> int:
    count = db.session.scalar(select(func.count()).select_from(Message).where(Message.noticed_at.is_(None))) + outbox.held().waiting
    db.session.rollback()
    return count


def live_through(deaths, count, chance, tell, start, *, seconds=1800):
    """Until everything is sent; `start(fate)` gives the relays."""
    numbers, fate, began = tell(count), Fate(chance, deaths=deaths, among=count), time.monotonic()
    with start(fate) as made:
        while waiting():
            assert time.monotonic() < began + seconds, (waiting(), fate.left)
            time.sleep(0.5)
            made.look()
    assert fate.left == 0
    return SimpleNamespace(numbers=numbers, lives=made.lives, took=time.monotonic() - began, failed=made.log.read_text().count("could not send"))


def nothing_is_left(day) -> None:
    """No message was given up or put off for long, and each has cost one right, however often it was sent."""
    assert day.failed == 0
    states = [dict(db.session.execute(select(row.state, func.count()).group_by(row.state)).all()) for row in (OutboxMessage, Delivery)]
    assert states == [{"done": len(day.numbers)}, {"sent": len(day.numbers)}]
    assert db.session.scalar(select(func.sum(SubscriptionRight.rights))) == PEOPLE * RIGHTS - len(day.numbers)


def told_of(day) -> str:
    asked = [each for life in day.lives for each in life.asked]
    taken = [each.number for each in asked if each.is_taken]
    return (f"{sum(life.is_killed for life in day.lives)} deaths, {len(asked)} calls in {day.took:.0f} s, "
            f"{len(set(taken))} messages sent, {len(taken) - len(set(taken))} of them again")


def test_relays_die_and_every_message_is_sent(app, database, chance, tell, platform, tmp_path):
    day = live_through(RELAY_DEATHS, MESSAGES, chance, tell,
                       lambda fate: relays(RELAYS, tmp_path / "relays", app, database, platform, fate, **WECHAT))
    print(told_of(day))
    assert violations(day.numbers, day.lives) == []
    assert any(violations(day.numbers, day.lives, heard=day.numbers))  # some were sent again, or no death came at a moment that matters
    nothing_is_left(day)


def test_what_wechat_says_has_arrived_is_not_sent_again(app, database, chance, tell, platform, tmp_path):
    settings = WECHAT | PUSHES
    with several(1, tmp_path, app, database, processes=1, **settings) as [host]:
        order(platform, "push-target", url=f"http://127.0.0.1:{host.port}/wechat/push", token=PUSHES["WECHAT_PUSH_TOKEN"],
              aes_key=PUSHES["WECHAT_PUSH_AES_KEY"])
        order(platform, "linger", seconds=0.2)  # or more is pushed than a host hears that writes beside so many
        day = live_through(RELAY_DEATHS // 3, MESSAGES // 5, chance, tell,
                           lambda fate: relays(RELAYS // 2, tmp_path / "relays", app, database, platform, fate, **settings))
    unheard = missed(platform)
    print(f"{told_of(day)}, {len(unheard)} pushes not heard")
    assert violations(day.numbers, day.lives, heard=day.numbers - unheard) == []
    assert len(unheard) < len(day.numbers) / 10
    nothing_is_left(day)


@pytest.mark.parametrize(("haste", "told"), [("says sent before it sends", "was never sent"), ("forgets what WeChat answered", "0 unheard")])
def test_relays_that_break_the_promise_are_seen(haste, told, app, database, chance, tell, platform, tmp_path):
    day = live_through(6 if told == "was never sent" else 0, 60, chance, tell, lambda fate: relays(
        3, tmp_path / "relays", app, database, platform, fate, program="tests.faults.hasty_relay", HASTE=haste, **WECHAT), seconds=180)
    assert any(told in sentence for sentence in violations(day.numbers, day.lives))
