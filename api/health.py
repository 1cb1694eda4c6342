"""Alive, ready, measured."""
from flask import current_app
from sqlalchemy import text

from api.edge import metrics
from api.edge.auth import anyone
from api.edge.http import Blueprint
from models import db
from models.schema import REVISIONS, newest_revision
from services.refusals import N_, Unavailable
from version import VERSION

VERSION_INFO = f"""# HELP linli_version_info Which version answers
# TYPE linli_version_info gauge
linli_version_info{{version="{VERSION}"}} 1.0
""".encode()

bp = Blueprint("health", "Alive, ready, measured", url_prefix="")


class NotReady(Unavailable):
    message = N_("The database is not reached, or not migrated.")


@bp.get("/healthz")
@anyone
@bp.response(200)
def healthz():
    return {"status": "alive", "version": VERSION}


@bp.get("/readyz")
@anyone
@bp.response(200)
def readyz():
    try:
        stored = db.session.scalar(text("SELECT version_num FROM alembic_version"))
    except Exception as error:
        current_app.logger.warning("not ready: %s", error)
        raise NotReady from error
    # A schema that is none of ours was made by a later version: in a rolling deploy the hosts before it go on serving.
    if stored is None or (stored != newest_revision() and stored in REVISIONS):
        raise NotReady
    return {"status": "ready"}


@bp.get("/metrics")
@anyone
def show_metrics():
    shown = metrics.exposition()
    shown.data += VERSION_INFO
    return shown
