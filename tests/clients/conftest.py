"""The client and the platform's stand-in, over a real socket. `order` tells the stand-in what a test wants of it."""
import pytest

from clients.wechat import InProcess, WeChat
from miniapp_stub.platform.app import create_app
from miniapp_stub.platform.server import serving
from tests.stand_in import Seconds, orders, what_was_sent

APP_ID, SECRET = "wx1234", "s3cr3t-of-the-app"


@pytest.fixture
def clock():
    return Seconds()


@pytest.fixture
def base(clock):
    with serving(create_app(APP_ID, SECRET, clock=clock)) as port:
        yield f"http://127.0.0.1:{port}"


@pytest.fixture
def order(base):
    return orders(base)


@pytest.fixture
def sent(base):
    return lambda: what_was_sent(base)


@pytest.fixture
def store(clock):
    return InProcess(clock)


@pytest.fixture
def wechat(base, store):
    return WeChat(base, APP_ID, SECRET, tokens=store)
