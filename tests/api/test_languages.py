"""Whoever asks in Chinese reads Chinese: also what marshmallow says of a field."""
from pathlib import Path

import marshmallow as ma
import pytest
from babel.messages.pofile import read_po

from api.edge.fields import Schema

ONLY_OF_DUMPING = ("cannot be formatted",)


def catalogue(floor: str) -> dict[str, str]:
    with Path(f"{floor}/translations/zh_Hans/LC_MESSAGES/messages.po").open("rb") as file:
        return {message.id: message.string for message in read_po(file) if message.id and message.string}


def below(kind):
    return [kind, *(found for child in kind.__subclasses__() for found in below(child))]


def sentences_of(field) -> set[str]:
    """All that this field and its validators may say of a value."""
    said = set(field.error_messages.values())
    for validator in field.validators:
        said |= {str(sentence) for name in dir(validator) if name in ("error", "default_message") or name in (
            "message_min", "message_max", "message_all", "message_equal") for sentence in [getattr(validator, name)] if sentence}
    inner = getattr(field, "inner", None)
    return said | (sentences_of(inner) if inner else set())


def test_all_that_a_field_says_is_in_the_catalogue(app):
    known = set(catalogue("api"))
    said = {sentence for kind in below(Schema) for field in kind().fields.values() if not field.dump_only for sentence in sentences_of(field)}
    assert "Must be greater than or equal to {min} and less than or equal to {max}." in said
    assert {str(sentence) for sentence in said if not any(part in sentence for part in ONLY_OF_DUMPING)} - known == set()
    assert {str(sentence) for sentence in ma.Schema._default_error_messages.values()} <= known


@pytest.mark.parametrize(("body", "chinese", "english"), [
    ({"points": -1}, "须大于或等于 0 且小于或等于 10000。", "Must be greater than or equal to 0 and less than or equal to 10000."),
    ({"points": "5"}, "须为整数。", "Not a valid integer."),
    ({"points": 2**60}, "数字太大。", "Number too large."),
    ({"note": "x" * 501}, "最长 500。", "Longer than maximum length 500."),
    ({"note": 5}, "须为文字。", "Not a valid string."),
    ({"note": None}, "不能为空值。", "Field may not be null."),
    ({"extra": 1}, "未知字段。", "Unknown field.")])
def test_a_fields_refusal_is_in_the_language_asked_for(as_, wang, town, key, body, chinese, english):
    said = {}
    for language in ("zh-CN", "en"):
        reply = as_(wang).post(f"/api/v1/activity-records/{town.grid_a.id}/approve", json=body, headers={**key(), "Accept-Language": language})
        said[language] = reply.json["errors"][next(iter(body))]
    assert said == {"zh-CN": [chinese], "en": [english]}


@pytest.mark.parametrize("path", ["/me/points/entries?limit=0", "/me/points/entries?limit=１０", "/events?from=yesterday", "/events?area_id=7",
                                  "/settlements/reconciliation?period_start=2026&period_end=1999-01-01"])
def test_a_querys_refusal_in_chinese_holds_no_english(as_, zhao, path):
    reply = as_(zhao).get("/api/v1" + path)
    words = "".join(sentence for sentences in reply.json["errors"].values() for sentence in sentences)
    assert reply.status_code == 422
    assert not any(letter.isascii() and letter.isalpha() for letter in words), words


def test_one_sentence_has_one_chinese_in_the_app_and_on_the_pages():
    """The two catalogues are read as one: of two translations the later would win everywhere."""
    api, admin = catalogue("api"), catalogue("admin")
    assert {sentence: (api[sentence], admin[sentence]) for sentence in api.keys() & admin.keys() if api[sentence] != admin[sentence]} == {}
