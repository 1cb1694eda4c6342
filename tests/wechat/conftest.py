"""The app beside the platform's stand-in: `order` tells the stand-in what a test wants, `work` is the worker's round.

`push(...)` is what WeChat says to us, sealed and signed as agreed. Li has signed in by WeChat; Zhang too.
"""
import itertools
import json
from threading import Event
from types import SimpleNamespace

import pytest
import requests

from api import database_url
from clients.wechat import push as protocol
from commands import work as worker
from config import Settings
from miniapp_stub.platform.app import create_app as create_platform
from miniapp_stub.platform.codes import openid
from miniapp_stub.platform.server import serving
from models import WeChatLogin, db
from tests.conftest import KEYS, NOON
from tests.stand_in import orders, what_was_sent

APP_ID, SECRET = "wxtest", "s3cr3t"
CHANNEL = protocol.Channel("AAAAA", "C" * 43, APP_ID)
TEMPLATES = {"wechat_template_event": "T-event thing1=what time2=when phrase3=result",
             "wechat_template_record": "T-record thing1=what phrase2=result number3=points",
             "wechat_template_settlement": "T-settlement thing1=what amount2=amount"}


@pytest.fixture(scope="session")
def address():
    """One for the stand-ins of all tests, so that one application can ask them; `at` is the one that answers."""
    address = SimpleNamespace(at=None)
    with serving(lambda environ, start: address.at(environ, start)) as port:
        address.url = f"http://127.0.0.1:{port}"
        yield address


@pytest.fixture
def platform(address):
    address.at = create_platform(APP_ID, SECRET)
    return address.url


@pytest.fixture
def order(platform):
    return orders(platform)


@pytest.fixture
def sent(platform):
    return lambda: what_was_sent(platform)


@pytest.fixture
def settings(database, platform):
    return Settings(database_url=database_url(database), keys=KEYS, rate_limits=False, wechat_app_id=APP_ID, wechat_app_secret=SECRET,
                    wechat_api_base=platform, wechat_push_token=CHANNEL.token, wechat_push_aes_key=CHANNEL.aes_key, **TEMPLATES)


@pytest.fixture
def signed_in(platform):
    """Make somebody known to WeChat under a name, as if they had just opened the mini program."""
    def make(person, name):
        whose = openid(APP_ID, name)
        db.session.add(WeChatLogin(app_id=APP_ID, openid=whose, person_id=person.id, at=NOON))
        db.session.commit()
        requests.get(f"{platform}/sns/jscode2session", timeout=5, params={
            "appid": APP_ID, "secret": SECRET, "js_code": f"demo:{name}", "grant_type": "authorization_code"})
        return person
    return make


@pytest.fixture
def li(li, signed_in):
    return signed_in(li, "li-na")


@pytest.fixture
def zhang(zhang, signed_in):
    return signed_in(zhang, "zhang-wei")


@pytest.fixture
def work(app):
    def round_of_work():
        """As the worker's own process does it: with a session of its own."""
        db.session.commit()
        with app.app_context():
            worker.round_of_work("me", {}, Event())
        db.session.expire_all()
    return round_of_work


@pytest.fixture
def push(app, clock):
    """POST an event as WeChat does; each with a nonce of its own unless one is given."""
    counted = itertools.count(1)

    def tell(event, name="li-na", *, nonce=None, **fields):
        message = {"FromUserName": openid(APP_ID, name), "MsgType": "event", "Event": event, "CreateTime": 1, **fields}
        timestamp, nonce = str(int(clock.now.timestamp())), nonce or str(next(counted))
        sealed = protocol.seal(CHANNEL.aes_key, json.dumps(message).encode(), APP_ID)
        return app.test_client().post("/wechat/push", json={"Encrypt": sealed}, query_string={
            "timestamp": timestamp, "nonce": nonce, "signature": protocol.sign(CHANNEL.token, timestamp, nonce), "encrypt_type": "aes",
            "msg_signature": protocol.sign(CHANNEL.token, timestamp, nonce, sealed)})
    return tell
