"""Pages to learn from: written, questions added, written anew, taken away. What is read stays as it was read."""
from flask import g, render_template, url_for
from flask_babel import gettext as _

from admin import forms, lists, shown
from admin.credit.words import is_english, said, signed
from admin.door import bp, gone_to
from api.edge.auth import only
from api.edge.idempotency import once
from models import OVERSIGHT, KnowledgePage, QuizQuestion, Role
from services.culture import knowledge, oversight
from services.people import names
from services.refusals import N_, ValidationFailed

MOST_CHOICES, LONGEST_CHOICE = 6, 200
PLACES = tuple((str(number), str(number)) for number in range(1, MOST_CHOICES + 1))


class PageForm(forms.Form):
    area_id = forms.area(N_("Area"), hint=N_("With everything below it."))
    title_zh = forms.words(N_("Title in Chinese"))
    title_en = forms.words(N_("Title in English"), longest=200)
    body_zh = forms.words(N_("Text in Chinese"), longest=8000, kind="textarea", hint=N_("An empty line begins a new paragraph."))
    body_en = forms.words(N_("Text in English"), longest=8000, kind="textarea")


class RewriteForm(forms.Form):
    title_zh = forms.words(N_("Title in Chinese"))
    title_en = forms.words(N_("Title in English"), longest=200)
    body_zh = forms.words(N_("Text in Chinese"), longest=8000, kind="textarea")
    body_en = forms.words(N_("Text in English"), longest=8000, kind="textarea")
    keeps = forms.rows(N_("Questions to keep"))


class QuestionForm(forms.Form):
    asks_zh = forms.words(N_("Question in Chinese"), longest=300)
    asks_en = forms.words(N_("Question in English"), longest=300)
    choices_zh = forms.words(N_("Answers in Chinese"), longest=1300, kind="textarea", hint=N_("One in each line, two to six of them."))
    choices_en = forms.words(N_("Answers in English"), longest=1300, kind="textarea", hint=N_("In the same order."))
    right = forms.one_of(N_("Number of the right answer"), PLACES)
    because_zh = forms.words(N_("Why, in Chinese"), longest=500, kind="textarea", required=False, hint=N_("Told to who has answered."))
    because_en = forms.words(N_("Why, in English"), longest=500, kind="textarea", required=False)


@bp.get("/culture/knowledge-pages")
@only(*OVERSIGHT)
def knowledge_pages():
    page = lists.page(oversight.pages(g.person, g.now), [KnowledgePage.id])
    areas = names.areas(row.area_id for row in page["items"])
    new = [(_("Write a page"), forms.show(PageForm, url_for("admin.write_knowledge_page"), _("Write it"),
                                          choices={"area_id": lists.own_areas()}))] if shown.may_change() else []
    return render_template(
        "admin/list.html", title=_("Pages to learn from"), new=new,
        intro=_("Residents read them in the mini program and may answer their questions. Nothing of the answers is kept, and nobody gets points."),
        table=shown.table(
            _("Pages to learn from"), [_("Title"), _("Area"), _("State"), _("Entered")], page,
            lambda row: [shown.text(said(row, "title"), url_for("admin.knowledge_page", knowledge_page_id=row.id)),
                         shown.text(areas.get(row.area_id)), _state(row), shown.moment(row.made_at)],
            empty=_("No page was written yet.")))


def _state(row: KnowledgePage) -> shown.Cell:
    return shown.Cell(_("Taken away"), kind="badge", tone="over") if row.ended_at else shown.Cell(_("To be read"), kind="badge", tone="good")


@bp.get("/culture/knowledge-pages/<uuid:knowledge_page_id>")
@only(*OVERSIGHT)
def knowledge_page(knowledge_page_id):
    found = oversight.page(knowledge_page_id, by=g.person, now=g.now)
    called, areas = names.people([found.made_by_id]), names.areas([found.area_id])
    changes = found.ended_at is None and shown.may_change()
    sections = [_questions(found)]
    if changes:
        sections[0].forms = [(_("Add a question"), forms.show(
            QuestionForm, url_for("admin.ask_question", knowledge_page_id=found.id), _("Add it")))]
        sections.append(_anew(found))
    end = (_("Take it away"), forms.show(None, url_for("admin.end_knowledge_page", knowledge_page_id=found.id), _("Nobody can read it any more"),
                                         danger=True))
    return render_template(
        "admin/row.html", title=said(found, "title"), intro=said(found, "body"), state=_state(found), sections=sections,
        acts=[end] if changes else [],
        trail=[(_("Pages to learn from"), url_for("admin.knowledge_pages"))],
        facts=[(_("Area"), shown.text(areas.get(found.area_id))), (_("Entered"), signed(found.made_at, called.get(found.made_by_id))),
               *([(_("Taken away"), shown.moment(found.ended_at))] if found.ended_at else [])])


def _questions(found: KnowledgePage) -> shown.Section:
    page = {"items": found.questions, "next_cursor": None}
    return shown.Section(_("Questions"), table=shown.table(
        _("Questions"), [_("Question"), _("Answers"), _("Right"), _("Why")], page,
        lambda row: [shown.text(said(row, "asks")), shown.text(" / ".join(_answers(row))), shown.text(_answers(row)[row.right_place]),
                     shown.text(said(row, "because"))],
        empty=_("It asks nothing.")))


def _answers(row: QuizQuestion) -> list[str]:
    return [choice["en" if is_english() else "zh"] for choice in row.choices]


def _anew(found: KnowledgePage) -> shown.Section:
    values = {name: getattr(found, name) for name in ("title_zh", "title_en", "body_zh", "body_en")}
    form = forms.show(RewriteForm, url_for("admin.rewrite_knowledge_page", knowledge_page_id=found.id), _("Put the new page in its place"),
                      values=values | {"keeps": [row.id for row in found.questions]},
                      choices={"keeps": [(row.id, said(row, "asks")) for row in found.questions]})
    return shown.Section(_("Correct it"), forms=[(_("Write it anew"), form)], note=_(
        "A page that was read is not changed. A new one takes its place, and this one is taken away and stays here to be looked at."))


def _as_question(args: dict) -> dict:
    """The form's fields as the rule takes them: two to six answers, as many in the one language as in the other."""
    zh, en = (_lines(args.pop(name)) for name in ("choices_zh", "choices_en"))
    if not 2 <= len(zh) <= MOST_CHOICES or any(len(line) > LONGEST_CHOICE for line in zh + en):
        raise ValidationFailed({"choices_zh": [N_("Two to six answers, please, each in a line of its own.")]})
    if len(zh) != len(en):
        raise ValidationFailed({"choices_en": [N_("As many answers as in Chinese, please.")]})
    right_place = int(args.pop("right")) - 1
    if right_place >= len(zh):
        raise ValidationFailed({"right": [N_("The right answer is not among the choices.")]})
    return {"because_zh": "", "because_en": "", **args, "right_place": right_place,
            "choices": [{"zh": one, "en": other} for one, other in zip(zh, en, strict=True)]}


def _lines(text: str) -> list[str]:
    return [line.strip() for line in text.splitlines() if line.strip()]


@bp.post("/culture/knowledge-pages")
@only(Role.AREA_ADMIN)
@once
@bp.form(PageForm, again=knowledge_pages)
def write_knowledge_page(args):
    made = knowledge.write(**args, questions=[], by=g.person, now=g.now)
    return gone_to("admin.knowledge_page", knowledge_page_id=made.id, done="saved")


@bp.post("/culture/knowledge-pages/<uuid:knowledge_page_id>/questions")
@only(Role.AREA_ADMIN)
@once
@bp.form(QuestionForm, again=knowledge_page)
def ask_question(args, knowledge_page_id):
    oversight.page(knowledge_page_id, by=g.person, now=g.now)
    knowledge.ask(knowledge_page_id, **_as_question(args), by=g.person, now=g.now)
    return gone_to("admin.knowledge_page", knowledge_page_id=knowledge_page_id, done="saved")


@bp.post("/culture/knowledge-pages/<uuid:knowledge_page_id>/anew")
@only(Role.AREA_ADMIN)
@once
@bp.form(RewriteForm, again=knowledge_page)
def rewrite_knowledge_page(args, knowledge_page_id):
    made = knowledge.rewrite(knowledge_page_id, **args, by=g.person, now=g.now)
    return gone_to("admin.knowledge_page", knowledge_page_id=made.id, done="saved")


@bp.post("/culture/knowledge-pages/<uuid:knowledge_page_id>/end")
@only(Role.AREA_ADMIN)
@once
@bp.form(again=knowledge_page)
def end_knowledge_page(knowledge_page_id):
    knowledge.end(knowledge_page_id, by=g.person, now=g.now)
    return gone_to("admin.knowledge_page", knowledge_page_id=knowledge_page_id, done="ended")
