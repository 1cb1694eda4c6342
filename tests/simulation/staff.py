"""Who works in the town: grid worker, area admin, clerk, and who settles. Each yields where others may come between."""
from uuid import UUID

from models import Coupon, db
from tests.simulation import gatherings
from tests.simulation.looks import (
    EVENT_LASTS,
    POINTS_PER_HOUR,
    PlannedEvent,
    came,
    is_one_of,
    may_come,
    records_in,
    running_in,
    usable_in,
)
from tests.simulation.paper import day_of
from tests.simulation.world import ENROLLED, NEWCOMER, STUBBORN


def grid_worker(world):
    """Plans, scans who has no phone, approves and rejects; once finds that two are one."""
    while True:
        act = world.chance.random()
        if act < 0.15 or not running_in(world):
            _plan(world)
            gatherings.plan(world)
        elif act < 0.25:
            yield from _scan(world, ENROLLED)
        elif act < 0.34:
            yield from _join(world)
        elif found := world.pick(records_in(world), is_one_of("pending")):
            yield from _decide(world, *found, rejects=act > 0.9)
        yield


def _plan(world):
    points = world.chance.randint(8, 40)
    planned = world.send("王", "events", {
        "title": "x", "category": "x", "area_id": str(world.town.grid_a.id), "starts_at": world.now.isoformat(),
        "ends_at": (world.now + EVENT_LASTS).isoformat(), "check_out_required": False, "points_per_hour": POINTS_PER_HOUR, "points_max": points,
        "check_in_mode": "both"}).json
    assert world.send("王", f"events/{planned['id']}/publish").status_code == 200
    world.events.append(PlannedEvent(UUID(planned["id"]), points, world.now + EVENT_LASTS))


def _scan(world, name):
    if world.paper.joined:
        return
    event = running_in(world)[-1]
    yield from world.ask(
        "王", "check-ins", lambda: {"event_id": str(event.id), "resident_token": world.code_of_person(name), "direction": "in"},
        refused=lambda: may_come(world, event, name), done=lambda answer: came(world, event, name, "王", answer))


def _join(world):
    """Once, and mostly when there is something to carry."""
    newcomer = world.paper.purses[NEWCOMER]
    if world.paper.joined or (not newcomer.balance + newcomer.owed and world.chance.random() > STUBBORN):
        return
    yield from world.ask("王", f"residents/{world.ids[ENROLLED]}/join", {"resident_token": world.code_of_person(NEWCOMER)}, key=False,
                         refused=lambda: None, done=lambda _: world.paper.join(NEWCOMER, ENROLLED))


def _decide(world, record_id, record, *, rejects):
    if rejects:
        yield from world.ask("王", f"activity-records/{record_id}/reject", {"reason": "x"}, refused=lambda: world.paper.may_decide(record),
                             done=lambda _: setattr(record, "status", "rejected"))
        return
    by = world.chance.choice("王赵" if record.needs > 1 else "王")
    yield from world.ask(by, f"activity-records/{record_id}/approve", refused=lambda: world.paper.may_approve(record, by),
                         done=lambda _: world.paper.approve(record, by, world.now))


def area_admin(world):
    """Reverses what was credited, decides on objections, takes uses back until they are settled, changes the days of notice."""
    while True:
        act = world.chance.random()
        if act < 0.2 and (found := world.pick(records_in(world), is_one_of("credited"))):
            yield from _reverse(world, *found)
        elif act < 0.7 and world.objections:
            yield from _decide_objection(world)
        elif act < 0.85:
            yield from _take_back(world, "赵")
        elif act < 0.9:
            world.change_notice(world.chance.choice((0, 0, 3)))
        yield


def _reverse(world, record_id, record):
    yield from world.ask("赵", f"activity-records/{record_id}/reverse", {"reason": "x"},
                         refused=lambda: None if record.status == "credited" else "not_credited", done=lambda _: world.paper.reverse(record))


def _decide_objection(world):
    objection_id, record = world.pick(world.objections, lambda objection: objection[0] in objection[1].objections) or world.objections[-1]
    upholds = world.chance.random() < 0.6

    def decided(_):
        record.objections.discard(objection_id)
        if upholds:
            world.paper.uphold(record)
    yield from world.ask("赵", f"objections/{objection_id}/decide", {"decision": "uphold" if upholds else "dismiss", "reason": "x"}, key=False,
                         refused=lambda: None if objection_id in record.objections else "objection_decided", done=decided)


def _take_back(world, name):
    is_admin = name == "赵"
    found = world.pick(world.paper.uses.items(), lambda found: world.paper.may_take_back(found[1], world.now, as_admin=is_admin) is None)
    if found is None:
        return
    use_id, use = found
    yield from world.ask(name, f"redemptions/{use_id}/reverse", {"reason": "x"},
                         refused=lambda: world.paper.may_take_back(use, world.now, as_admin=is_admin),
                         done=lambda _: world.paper.take_back(use, world.now))


def clerk(world):
    """Takes coupons, also used and lapsed ones, and takes uses back within the hour and after it."""
    while True:
        if world.chance.random() < 0.25:
            yield from _take_back(world, "梅")
        elif found := world.pick(world.paper.coupons.items(), usable_in(world)):
            yield from _redeem(world, *found)
        yield


def _redeem(world, coupon_id, coupon):
    digits = db.session.get(Coupon, UUID(coupon_id)).short_code
    yield from world.ask("梅", "redemptions", {"code": digits, "shop_id": str(world.shop_id), "spend_fen": 3000},
                         refused=lambda: world.paper.may_use(coupon, world.now),
                         done=lambda answer: world.paper.redeem(answer["id"], coupon, world.now))


def _dispute(world, settlement_id):
    """The owner says that lines are wrong; until the admin has answered nobody approves it."""
    lines = world.send("林", f"settlements/{settlement_id}/lines", method="GET").json["items"]
    wrong = {"reason": "x", "line_ids": [lines[0]["id"]]}
    for name, verb, body, code in (("林", "dispute", wrong, None), ("赵", "approve", {}, "invalid_transition"),
                                   ("林", "confirm", {}, "invalid_transition"), ("赵", "reopen", {}, None)):
        yield from world.ask(name, f"settlements/{settlement_id}/{verb}", body, key=False, refused=lambda code=code: code, done=lambda _: None)
        yield


def settler(world):
    """Makes, has confirmed, approves and pays, while others go on."""
    while True:
        if not world.paper.may_settle(world.now) and world.chance.random() > 0.1:
            yield
            continue
        made = {}

        def days():
            return {"merchant_id": str(world.merchant_id), "period_start": "2026-01-01", "period_end": str(day_of(world.now))}

        def noted(answer, made=made):
            assert answer["amount_fen"] == world.paper.settle(world.now), world.acts[-12:]
            made.update(answer)
        yield from world.ask("赵", "settlements", days, refused=lambda: None, done=noted)
        yield
        if not made["amount_fen"]:
            continue
        if world.chance.random() < 0.7:
            yield from _dispute(world, made["id"])
        for name, verb in (("林", "confirm"), ("赵", "approve")):
            yield from world.ask(name, f"settlements/{made['id']}/{verb}", key=False, refused=lambda: None, done=lambda _: None)
            yield
        yield from world.ask("钱", f"settlements/{made['id']}/pay", {"paid_at": world.now.isoformat(), "bank_reference": "x"},
                             refused=lambda: None, done=lambda answer: setattr(world.paper, "paid", world.paper.paid + answer["amount_fen"]))
        yield
