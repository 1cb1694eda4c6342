"""Schemathesis over our OpenAPI document: no input makes a crash, and answers keep to the document.

Every operation is asked as an area admin who reaches the whole town and as a resident, about the rows of a town in which
something has happened, with generated good and bad input: of the admin's every case that the document defines, and of
both a few that chance makes. CONTRACT_EXAMPLES says how many; where it is given every case is tried as a resident too.
"""
import atexit
import os
import shutil
import tempfile
import uuid
from contextlib import suppress

import schemathesis
from hypothesis import HealthCheck
from hypothesis import settings as hypothesis_settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import content_type_conformance, response_schema_conformance

from api import create_app
from config import Settings
from models import Role, db
from models.schema import upgrade
from services import ledger
from services.access import sign_in
from services.people import people
from tests.conftest import KEYS, NOON, make_fund, make_person, make_town, merchant, new_key, signed_in
from tests.test_strangers import make_rows

EXAMPLES = int(os.environ.get("CONTRACT_EXAMPLES", "0"))


def a_town():
    """An app with the cast and one of everything, the ids of that, and the tokens of an admin and of the resident whose rows they are."""
    folder = tempfile.mkdtemp(prefix="linli-contract-")
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    settings = Settings(database_url=f"sqlite:///{folder}/linli.db", keys=KEYS, rate_limits=False, wechat_api_base="http://127.0.0.1:9")
    app = create_app(settings, clock=lambda: NOON)
    with app.app_context():
        upgrade()
        ledger.open_town_wallets()
        town = make_town()
        market = merchant(town, "林记超市", "91110000600037341L")
        zhao = make_person("赵主任", town.grid_b, Role.AREA_ADMIN, town.city)
        for role in (Role.GRID_WORKER, Role.AUDITOR):
            people.grant(zhao, role, now=NOON, area=town.city)
        wang, mei = (make_person(name, town.grid_a, *role) for name, role in (
            ("王网格", (Role.GRID_WORKER, town.grid_a)), ("梅店员", (Role.MERCHANT_CLERK, market))))
        li = make_person("李娜", town.grid_a, household="李家")
        rows = make_rows(lambda person: signed_in(app, person, settings, NOON), town, li, wang, zhao, mei, market, make_fund(town, zhao), new_key)
        tokens = [sign_in.begin(sign_in.load(person.id, NOON), settings=settings, now=NOON).access_token for person in (zhao, li)]
        db.session.commit()
        db.session.remove()
    return app, rows, tokens


APP, ROWS, (ADMIN, RESIDENT) = a_town()


@schemathesis.hook
def map_path_parameters(_context, path_parameters):
    """Three of four well-formed ids are those of real rows; the others, and what is no id, stay as they came."""
    for name, value in (path_parameters or {}).items():
        with suppress(ValueError, TypeError, AttributeError):
            if uuid.UUID(value).int % 4 and name in ROWS:
                path_parameters[name] = ROWS[name]
    return path_parameters


def check(case, token):
    case.headers = {**(case.headers or {}), "Authorization": f"Bearer {token}"}
    if "Idempotency-Key" in case.headers:
        case.headers["Idempotency-Key"] = uuid.uuid4().hex
    answer = case.call()
    checks = [response_schema_conformance, content_type_conformance]
    if not (answer.status_code == 503 and answer.json()["code"] == "wechat_unavailable"):  # the platform is not there
        checks.append(not_a_server_error)
    case.validate_response(answer, checks=checks)


def document(*phases):
    """What may be asked, with input of these kinds."""
    schema = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", APP)
    schema.config.phases.update(phases=phases)
    return schema.exclude(path_regex="/auth/wechat|/metrics")


def examples(number):
    return hypothesis_settings(max_examples=EXAMPLES or number, deadline=None, suppress_health_check=list(HealthCheck))


asked = document("examples", "coverage", "fuzzing")
theirs = document("examples", "fuzzing", *(["coverage"] if EXAMPLES else [])).include(path_regex=r"\{|/me(/|$)")  # a named row, or one's own


@asked.parametrize()
@examples(2)
def test_no_input_of_an_admins_makes_a_crash_and_answers_keep_to_the_document(case):
    check(case, ADMIN)


@theirs.parametrize()
@examples(5)
def test_no_input_of_a_residents_makes_a_crash_and_answers_keep_to_the_document(case):
    check(case, RESIDENT)
