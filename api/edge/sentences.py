"""Sentences that are not written in our code but are shown by it: marshmallow's, listed for the catalogue."""
from services.refusals import N_

MARSHMALLOW = (
    N_("Field may not be null."), N_("Invalid input type."), N_("Invalid input."), N_("Invalid type."), N_("Invalid value."),
    N_("Length must be between {min} and {max}."), N_("Length must be {equal}."), N_("Longer than maximum length {max}."),
    N_("Missing data for required field."), N_("Must be one of: {choices}."), N_("Not a valid UUID."), N_("Not a valid boolean."),
    N_("Not a valid date."), N_("Not a valid integer."), N_("Not a valid list."), N_("Not a valid mapping type."),
    N_("Not a valid number."), N_("Not a valid string."), N_("Not a valid {awareness} {obj_type}."), N_("Not a valid {obj_type}."),
    N_("Shorter than minimum length {min}."), N_("Special numeric values (nan or infinity) are not permitted."),
    N_("String does not match expected pattern."), N_("Unknown field."), N_("Number too large."),
    N_("Must be greater than or equal to {min} and less than or equal to {max}."), N_("Must be greater than or equal to {min}."),
    N_("Must be less than or equal to {max}."), N_("Not a valid utf-8 string."),
    N_("Not together with token."), N_("Not together with event_id."), N_("Not together with short_code."),
    N_("Six digits, please."), N_("Given more than once."), N_("Not a cursor of this list."),
)
