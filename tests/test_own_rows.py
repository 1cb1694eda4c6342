"""Every route that names a row × people of the row's own community: who may, and who may not though they work next door.

tests/test_strangers.py keeps out those of elsewhere; here nobody is a stranger, and what decides is the role. A new
route has to be entered in MAY.
"""
import pytest

from tests.test_architecture import views
from tests.test_strangers import body_for, rows  # noqa: F401  one of everything in the community

# A resident (most rows are hers), a grid worker, the clerk and the owner of the shop, an auditor and an admin of the community.
WHO = {"r": "li", "g": "wang", "c": "mei", "o": "lin", "s": "sun", "a": "zhao"}
ANSWERS = (200, 201, 204, 403, 404, 409, 412, 422)
MAY = {  # of each route, who gets further than 403 and 404
    "DELETE /events/{event_id}/sign-ups/me": "rcos",  # whoever could sign up before; staff had called the event off
    "DELETE /people/{person_id}/roles/{role_id}": "a",
    "GET /activity-records/{record_id}": "rgsa",
    "GET /areas/{area_id}": "rgcosa",
    "GET /areas/{area_id}/month": "gsa",
    "GET /areas/{area_id}/rules": "rgcosa",
    "GET /calendar/{day}": "rgcosa",
    "GET /civility/periods/{period_id}": "rgcosa",
    "GET /civility/periods/{period_id}/areas": "rgcosa",
    "GET /civility/periods/{period_id}/areas/{community_id}": "rgcosa",
    "GET /civility/periods/{period_id}/compared": "rgcosa",
    "GET /civility/questionnaires/{questionnaire_id}": "rgsa",
    "GET /civility/questionnaires/{questionnaire_id}/without-phone": "ga",
    "GET /civility/rounds/{round_id}": "gsa",
    "GET /civility/versions/{version_id}": "rgcosa",
    "GET /civility/versions/{version_id}/areas/{community_id}": "rgcosa",
    "GET /civility/visits/{visit_id}/pictures/{picture_id}": "gsa",
    "GET /correction-plans/{plan_id}": "ra",
    "GET /correction-plans/{plan_id}/steps": "ra",
    "GET /coupons/{coupon_id}": "rgsa",
    "GET /coupons/{coupon_id}/code": "rga",
    "GET /coupons/{coupon_id}/code.png": "rga",
    "GET /coupons/{coupon_id}/print": "rga",
    "GET /credit-files/{file_id}": "rgsa",
    "GET /credit-files/{file_id}/entries": "rgsa",
    "GET /credit-files/{file_id}/facts": "rgsa",
    "GET /credit-files/{file_id}/looks": "r",
    "GET /credit-files/{file_id}/reviews": "r",
    "GET /credit-files/{file_id}/rewards": "r",
    "GET /credit-files/{file_id}/score": "rsa",
    "GET /events/{event_id}": "rgcosa",
    "GET /events/{event_id}/code": "ga",
    "GET /events/{event_id}/code.png": "ga",
    "GET /events/{event_id}/code.svg": "ga",
    "GET /events/{event_id}/mini-program-code.png": "ga",
    "GET /events/{event_id}/poster.svg": "ga",
    "GET /events/{event_id}/scans": "gsa",
    "GET /events/{event_id}/sign-ups": "gsa",
    "GET /evidence/{evidence_id}": "rgsa",
    "GET /funds/{fund_id}": "sa",
    "GET /households/{household_id}/members": "gsa",
    "GET /inspection-plans/{inspection_plan_id}/inspections": "gsa",
    "GET /knowledge-pages/{knowledge_page_id}": "rgcosa",
    "GET /letters/{code}": "rgcosa",
    "GET /letters/{code}/code.png": "rgcosa",
    "GET /letters/{letter_id}/looks": "r",
    "GET /me/consents/{purpose}": "rgcosa",
    "GET /merchants/{merchant_id}": "cosa",
    "GET /merchants/{merchant_id}/shops": "cosa",
    "GET /offers/{offer_id}": "rgcosa",
    "GET /offers/{offer_id}/mini-program-code.png": "rgcosa",
    "GET /people/{person_id}": "sa",
    "GET /residents/{person_id}": "gsa",
    "GET /residents/{person_id}/card": "ga",
    "GET /residents/{person_id}/card.svg": "ga",
    "GET /review-rounds/{review_round_id}": "rgcosa",
    "GET /review-rounds/{review_round_id}/draw": "rgcosa",
    "GET /review-rounds/{review_round_id}/households": "sa",
    "GET /rulebook-versions/{rulebook_version_id}": "rgcosa",
    "GET /rulebook-versions/{rulebook_version_id}/comments": "rgcosa",
    "GET /rulebook-versions/{rulebook_version_id}/difference": "rgcosa",
    "GET /rulebook-versions/{rulebook_version_id}/trials": "sa",
    "GET /rulebooks/{rulebook_id}/rewards": "rgcosa",
    "GET /rulebooks/{rulebook_id}/versions": "rgcosa",
    "GET /settlements/{settlement_id}": "osa",
    "GET /settlements/{settlement_id}/lines": "osa",
    "GET /settlements/{settlement_id}/statement.csv": "osa",
    "GET /settlements/{settlement_id}/statement.pdf": "osa",
    "GET /settlements/{settlement_id}/statement.xlsx": "osa",
    "GET /support-lists/{list_id}/applications": "sa",
    "GET /trace/{kind}/{row_id}": "rgsa",
    "POST /activity-records/{record_id}/approve": "ga",
    "POST /activity-records/{record_id}/objection": "r",
    "POST /activity-records/{record_id}/reject": "ga",
    "POST /activity-records/{record_id}/reverse": "a",
    "POST /activity-records/{record_id}/withdraw": "r",
    "POST /cards/{card_id}/revoke": "ga",
    "POST /check-ins/{check_in_id}/annul": "r",
    "POST /civility/department-figures/{figure_id}/confirm": "a",
    "POST /civility/department-figures/{figure_id}/withdraw": "a",
    "POST /civility/periods/{period_id}/close": "a",
    "POST /civility/periods/{period_id}/publish": "a",
    "POST /civility/periods/{period_id}/reopen": "a",
    "POST /civility/places/{place_id}/end": "a",
    "POST /civility/questionnaires/{questionnaire_id}/answers": "r",
    "POST /civility/questionnaires/{questionnaire_id}/sheets": "ga",
    "POST /civility/questionnaires/{questionnaire_id}/without-phone/{person_id}/hand-in": "ga",
    "POST /civility/remarks/{remark_id}/answer": "a",
    "POST /civility/versions/{version_id}/publish": "a",
    "POST /civility/versions/{version_id}/retire": "a",
    "POST /civility/visits/{visit_id}/findings": "g",
    "POST /constraint-lists/{constraint_list_id}/end": "",  # an admin of a city or a district
    "POST /constraints/{constraint_id}/confirm": "",  # a second admin
    "POST /constraints/{constraint_id}/lift": "a",
    "POST /correction-plans/{plan_id}/close": "a",
    "POST /correction-plans/{plan_id}/steps": "a",
    "POST /coupons/{coupon_id}/refund": "rga",
    "POST /credit-entries/{entry_id}/objection": "r",
    "POST /credit-entries/{entry_id}/repair": "r",
    "POST /credit-entries/{entry_id}/void": "a",
    "POST /credit-file-facts/{fact_id}/end": "ga",
    "POST /credit-files/{file_id}/constraints": "a",
    "POST /credit-files/{file_id}/entries": "ga",
    "POST /credit-files/{file_id}/facts": "ga",
    "POST /credit-objections/{credit_objection_id}/decide": "a",
    "POST /culture-days/{culture_day_id}/end": "a",
    "POST /events/{event_id}/cancel": "ga",
    "POST /events/{event_id}/close": "ga",
    "POST /events/{event_id}/publish": "ga",
    "POST /events/{event_id}/sign-ups": "rgcosa",
    "POST /funds/{fund_id}/top-ups": "a",
    "POST /honours/{honour_id}/answer": "r",
    "POST /honours/{honour_id}/publish": "a",
    "POST /honours/{honour_id}/withdraw": "ra",
    "POST /household-requests/{request_id}/confirm": "ga",
    "POST /household-requests/{request_id}/refuse": "ga",
    "POST /households/{household_id}/members/{person_id}/leave": "ga",
    "POST /households/{household_id}/split": "ga",
    "POST /inspections/{inspection_id}/result": "a",
    "POST /knowledge-pages/{knowledge_page_id}/answers": "rgcosa",
    "POST /knowledge-pages/{knowledge_page_id}/end": "a",
    "POST /letter-receivers/{receiver_id}/end": "a",
    "POST /letters/{code}/acknowledge": "rgcosa",
    "POST /letters/{letter_id}/send": "r",
    "POST /letters/{letter_id}/withdraw": "r",
    "POST /me/messages/{message_id}/read": "r",
    "POST /merchants/{merchant_id}/resume": "a",
    "POST /merchants/{merchant_id}/shops": "a",
    "POST /merchants/{merchant_id}/suspend": "a",
    "POST /objections/{objection_id}/decide": "a",
    "POST /offers/{offer_id}/approve": "a",
    "POST /offers/{offer_id}/end": "a",
    "POST /offers/{offer_id}/pause": "a",
    "POST /offers/{offer_id}/publish": "a",
    "POST /people/{person_id}/password-reset": "a",
    "POST /people/{person_id}/roles": "oa",
    "POST /redemptions/{redemption_id}/reverse": "coa",
    "POST /repairs/{repair_id}/decide": "a",
    "POST /repairs/{repair_id}/withdraw": "r",
    "POST /residents/{person_id}/card": "ga",
    "POST /residents/{person_id}/join": "ga",
    "POST /review-rounds/{review_round_id}/call-off": "a",
    "POST /review-rounds/{review_round_id}/close": "a",
    "POST /reviews/{seat_id}/slip": "r",
    "POST /rewards/{reward_id}/end": "a",
    "POST /rulebook-comments/{comment_id}/answer": "a",
    "POST /rulebook-versions/{rulebook_version_id}/comments": "rgcosa",
    "POST /rulebook-versions/{rulebook_version_id}/consult": "a",
    "POST /rulebook-versions/{rulebook_version_id}/drop": "a",
    "POST /rulebook-versions/{rulebook_version_id}/publish": "a",
    "POST /rulebook-versions/{rulebook_version_id}/redraft": "a",
    "POST /rulebook-versions/{rulebook_version_id}/retire": "a",
    "POST /rulebook-versions/{rulebook_version_id}/trials": "a",
    "POST /rulebook-versions/{rulebook_version_id}/vote": "a",
    "POST /rulebooks/{rulebook_id}/rewards": "a",
    "POST /rulebooks/{rulebook_id}/versions": "a",
    "POST /settlements/{settlement_id}/approve": "a",
    "POST /settlements/{settlement_id}/confirm": "o",
    "POST /settlements/{settlement_id}/dispute": "o",
    "POST /settlements/{settlement_id}/pay": "a",
    "POST /settlements/{settlement_id}/reopen": "a",
    "POST /shops/{shop_id}/resume": "a",
    "POST /shops/{shop_id}/suspend": "a",
    "POST /support-applications/{application_id}/decide": "a",
    "POST /support-applications/{application_id}/withdraw": "r",
    "POST /support-lists/{list_id}/applications": "rgcosa",
    "PUT /areas/{area_id}/rules": "a",
    "PUT /calendar/{day}": "a",
    "PUT /civility/versions/{version_id}": "a",
    "PUT /events/{event_id}": "ga",
    "PUT /me/consents/{purpose}": "rgcosa",
    "PUT /merchants/{merchant_id}": "a",
    "PUT /offers/{offer_id}": "oa",
    "PUT /rulebook-versions/{rulebook_version_id}": "a",
}


def routes(app):
    """(method and path as in MAY, method, path to fill in)."""
    for rule, _ in views(app):
        path = rule.rule.removeprefix("/api/v1")
        if path == rule.rule or not rule.arguments:
            continue
        for name in rule.arguments:
            path = path.replace(f"<uuid:{name}>", f"{{{name}}}").replace(f"<string:{name}>", f"{{{name}}}")
        for method in sorted(rule.methods - {"HEAD", "OPTIONS"}):
            yield f"{method} {path}", method, f"/api/v1{path}"


def body(path, method, rows):  # noqa: F811
    """What the route would take, so that a refusal is about who asks."""
    if path.endswith("/roles"):
        return {"role": "merchant_clerk", "merchant_id": rows["merchant_id"]}
    return {"GET": None, "DELETE": None, "PUT": body_for(path) if "rulebook" in path else {}}.get(method, body_for(path))


def names_of(path, rows, wangs_id):  # noqa: F811
    """The row for each name; a role and a password are Wang's, whom a resident enrolled without a phone does not have."""
    return rows | {"purpose": "location"} | ({"person_id": str(wangs_id)} if "{role_id}" in path or path.endswith("/password-reset") else {})


def _gentle_first(route):
    name, method, _ = route
    return ("GET", "PUT", "POST", "DELETE").index(method), name


def test_every_route_that_names_a_row_has_its_line(app):
    assert sorted(name for name, *_ in routes(app)) == sorted(MAY)


@pytest.mark.parametrize("letter", WHO)
def test_of_their_own_community_everybody_may_what_their_role_says_and_no_more(app, rows, wang, as_, key, request, letter):  # noqa: F811
    client, wangs_id, found = as_(request.getfixturevalue(WHO[letter])), wang.id, {}
    for name, method, path in sorted(routes(app), key=_gentle_first):
        headers = {**key(), **({"If-Match": '"1"'} if method == "PUT" else {})}
        reply = client.open(path.format(**names_of(path, rows, wangs_id)), method=method, json=body(path, method, rows), headers=headers)
        assert reply.status_code in ANSWERS or reply.json["code"] == "wechat_unavailable", (name, reply.json)
        found[name] = reply.status_code not in (403, 404)
    assert {name: may for name, may in found.items() if may != (letter in MAY[name])} == {}
