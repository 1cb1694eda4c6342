"""Two clicks at the same moment, over two connections."""
import threading
import uuid

from sqlalchemy import select

from models import TopUp, db
from tests.admin.conftest import Visitor


def test_two_clicks_at_once_act_once_and_both_lead_on(app, browse, zhao, fund):
    visitor = browse(zhao)
    form = {"act": uuid.uuid4().hex, "points": "500", "amount_fen": "0", "reference": "2026-17", "token": visitor.token}
    cookie = visitor.client.get_cookie("linli_admin", path="/").value
    path = f"/admin/funds/{fund.id}/top-ups"
    db.session.commit()  # what the test itself holds would make both wait
    together, answers = threading.Barrier(2), []

    def click():
        one = Visitor(app, cookie)
        one._token = form["token"]
        together.wait()
        answers.append(one.send(path, **form))
    threads = [threading.Thread(target=click) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert [answer.status_code for answer in answers] == [303, 303]
    assert answers[0].location == answers[1].location
    assert len(db.session.scalars(select(TopUp.id).where(TopUp.reference == "2026-17")).all()) == 1
