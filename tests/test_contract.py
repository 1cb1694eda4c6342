"""Schemathesis over our OpenAPI document: no input makes a crash, and answers keep to the document.

Every operation is asked as an area admin who reaches the whole town, with generated good and bad input.
"""
import atexit
import os
import shutil
import tempfile
import uuid

import schemathesis
from hypothesis import HealthCheck
from hypothesis import settings as hypothesis_settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import content_type_conformance, response_schema_conformance

from api import create_app
from config import Settings
from models import Area, Level, Role, db
from models.schema import upgrade
from services import ledger
from services.access import sign_in
from services.people import people
from tests.conftest import KEYS, NOON

EXAMPLES = int(os.environ.get("CONTRACT_EXAMPLES", "12"))


def a_town_of_one():
    """An app with one area and an admin who reaches it, and the admin's token."""
    folder = tempfile.mkdtemp(prefix="linli-contract-")
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    settings = Settings(database_url=f"sqlite:///{folder}/linli.db", keys=KEYS, rate_limits=False, wechat_api_base="http://127.0.0.1:9")
    app = create_app(settings, clock=lambda: NOON)
    with app.app_context():
        upgrade()
        ledger.open_town_wallets()
        area = Area(code="500000000000", level=Level.CITY, name="重庆市", path="/500000000000/")
        db.session.add(area)
        db.session.flush()
        person = people.make("赵主任", area, keys=KEYS, now=NOON)
        for role in (Role.AREA_ADMIN, Role.GRID_WORKER, Role.AUDITOR):
            people.grant(person, role, now=NOON, area=area)
        token = sign_in.begin(sign_in.load(person.id, NOON), settings=settings, now=NOON).access_token
        db.session.commit()
        db.session.remove()
    return app, token


APP, TOKEN = a_town_of_one()
schema = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", APP)


@schema.exclude(path_regex="/auth/wechat|/metrics").parametrize()
@hypothesis_settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck))
def test_no_input_makes_a_crash_and_answers_keep_to_the_document(case):
    case.headers = {**(case.headers or {}), "Authorization": f"Bearer {TOKEN}"}
    if "Idempotency-Key" in case.headers:
        case.headers["Idempotency-Key"] = uuid.uuid4().hex
    case.call_and_validate(checks=[not_a_server_error, response_schema_conformance, content_type_conformance])
