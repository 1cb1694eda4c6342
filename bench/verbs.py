"""What is asked: each verb of the product as people ask for it, every time for the first time, and the floors."""
import itertools
import json
import uuid
from collections.abc import Iterator
from dataclasses import dataclass

from bench.city import City
from bench.crowd import QUEUE
from bench.numbered import DEED, key

HOT = ("check_in", "approve", "exchange", "redeem", "queue_page")
PAGES = ("statement_page", "offers_page")


@dataclass(frozen=True)
class Ask:
    method: str
    path: str
    token: str
    body: dict | None = None

    def headers(self) -> dict[str, str]:
        given = {"Host": "127.0.0.1", "Authorization": f"Bearer {self.token}"} if self.token else {"Host": "127.0.0.1"}
        return given if self.body is None else given | {"Content-Type": "application/json", "Idempotency-Key": uuid.uuid4().hex}

    def on_the_wire(self) -> bytes:
        sent = b"" if self.body is None else json.dumps(self.body, ensure_ascii=False).encode()
        headers = self.headers() | ({"Content-Length": str(len(sent))} if sent else {})
        lines = (f"{self.method} {self.path} HTTP/1.1", *(f"{name}: {value}" for name, value in headers.items()), "", "")
        return "\r\n".join(lines).encode() + sent


@dataclass(frozen=True)
class Verb:
    name: str
    expects: int
    asks: Iterator[Ask]  # taken from again and again: but for the pages no two are the same

    def on_the_wire(self) -> Iterator[bytes]:
        return (ask.on_the_wire() for ask in self.asks)


def of_the_product(city: City) -> dict[str, Verb]:
    venues = itertools.product(city.codes, city.tokens)  # a whole crowd at one event, then at the next
    deeds = (key(DEED, n) for n in range(QUEUE + 1, QUEUE + city.size.deeds + 1))
    buyers = zip(itertools.cycle(city.tokens), itertools.cycle(city.offer_ids))
    coupons = (f"{n:012d}" for n in range(1, city.size.coupons + 1))
    queue, statement, offers = f"/activity-records?status=pending&area_id={city.grid_id}&limit=20", "/me/points/entries?limit=20", "/offers?limit=20"
    verbs = (
        Verb("check_in", 201, (_post("/check-ins", token, token=code) for code, token in venues)),
        Verb("approve", 200, (_post(f"/activity-records/{deed}/approve", city.worker, note="谢谢") for deed in deeds)),
        Verb("exchange", 201, (_post("/coupons", token, offer_id=str(offer_id)) for token, offer_id in buyers)),
        Verb("redeem", 201, (_post("/redemptions", city.clerk, code=code, shop_id=str(city.shop_id), spend_fen=3000) for code in coupons)),
        Verb("queue_page", 200, (_get(queue, city.neighbour_worker) for _ in itertools.count())),
        Verb("statement_page", 200, (_get(statement, token) for token in itertools.cycle(city.tokens))),
        Verb("offers_page", 200, (_get(offers, token) for token in itertools.cycle(city.tokens))),
    )
    return {verb.name: verb for verb in verbs}


def _get(path: str, signed_in: str) -> Ask:
    return Ask("GET", f"/api/v1{path}", signed_in)


def _post(path: str, signed_in: str, /, **body) -> Ask:
    return Ask("POST", f"/api/v1{path}", signed_in, body)


def of_the_floors(city: City) -> dict[str, Verb]:
    by_hand = (Ask("POST", "/check-ins", token, {"event_id": event_id})
               for event_id in map(str, iter(uuid.uuid4, None)) for token in city.tokens)
    return {"bare": Verb("bare", 200, itertools.repeat(Ask("GET", "/bare", ""))), "raw": Verb("raw", 201, by_hand)}
