"""A department's table: looked at first, then taken row by row. Sent twice it is taken once, since each row is known by its reference."""
from flask import g, render_template, request, url_for
from flask_babel import gettext as _

from admin import forms, lists, shown
from admin.credit import words
from admin.door import bp
from api.edge import problems
from api.edge.auth import only
from api.edge.settings import settings
from models import Role
from services.credit import imports
from services.refusals import N_, ValidationFailed

LONGEST = 60_000
KINDS = tuple((kind, words.KINDS[kind]) for kind in imports.NEEDED)


class TableForm(forms.Form):
    kind = forms.one_of(N_("Files of"), KINDS)
    area_id = forms.area(N_("Area"))
    department = forms.name(N_("Department"), longest=40)
    csv = forms.verbatim(N_("The table"), longest=LONGEST, kind="textarea", required=False)
    table = forms.file(N_("Or a file"), hint=N_("CSV, as spreadsheets save it."))


class TakeForm(TableForm):
    """The same again, as it was looked at."""

    class Meta(forms.Form.Meta):
        exclude = ("table",)

    kind, area_id, department = forms.hidden(), forms.hidden(), forms.hidden()
    csv = forms.hidden(LONGEST)


@bp.get("/credit/import")
@only(Role.AREA_ADMIN)
def import_table():
    return _page([])


@bp.post("/credit/import/look")
@only(Role.AREA_ADMIN)
@bp.form(again=import_table)
def look_at_table():
    args = forms.read(TableForm)
    args.pop("table", None)
    args["csv"] = _uploaded() or args.get("csv")
    if not args["csv"]:
        raise ValidationFailed({"csv": [N_("Please fill this in.")]})
    found = imports.bring_in(**args, only_look=True, by=g.person, settings=settings(), now=g.now)
    again = forms.show(TakeForm, url_for("admin.take_table"), _("Take the rows that fit"), values=args, once=False)
    section = _result(_("What would happen"), found)
    section.forms = [("", again)] if found.entered else []
    return _page([section], args)


@bp.post("/credit/import")
@only(Role.AREA_ADMIN)
@bp.form(again=import_table)
def take_table():
    args = forms.read(TakeForm) | {"area_id": forms.as_id(request.form.get("area_id"))}
    found = imports.bring_in(**args, by=g.person, settings=settings(), now=g.now)
    return _page([_result(_("What was taken"), found)])


look_at_table.takes_picture = take_table.takes_picture = True  # a table may be as large as a picture is


def _page(sections: list, values: dict | None = None) -> str:
    columns = [[shown.word(kind, words.KINDS), shown.code(", ".join(names)), shown.code(", ".join(imports.OPTIONAL))]
               for kind, names in imports.NEEDED.items()]
    form = forms.show(TableForm, url_for("admin.look_at_table"), _("Look at it"), choices={"area_id": lists.own_areas()}, once=False,
                      values=values or {"kind": "resident"})
    return render_template(
        "admin/row.html", title=_("A department's table"),
        intro=_("Each row is taken or refused by itself, and known again by the department's own reference. At most %(most)d rows.",
                most=imports.ROWS_MOST),
        sections=[*sections, shown.Section(_("The table"), forms=[("", form)], table=shown.Table(
            _("Columns"), [_("Files of"), _("Columns"), _("If wanted")], columns))])


def _result(title: str, found: imports.BroughtIn) -> shown.Section:
    rows = [[shown.number(row.row), shown.text(row.reference), _told(row),
             shown.text(problems.sentence(row.refusal) if row.refusal else None)] for row in found.rows]
    return shown.Section(title, is_answer=True, facts=[(_("Fit"), shown.number(found.entered)), (_("Refused"), shown.number(found.refused))],
                         table=shown.Table(title, [_("Row"), _("Reference"), _("State"), _("Why not")], rows, _("The table has no row.")))


def _told(row: imports.Row) -> shown.Cell:
    return shown.Cell(_("Refused"), kind="badge", tone="bad") if row.refusal else shown.Cell(_("Fits"), kind="badge", tone="good")


def _uploaded() -> str | None:
    """A file's text: UTF-8, or GB 18030 as offices' spreadsheets write it. ValidationFailed for what is neither, or too long."""
    sent = request.files.get("table")
    raw = sent.read() if sent else b""
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            text = raw.decode(encoding)
        except UnicodeDecodeError:
            continue
        if len(text) > LONGEST:
            raise ValidationFailed({"table": [N_("This is too large.")]})
        return text
    raise ValidationFailed({"table": [N_("This is no table that can be read.")]})
