"""Sixteen clients at once."""
import threading
import time
import uuid

from models import db

CROWD = 16


def at_once(app, act, number=CROWD, seconds=60):
    """What `act(i)` gave each thread, an exception included; all start together and have so long."""
    db.session.remove()
    barrier, answers = threading.Barrier(number), [None] * number

    def run(i):
        with app.app_context():
            barrier.wait(timeout=30)
            try:
                answers[i] = act(i)
            except Exception as error:
                answers[i] = error
            finally:
                db.session.remove()

    threads = [threading.Thread(target=run, args=(i,)) for i in range(number)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=seconds)
    assert all(answer is not None for answer in answers)
    return answers


def slowly(look, seconds=0.2, when=lambda found: True):
    """The look, with time passing before what follows from it: what it locks stays locked."""
    def looked(*args, **more):
        found = look(*args, **more)
        time.sleep(seconds if when(found) else 0)
        return found
    return looked


def post(app, token, path, body, key=None):
    """As a patient client does: busy is tried again with the same key."""
    client, key = app.test_client(), key or uuid.uuid4().hex
    for _ in range(40):
        answer = client.post(f"/api/v1/{path}", json=body, headers={"Authorization": token, "Idempotency-Key": key})
        if answer.status_code != 503:
            break
        time.sleep(0.05)
    return answer


def statuses(answers):
    return sorted(answer.status_code for answer in answers)


def one_of(winner, loser):
    return sorted([winner] + [loser] * (CROWD - 1))
