"""A settlement's statement as a file to keep, for the API and for the pages."""
from flask import Response
from flask_babel import get_locale

from api.edge import turns
from models import Settlement
from services.merchants import statements


def statement_file(settlement: Settlement, suffix: str) -> Response:
    """As `csv`, `xlsx` or `pdf`, in the reader's language."""
    with turns.aside():  # a PDF takes half a second of processor
        made = statements.make(settlement, suffix, language="en" if str(get_locale()) == "en" else "zh")
    name = f"statement-{settlement.period_start}-{settlement.period_end}.{suffix}"
    return Response(made, content_type=statements.MEDIA_TYPES[suffix], headers={"Content-Disposition": f'attachment; filename="{name}"'})
