"""Whether scores may be shown inside WeChat is a setting, off until somebody says otherwise, which the signed-in person's own row tells."""
from dataclasses import replace

from config import Settings


def test_scores_stay_off_inside_wechat_until_a_setting_says_otherwise(as_, li):
    assert Settings().credit_pages_in_wechat is False
    assert as_(li).get("/api/v1/me").json["credit_pages_in_wechat"] is False


def test_the_setting_is_told_and_cannot_be_changed_by_who_reads_it(app, as_, li, settings, monkeypatch):
    monkeypatch.setitem(app.extensions, "linli_settings", replace(settings, credit_pages_in_wechat=True))
    me = as_(li).get("/api/v1/me")
    assert me.json["credit_pages_in_wechat"] is True
    edited = as_(li).put("/api/v1/me", json={**me.json, "credit_pages_in_wechat": False}, headers={"If-Match": me.headers["ETag"]})
    assert (edited.status_code, edited.json["credit_pages_in_wechat"]) == (200, True)
