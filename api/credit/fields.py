"""Points of credit in JSON: a decimal number in a string ("2.5"), as no reader of JSON changes it; hundredths inside."""
import marshmallow as ma

from api.edge.fields import Text
from api.edge.i18n import T
from services.credit import hundredths


class Points(Text):
    default_error_messages = {"points": T("A number with at most two places, such as \"2.5\".")}

    def __init__(self, **kw):
        super().__init__(**kw)
        self.metadata = {"pattern": f"^{hundredths.FORM.pattern}$", **self.metadata}

    def _deserialize(self, value, attr, data, **kw):
        try:
            return hundredths.parse(super()._deserialize(value, attr, data, **kw))
        except ValueError:
            raise self.make_error("points") from None

    def _serialize(self, value, attr, obj, **kw):
        return None if value is None else hundredths.shown(value)


CODE = ma.validate.Regexp(r"^[a-z][a-z0-9_]{0,39}$")
KINDS = ["household", "resident", "merchant"]
