"""One version of a rulebook: its grades, its tree, what it says otherwise than the one in force, what was said of it, how it was tried."""
from flask import g, render_template, url_for
from flask_babel import gettext as _

from admin import forms, lists, shown
from admin.credit import grade_forms, item_forms, step_forms, words
from admin.door import bp
from api.edge import paging
from api.edge.auth import only
from models import OVERSIGHT, CheckState, Reward, RulebookStatus, RulebookVersion, TrialRun, VersionComment
from services.access import reach
from services.credit import adoption, differences
from services.credit.oversight import documents, sight
from services.credit.trials import runs
from services.measures import sight as measures
from services.people import names
from services.refusals import N_
from services.wechat import content

TRIALS = 10
MOST, LEAST = N_("It brings at most %(points)s points."), N_("It takes no more than %(points)s points.")


@bp.get("/credit/versions/<uuid:rulebook_version_id>")
@only(*OVERSIGHT)
def rulebook_version(rulebook_version_id, words_read=None):
    """`words_read`: what a comment says that did not pass the check, by the comment's id."""
    found = sight.version(rulebook_version_id, by=g.person, now=g.now)
    book = found.rulebook
    manages, present = shown.may_change(book.area), sight.present(book, g.now)
    drafts = manages and found.status == RulebookStatus.DRAFT
    return render_template(
        "admin/row.html", title=_("%(title)s, version %(number)d", title=words.said(book, "title"), number=found.number),
        state=shown.badge(words.state(found), words.VERSIONS), facts=_facts(found), acts=step_forms.acts(found) if manages else [],
        trail=trail_below(found)[:-1],
        sections=[*_difference(found, sight.counting_here(book, g.now)), *_open_to_nobody(found, present), _grades(found, drafts),
                  *_branches(found, drafts), *_comments(found, manages, words_read or {}), *_trials(found)])


def trail_below(found: RulebookVersion) -> list[tuple[str, str]]:
    """The way to what is of a version: the rulebooks, its rulebook, the version."""
    book = found.rulebook
    return [(_("Rulebooks"), url_for("admin.rulebooks_list")), (words.said(book, "title"), url_for("admin.rulebook", rulebook_id=book.id)),
            (_("Version %(number)d", number=found.number), url_for("admin.rulebook_version", rulebook_version_id=found.id))]


def _facts(found: RulebookVersion) -> list:
    template = found.template_id and sight.version(found.template_id, by=g.person, now=g.now)
    by = names.people([found.made_by_id, found.published_by_id])
    facts = [(_("Area"), shown.text(found.rulebook.area.name)), (_("Files of"), shown.word(found.rulebook.kind, words.KINDS)),
             (_("Everybody begins with, points"), words.points(found.base_centipoints)), (_("Score at most"), words.points(found.most_centipoints)),
             (_("Made"), words.signed(found.made_at, by.get(found.made_by_id)))]
    if template:
        facts.insert(2, (_("Stands on"), shown.text(
            _("%(title)s, version %(number)d", title=words.said(template.rulebook, "title"), number=template.number),
            url_for("admin.rulebook_version", rulebook_version_id=template.id))))
    if found.consulted_until:
        facts.append((_("Consulted on"), shown.days(found.consulted_from, found.consulted_until)))
    if found.voted_on:
        facts += [(_("Voted"), shown.day(found.voted_on)), (_("Who voted"), shown.word(found.voters, words.VOTERS)),
                  (_("Of whom there were"), shown.Cell(_("%(present)d of %(eligible)d", present=found.present, eligible=found.eligible))),
                  (_("For and against"), shown.Cell(f"{found.votes_for} : {found.votes_against}")),
                  (_("Minutes of the meeting"), shown.text(found.minutes))]
    if found.in_force_from:
        facts += [(_("In force from"), shown.day(found.in_force_from)),
                  (_("Published"), words.signed(found.published_at, by.get(found.published_by_id)))]
    if found.retired_on:
        facts.append((_("Retired"), shown.day(found.retired_on)))
    return facts


def _grades(found: RulebookVersion, drafts: bool) -> shown.Section:
    rows = [[shown.text(f"{grade.code} · {words.said(grade, 'name')}", url_for("admin.rulebook_grade", grade_id=grade.id)),
             words.points(grade.from_centipoints), shown.text(words.said(grade, "opens"))]
            for grade in found.grades]
    section = shown.Section(_("Grades"), table=shown.Table(_("Grades"), [_("Grade"), _("From, points"), _("What it opens")], rows, numbers={1}))
    if drafts and found.template_id is None:
        section.forms = [(_("Change where everybody begins, and the most"), grade_forms.scaling(found)),
                         (_("Add a grade"), grade_forms.adding(found))]
    return section


def _branches(found: RulebookVersion, drafts: bool) -> list[shown.Section]:
    own = documents.own_ids(found)
    below = {}
    for row in found.indicators:
        if row.parent_id is not None:
            below.setdefault(row.parent_id, []).append(row)
    sections = [_branch(row, below.get(row.id, []), own if found.template_id else set()) for row in found.indicators if row.parent_id is None]
    if drafts and sections:
        sections[0].forms = [(_("Add an item"), item_forms.adding(found))]
    return sections


def _branch(branch, rows, own) -> shown.Section:
    limits = [_(label, points=words.points(abs(value)).text) for label, value in (
        (MOST, branch.most), (LEAST, branch.least)) if value is not None]
    own_mark = " · " + _("own")
    table = shown.Table(
        words.said(branch, "name"), [_("Item"), _("Worth"), _("At most"), _("Months"), _("What shows it"), _("Basis")],
        [[shown.text(words.said(row, "name") + (own_mark if row.id in own else ""), url_for("admin.rulebook_item", item_id=row.id)),
          shown.Cell(item_forms.each(row), kind="number"), shown.text(item_forms.caps(row)), shown.number(row.term_months),
          shown.text(words.said(row, "evidence")), shown.text(row.basis)] for row in rows],
        _("It has no item yet."), numbers={1, 3})
    return shown.Section(words.said(branch, "name"), table=table, note=" ".join(limits))


def _difference(found: RulebookVersion, present: RulebookVersion | None) -> list[shown.Section]:
    """From the version that counts in its area today, if it is another one: its rulebook's own, or until it has one that of an area above."""
    if present is None or present.id == found.id:
        return []
    told = differences.between(present, found)
    rows = [_pair(label, told[name]) for name, label in (("base", _("Everybody begins with, points")), ("most", _("Score at most"))) if told[name]]
    rows += [[shown.text(words.said(each["row"], "name")), shown.badge(each["how"], words.HOW), shown.text(_changes(each["changes"]))]
             for each in told["items"]]
    rows += [[shown.text(f"{each['code']} · {words.said(each['row'], 'name')}"), shown.badge(each["how"], words.HOW),
              shown.text(_changes(each["changes"]))] for each in told["grades"]]
    table = shown.Table(_("Differences"), [_("Item or grade"), _("How"), _("What")], rows, _("Nothing: it says the same."))
    is_own = present.rulebook_id == found.rulebook_id
    title = _("What it says otherwise than version %(number)d, which is in force", number=present.number) if is_own else _(
        "What it says otherwise than “%(title)s”, version %(number)d, which counts here now", title=words.said(present.rulebook, "title"),
        number=present.number)
    return [shown.Section(title, table=table)]


def _open_to_nobody(found: RulebookVersion, present: RulebookVersion | None) -> list[shown.Section]:
    """What names a grade that this version does not have."""
    rows = [[shown.text(words.said(row, "title") if isinstance(row, Reward) else row.name), shown.text(row.from_grade)]
            for row in measures.open_to_nobody(found, present, g.now)]
    title = _("Rewards and receivers of letters that are open to nobody by this version")
    return [shown.Section(title, table=shown.Table(title, [_("What"), _("From this grade on")], rows), note=_(
        "They name the code of a grade, and this version has no grade of that code. While it is a draft give the grade that is meant this "
        "code; otherwise end these, and make them anew from a grade that it has."))] if rows else []


def _pair(label: str, pair: dict) -> list:
    was, now = (words.points(pair[name]).text for name in ("was", "is"))
    return [shown.text(label), shown.badge("changed", words.HOW), shown.text(f"{was} → {now}")]


def _changes(changes: list[dict]) -> str:
    return "; ".join(f"{_(words.FIELDS[each['field']])}: {_side(each, 'was')} → {_side(each, 'is')}" for each in changes
                     if words.is_shown(each["field"]))


def _side(change: dict, name: str) -> str:
    value = change[name]
    if value is None or value == "":
        return "—"
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if change["field"] in words.IN_POINTS:
        return words.points(value).text
    return _(words.MEASURED[value]) if change["field"] == "measured" else _(words.CLASSES[value]) if change["field"] == "repair_class" else str(value)


def _comments(found: RulebookVersion, manages: bool, words_read: dict) -> list[shown.Section]:
    if found.consulted_from is None:
        return []
    page = lists.page(adoption.comments(found.id, by=g.person, now=g.now), [VersionComment.id])
    said = shown.written if manages else _said_to_all
    table = shown.table(_("Comments"), [_("What was said"), _("When"), _("Answer")], page,
                        lambda row: [shown.text(said(row, row.said)), shown.moment(row.at), shown.text(row.answer)],
                        empty=_("Nobody has said anything."))
    answers = [(_("Answer: %(said)s", said=shown.written(row, row.said)[:60] or "—"), forms.show(
        step_forms.AnswerForm, url_for("admin.answer_comment", rulebook_version_id=found.id, comment_id=row.id), _("Answer")))
        for row in page["items"] if row.answered_at is None] if manages else []
    hidden = [section for row in page["items"] for section in shown.hidden_words(
        row.text_state, url_for("admin.read_comment", rulebook_version_id=found.id, comment_id=row.id), may_read=manages,
        words_read=words_read.get(row.id, ""))]
    return [shown.Section(_("What was said of it"), table=table, forms=answers, note=_("Comments are shown without who said them.")),
            *(_left_to_people(row) for row in page["items"] if manages and row.text_state == CheckState.REVIEW and row.by_id != g.person.id), *hidden]


def _left_to_people(row: VersionComment) -> shown.Section:
    at = {"rulebook_version_id": row.version_id, "comment_id": row.id}
    return shown.Section(_("To be read: %(said)s", said=row.said[:60]), note=_(
        "WeChat's check left it to people. Its writer and the administrators of this area alone see it until one of these lets it pass."), forms=[
        ("", forms.show(None, url_for("admin.let_comment_pass", **at), _("Let it pass"))),
        ("", forms.show(None, url_for("admin.hold_comment_back", **at), _("Hold it back"), danger=True))])


def _said_to_all(row: VersionComment, words: str) -> str:
    """As everybody reads it, also an auditor and who administers an area below."""
    return content.shown_to_all(words, row.text_state, to_writer=row.by_id == g.person.id)


def _trials(found: RulebookVersion) -> list[shown.Section]:
    if not reach.reaches(g.person, found.rulebook.area, OVERSIGHT, g.now):
        return []
    page = paging.page(runs.search(found.id, by=g.person, now=g.now), [TrialRun.id], limit=TRIALS, cursor=None) | {"next_cursor": None}
    table = shown.table(
        _("Trial runs"), [_("On the entries until"), _("Files"), _("Up"), _("Down"), _("When")], page,
        lambda row: [shown.Cell(row.on_day.isoformat(), url_for("admin.trial", trial_id=row.id)),
                     *(shown.number(row.found.get(name)) for name in ("files", "up", "down")), shown.moment(row.at)],
        empty=_("It was not tried yet."), numbers=(1, 2, 3))
    return [shown.Section(_("Trial runs"), table=table)]
