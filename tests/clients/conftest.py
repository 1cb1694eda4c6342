"""The client and the platform's stand-in, over a real socket. `order` tells the stand-in what a test wants of it."""
import pytest
import requests

from clients.wechat import InProcess, WeChat
from miniapp_stub.platform.app import create_app
from miniapp_stub.platform.server import serving

APP_ID, SECRET = "wx1234", "s3cr3t-of-the-app"


class Clock:
    now = 0.0

    def __call__(self):
        return self.now


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def base(clock):
    with serving(create_app(APP_ID, SECRET, clock=clock)) as port:
        yield f"http://127.0.0.1:{port}"


@pytest.fixture
def order(base):
    def give(path, /, **body):
        answer = requests.post(f"{base}/_stand-in/{path}", json=body, timeout=5)
        assert answer.ok, answer.text
        return answer.json() if answer.content else None
    return give


@pytest.fixture
def sent(base):
    return lambda: requests.get(f"{base}/_stand-in/sent", timeout=5).json()["sent"]


@pytest.fixture
def store(clock):
    return InProcess(clock)


@pytest.fixture
def wechat(base, store):
    return WeChat(base, APP_ID, SECRET, tokens=store)
