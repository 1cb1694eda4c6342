"""Residents with their phones. Each is a generator that yields where others may come between."""
from models import Direction, Event, db
from services.scans import presence
from tests.simulation.gatherings import GOERS, declare, enter, leave, sign_off, sign_up
from tests.simulation.looks import came, is_one_of, may_come, records_in, running_in, usable_in


def resident(world, name):
    """Comes, withdraws, annuls, objects, buys, gives back; also what they may not, and twice."""
    acts = (_come, _come, _come, _withdraw, _annul, _object, _buy, _buy, _buy, _refund)
    if name in GOERS:
        acts += (sign_up, sign_up, sign_off, enter, enter, leave, declare)
    while True:
        yield from world.chance.choice(acts)(world, name)
        yield


def _come(world, name):
    """By the code that the venue shows at the moment of sending; the event may be over by then."""
    if not (running := running_in(world)):
        return
    event = world.chance.choice(running)

    def shown():
        return {"token": presence.show_event(db.session.get(Event, event.id), Direction.IN, settings=world.settings, now=world.now).token}
    yield from world.ask(name, "check-ins", shown, refused=lambda: may_come(world, event, name),
                         done=lambda answer: came(world, event, name, world.paper.who(name), answer))


def _withdraw(world, name):
    if found := world.pick(records_in(world, name), is_one_of("pending")):
        record_id, record = found
        yield from world.ask(name, f"activity-records/{record_id}/withdraw", key=False, refused=lambda: world.paper.may_decide(record),
                             done=lambda _: setattr(record, "status", "withdrawn"))


def _annul(world, name):
    known = [found for found in records_in(world, name) if found[1].by_check_in]
    if found := world.pick(known, lambda found: world.paper.may_annul(found[1], name, world.now) is None):
        record = found[1]
        yield from world.ask(name, f"check-ins/{record.check_in}/annul", {"reason": "x"}, key=False,
                             refused=lambda: world.paper.may_annul(record, name, world.now), done=lambda _: world.paper.annul(record))


def _object(world, name):
    if not (found := world.pick(records_in(world, name), is_one_of("approved", "rejected", "credited"))):
        return
    record_id, record = found
    yield from world.ask(name, f"activity-records/{record_id}/objection", {"reason": "x"}, key=False,
                         refused=lambda: "already_objected" if record.objections else None,
                         done=lambda answer: (record.objections.add(answer["id"]), world.objections.append((answer["id"], record))))


def _buy(world, name):
    offer_id = world.pick(world.paper.offers, lambda offer_id: world.paper.may_exchange(name, offer_id, world.now) is None)
    if offer_id is None:
        return
    yield from world.ask(name, "coupons", {"offer_id": offer_id}, refused=lambda: world.paper.may_exchange(name, offer_id, world.now),
                         done=lambda answer: world.paper.exchange(answer["id"], name, offer_id, world.now))


def _refund(world, name):
    own = [(id, coupon) for id, coupon in world.paper.coupons.items() if world.paper.who(coupon.owner) == world.paper.who(name)]
    if found := world.pick(own, usable_in(world)):
        coupon_id, coupon = found
        yield from world.ask(name, f"coupons/{coupon_id}/refund", refused=lambda: world.paper.may_use(coupon, world.now),
                             done=lambda _: world.paper.refund(coupon, world.now))
