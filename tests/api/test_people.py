"""People, roles, households and merchants over HTTP."""

def test_staff_enrol_a_resident_and_print_a_card(town, wang, as_):
    client = as_(wang)
    made = client.post("/api/v1/residents", json={"display_name": "冉婆婆", "home_area_id": str(town.grid_a.id)})
    assert made.status_code == 201, made.json
    card = client.post(f"/api/v1/residents/{made.json['id']}/card")
    assert card.status_code == 201 and set(card.json) == {"id", "person_id", "token", "url", "at"}
    assert client.get(f"/api/v1/residents/{made.json['id']}/card").json["token"] == card.json["token"]
    assert client.get(f"/api/v1/residents/{made.json['id']}").json["has_card"]
    assert b"<svg" in client.get(f"/api/v1/residents/{made.json['id']}/card.svg").data
    revoked = client.post(f"/api/v1/cards/{card.json['id']}/revoke")
    assert revoked.status_code == 200, revoked.json
    assert not client.get(f"/api/v1/residents/{made.json['id']}").json["has_card"]
    assert client.post(f"/api/v1/cards/{card.json['id']}/revoke").json["code"] == "already_revoked"


def test_another_grids_worker_is_kept_out(town, li, zhou, as_):
    assert as_(zhou).post(f"/api/v1/residents/{li.id}/card").status_code == 404
    assert as_(zhou).post("/api/v1/residents", json={"display_name": "x", "home_area_id": str(town.grid_a.id)}).status_code == 404
    assert as_(li).get("/api/v1/people").status_code == 403


def test_an_admin_gives_and_ends_a_role_but_never_their_own(town, li, zhao, as_):
    client = as_(zhao)
    body = {"role": "grid_worker", "area_id": str(town.grid_a.id)}
    given = client.post(f"/api/v1/people/{li.id}/roles", json=body)
    assert given.status_code == 201, given.json
    found = client.get(f"/api/v1/people?role=grid_worker&area_id={town.grid_a.id}").json["items"]
    assert [person["id"] for person in found] == [str(li.id)] and found[0]["roles"][0]["id"] == given.json["id"]
    assert client.get(f"/api/v1/people/{li.id}").status_code == 200
    assert client.post(f"/api/v1/people/{zhao.id}/roles", json=body).json["code"] == "own_role"
    assert client.post(f"/api/v1/people/{li.id}/roles", json={"role": "resident", "area_id": str(town.grid_a.id)}).status_code == 422
    assert client.post(f"/api/v1/people/{li.id}/roles", json={"role": "grid_worker"}).status_code == 422
    past = {**body, "until": "2020-01-01T00:00:00Z"}
    assert client.post(f"/api/v1/people/{li.id}/roles", json=past).status_code == 422
    assert client.post(f"/api/v1/people/{li.id}/roles", json={**body, "area_id": str(town.city.id)}).status_code == 404
    assert client.delete(f"/api/v1/people/{li.id}/roles/{given.json['id']}").status_code == 204


def test_an_owner_names_clerks_of_their_own_shop_only(li, lin, lins_market, clinic, as_):
    client = as_(lin)
    clerk = {"role": "merchant_clerk", "merchant_id": str(lins_market.id)}
    assert client.post(f"/api/v1/people/{li.id}/roles", json=clerk).status_code == 201
    assert client.post(f"/api/v1/people/{li.id}/roles", json={**clerk, "role": "merchant_owner"}).status_code == 403
    assert client.post(f"/api/v1/people/{li.id}/roles", json={**clerk, "merchant_id": str(clinic.id)}).status_code == 404
    assert {person["id"] for person in client.get("/api/v1/people").json["items"]} == {str(li.id), str(lin.id)}


def test_a_password_link_is_for_staff_in_reach(li, wang, zhao, as_):
    client = as_(zhao)
    assert client.post(f"/api/v1/people/{wang.id}/password-reset").status_code == 422
    link = client.post(f"/api/v1/people/{wang.id}/password-reset", json={"username": "grid-wang"})
    assert link.status_code == 200 and "/reset/vgp_" in link.json["url"], link.json
    assert client.post(f"/api/v1/people/{li.id}/password-reset", json={"username": "li-na"}).status_code == 404
    assert client.get("/reset/" + link.json["url"].rpartition("/")[2]).mimetype == "text/html"


def test_a_resident_asks_for_a_household_and_staff_confirm(town, li, wang, as_):
    made = as_(wang).post("/api/v1/households", json={"area_id": str(town.grid_a.id), "name": "李家大院"})
    assert made.status_code == 201, made.json
    asked = as_(li).post("/api/v1/me/household-requests", json={"household_id": made.json["id"]})
    assert asked.status_code == 201, asked.json
    listed = as_(wang).get("/api/v1/household-requests?status=pending").json["items"]
    assert listed[0]["id"] == asked.json["id"] and listed[0]["household_name"] == "李家大院"
    assert as_(wang).post(f"/api/v1/household-requests/{asked.json['id']}/confirm").json["status"] == "confirmed"


def test_a_merchant_is_taken_in_edited_and_suspended(town, zhao, zhou, clinic, as_):
    client = as_(zhao)
    bank = {"account_name": "林记", "bank_name": "重庆银行", "account_number": "6222020012345678"}
    body = {"name": "新店", "uscc": "91350100M000100Y43", "area_id": str(town.community.id), "bank": bank}
    assert client.post("/api/v1/merchants", json=body).json["code"] == "already_registered"
    made = client.post("/api/v1/merchants", json={**body, "uscc": "91110000600037341L"})
    assert made.status_code == 201 and made.json["bank"]["account_number"] == "****5678", made.json
    url = f"/api/v1/merchants/{made.json['id']}"
    edited = client.put(url, json={**made.json, "name": "新新店"}, headers={"If-Match": made.headers["ETag"]})
    assert edited.status_code == 200 and edited.json["bank"] == made.json["bank"], edited.json
    shop = client.post(f"{url}/shops", json={"name": "一店", "address": "中山一路", "latitude": 29.5, "longitude": 106.5})
    assert shop.status_code == 201, shop.json
    assert client.get(f"{url}/shops").json["items"] == [shop.json]
    assert client.post(f"{url}/suspend").json["status"] == "suspended"
    assert client.post(f"{url}/suspend").json["code"] == "invalid_transition"
    assert client.post(f"/api/v1/shops/{shop.json['id']}/suspend").json["status"] == "suspended"
    assert as_(zhou).get(url).status_code in (403, 404)


def test_the_shells_load_without_a_sign_in_and_hold_no_inline_script(app, town):
    client = app.test_client()
    for path in ("poster", "venue"):
        page = client.get(f"/events/{town.grid_a.id}/{path}")
        assert page.status_code == 200 and page.mimetype == "text/html" and b"<script>" not in page.data
    assert client.get(f"/residents/{town.grid_a.id}/card").status_code == 200
    assert client.get("/c/PAAAAAAAA?from=chat").status_code == 200
    assert client.get("/c/nothing-of-ours").status_code == 404


def test_staff_write_down_who_leaves_a_household_and_what_splits_off(town, li, zhang, wang, zhou, as_):
    client = as_(wang)
    home = {"home_area_id": str(town.grid_a.id), "household_id": str(li.household_id)}
    son, aunt = (client.post("/api/v1/residents", json={"display_name": name, **home}).json["id"] for name in ("李明", "李婶"))
    url = f"/api/v1/households/{li.household_id}"
    split = client.post(f"{url}/split", json={"name": "李明家", "person_ids": [son], "on": "2026-05-06"})
    assert (split.status_code, split.json["name"], split.json["area_id"]) == (201, "李明家", str(town.grid_a.id)), split.json
    gone = client.post(f"{url}/members/{aunt}/leave", json={"on": "2026-05-06", "how": "moved_out"})
    assert (gone.status_code, gone.json["display_name"], gone.json["left_how"]) == (200, "李婶", "moved_out"), gone.json
    told = [(row["display_name"], row["left_on"], row["left_how"]) for row in as_(li).get(f"{url}/members").json["items"]]
    assert told == [("李婶", "2026-05-06", "moved_out"), ("李明", "2026-05-06", "split"), ("李娜", None, None)]
    assert client.get(f"/api/v1/households/{split.json['id']}/members").json["items"][0]["joined_how"] == "split"
    assert [as_(person).get(f"{url}/members").status_code for person in (zhang, zhou)] == [404, 404]
    assert as_(li).post(f"{url}/members/{li.id}/leave", json={"on": "2026-05-06", "how": "died"}).status_code == 403
    refused = [client.post(f"{url}/members/{li.id}/leave", json=body) for body in (
        {"on": "2026-05-07", "how": "died"}, {"on": "2026-05-05", "how": "died"}, {"on": "2026-05-06", "how": "split"})]
    assert [(reply.status_code, list(reply.json["errors"])) for reply in refused] == [(422, ["on"]), (422, ["on"]), (422, ["how"])]
