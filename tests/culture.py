"""One of each row of honours, knowledge pages and the culture calendar; and how each of their refusals is provoked."""
HONOUR = {"title_zh": "x", "title_en": "x", "reason_zh": "x", "reason_en": "x"}
PAGE = {"title_zh": "x", "title_en": "x", "body_zh": "x", "body_en": "x"}
DAY = {"on_day": "2026-05-06", "until_on": "2026-05-06", "title_zh": "x", "title_en": "x"}


def make_rows(ok, admin, town, person):
    """By the names that routes give them: an honour that waits for its answer, a page, a day."""
    area = {"area_id": str(town.community.id)}
    made = {"honours": {**area, "person_id": str(person.id), **HONOUR}, "knowledge-pages": {**area, **PAGE}, "culture-days": {**area, **DAY}}
    ids = [ok(admin.post(f"/api/v1/{path}", json=body))["id"] for path, body in made.items()]
    return dict(zip(("honour_id", "knowledge_page_id", "culture_day_id"), ids, strict=True))


def make_many(ok, admin, person, town):
    """An honour that is shown, a page and a day; `ok(who, path, **body)` makes one."""
    area = {"area_id": str(town.community.id)}
    honour = ok(admin, "/honours", **area, person_id=str(person.id), **HONOUR)["id"]
    ok(person, f"/honours/{honour}/answer", consent=True)
    ok(admin, f"/honours/{honour}/publish")
    ok(admin, "/knowledge-pages", **area, **PAGE)
    ok(admin, "/culture-days", **area, **DAY)


def register(provokes):
    @provokes("no_consent")
    def _(w):
        return w.ask(w.zhao, "POST", f"/honours/{_honour(w)}/publish")

    @provokes("honour_answered")
    def _(w):
        made = _honour(w)
        w.ok(w.li, "POST", f"/honours/{made}/answer", {"consent": False})
        return w.ask(w.li, "POST", f"/honours/{made}/answer", {"consent": True})

    @provokes("own_honour")
    def _(w):
        return w.ask(w.zhao, "POST", "/honours", {"area_id": str(w.town.community.id), "person_id": str(w.zhao.id), **HONOUR})

    @provokes("page_ended")
    def _(w):
        return _twice(w, "knowledge-pages", PAGE)

    @provokes("day_ended")
    def _(w):
        return _twice(w, "culture-days", DAY)


def _honour(w):
    return w.ok(w.zhao, "POST", "/honours", {"area_id": str(w.town.community.id), "person_id": str(w.li.id), **HONOUR})["id"]


def _twice(w, path, body):
    made = w.ok(w.zhao, "POST", f"/{path}", {"area_id": str(w.town.community.id), **body})["id"]
    w.ok(w.zhao, "POST", f"/{path}/{made}/end")
    return w.ask(w.zhao, "POST", f"/{path}/{made}/end")
