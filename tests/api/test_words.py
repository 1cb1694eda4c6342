"""Words that have to say something, as they come in: their least length is of letters that can be seen."""
import marshmallow as ma
import pytest

from api.edge.fields import Schema, Text, Verbatim
from models.db import seen
from tests import measure_rows
from tests.services.measures.test_measures import UNSEEN


class Said(Schema):
    one = Text(validate=ma.validate.Length(1, 9))
    six = Text(validate=ma.validate.Length(6, 9))
    any = Text(validate=ma.validate.Length(max=9))
    code = Verbatim(validate=ma.validate.Length(1, 9))


@pytest.mark.parametrize("unseen", [*UNSEEN, "\t", "\xa0", "\u3000", "\x01", "\u2028", "\ue000", "\U000e0041"])
def test_what_nobody_sees_says_nothing(unseen):
    for words in (unseen, unseen * 6, f" {unseen} {unseen} "):
        assert seen(words) == ""
        assert set(Said().validate({"one": words, "six": words})) == {"one", "six"}
    for words in (f"{unseen}字{unseen}", f"字{unseen * 6}", f"字{unseen}{unseen}事 "):
        assert set(Said().validate({"one": words, "six": words})) == {"six"}


@pytest.mark.parametrize("words", ["👍", "❤\ufe0f", "👨\u200d👩\u200d👧", "\U0001faf8", "\U0001f3f4\U000e0067\U000e0062\U000e007f", "可以"])
def test_what_can_be_seen_stays_as_it_was_written(words):
    assert Said().load({"one": words, "any": "\u200b", "code": "\u200b"}) == {"one": words, "any": "", "code": "\u200b"}


def test_a_basis_that_nobody_sees_is_refused_field_by_field(as_, town, zhao, lins_market):
    file, listed = measure_rows.merchants_file(lins_market, zhao, town), measure_rows.a_list(zhao)
    for field in ("legal_basis", "person_basis", "facts", "decision", "scope_zh", "scope_en"):
        reply = as_(zhao).post(f"/api/v1/credit-files/{file.id}/constraints", json={
            **measure_rows.WHOLE, "list_id": str(listed.id), field: "\u200b\u200c\u200d\u2060\ufeff\u3000"})
        assert (reply.status_code, list(reply.json["errors"])) == (422, [field])
