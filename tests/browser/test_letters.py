"""A letter's page for whoever has its code, once something behind the letter has lapsed."""
from playwright.sync_api import expect

from models import Letter, Recall, db
from services.credit import recalls
from tests.conftest import NOON


def test_nothing_is_left_to_read_and_its_receiver_says_that_they_heard(visit, letter_path):
    recalls.mark(db.session.query(Letter).one(), recalls.WORDS, now=NOON)
    db.session.commit()
    page = visit(letter_path, None, language="en")
    expect(page.locator("#notice")).to_have_text("What this letter said holds no longer: something behind it has lapsed.")
    expect(page.locator("#letter")).to_be_hidden()
    expect(page.locator("#recalls li")).to_have_text("A record behind it has lapsed and no longer counts.")
    page.get_by_role("button", name="We have taken note").click()
    expect(page.locator("#notice")).to_have_text("Noted. Thank you.")
    db.session.expire_all()
    assert all(row.acknowledged_at for row in db.session.query(Recall))
