"""The reader's language: sentences are written in English and translated through the catalogue."""
import marshmallow as ma
from flask import g, has_request_context, request
from flask_babel import Babel, gettext

babel = Babel()
LOCALES = {"zh": "zh_Hans", "en": "en"}


def pick_locale() -> str:
    """What a page's reader chose (`g.language`, or a page's own `?lang=`), else `Accept-Language`: Chinese unless English comes first."""
    if not has_request_context():
        return "zh_Hans"
    if g.get("language") in LOCALES:
        return LOCALES[g.language]
    if request.blueprint == "pages" and (asked := LOCALES.get(request.args.get("lang", "").split("-")[0])):
        return asked
    return LOCALES[asked_language().split("-")[0]]


def asked_language() -> str:
    """`zh-CN` or `en`, by the request's header."""
    best = request.accept_languages.best_match(["zh-CN", "zh", "en"], "zh-CN")
    return "en" if best == "en" else "zh-CN"


def page_language() -> str:
    """For `<html lang>`, and what a page's script then asks the API for."""
    return "en" if pick_locale() == "en" else "zh-CN"


def yuan(fen: int) -> str:
    """Money as a sentence says it: ¥30, or ¥30.50."""
    return f"¥{fen // 100}.{fen % 100:02d}" if fen % 100 else f"¥{fen // 100}"


class T(str):
    """A sentence that marshmallow formats, translated at that moment (a lazy string would change the answer's shape).

    A range's template is formatted twice: first into the sentence for its bounds, which is the one to translate.
    """

    __slots__ = ()

    def format(self, *args, **kwargs):
        if "{{" in self:
            return T(super().format(*args, **kwargs))
        return (gettext(str(self)) if has_request_context() else str(self)).format(*args, **kwargs)


def _translate_marshmallow() -> None:
    fields = [kind for kind in vars(ma.fields).values() if isinstance(kind, type) and issubclass(kind, ma.fields.Field)]
    for kind in [ma.fields.Field, *fields]:
        kind.default_error_messages = {k: T(v) for k, v in getattr(kind, "default_error_messages", {}).items()}
    ma.fields.Int.default_error_messages["too_large"] = T("Number too large.")
    for kind in vars(ma.validate).values():
        if isinstance(kind, type):
            for name, sentence in list(vars(kind).items()):
                if name.startswith(("default_message", "message_")) and isinstance(sentence, str):
                    setattr(kind, name, T(sentence))
    ma.Schema._default_error_messages = {k: T(v) for k, v in ma.Schema._default_error_messages.items()}


_translate_marshmallow()
