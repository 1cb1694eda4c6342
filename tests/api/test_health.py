"""Who is alive, and who may be sent requests."""
import pytest
from sqlalchemy import text

from models import db
from models.schema import newest_revision


@pytest.mark.parametrize(("stored", "status"), [
    (newest_revision(), 200), ("0010_consents", 503), (None, 503), ("of a later version", 200)])
def test_a_host_is_ready_unless_the_schema_is_older_than_its_code(app, stored, status):
    db.session.execute(text("UPDATE alembic_version SET version_num = :stored") if stored else text("DELETE FROM alembic_version"),
                       {"stored": stored} if stored else {})
    db.session.commit()
    reply = app.test_client().get("/readyz")
    assert reply.status_code == status
    assert status == 200 or (reply.json["code"], "Retry-After" in reply.headers) == ("not_ready", True)
    assert app.test_client().get("/healthz").status_code == 200
