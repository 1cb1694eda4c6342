"""What tests ask of the platform's stand-in, beside what we ask of it as of WeChat."""
import requests


class Seconds:
    """The stand-in's clock: it stands until a test moves it."""
    now = 0.0

    def __call__(self):
        return self.now


def orders(base: str):
    """`order("fail", ...)`: tell the stand-in at this address what to do."""
    def order(order, /, **body):
        answer = requests.post(f"{base}/_stand-in/{order}", json=body, timeout=5)
        assert answer.ok, answer.text
        return answer.json() if answer.content else None
    return order


def what_was_sent(base: str) -> list:
    """The subscription messages that the stand-in took."""
    return requests.get(f"{base}/_stand-in/sent", timeout=5).json()["sent"]
