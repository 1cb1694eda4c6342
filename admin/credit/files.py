"""Credit files of one's areas: who is in the scheme, and one file with its facts, entries, score, history and who looked."""
from flask import g, render_template, url_for
from flask_babel import gettext as _

from admin import forms, lists, shown
from admin.charts import Picture, Series
from admin.credit import constraint_forms, file_forms, words
from admin.door import bp
from api.edge import looks, paging
from api.edge.auth import only
from models import OVERSIGHT, AuditRow, CreditEntry, CreditFile, FileFact, SubjectKind, local_day
from services.credit import enrolments, entries, explanations, facts, files, in_force, scores
from services.credit.oversight import history, sight
from services.people import names
from services.refusals import N_

LOOKS_SHOWN, FACTS_SHOWN = 20, 100


class Narrow(forms.Form):
    kind = forms.one_of(N_("Files of"), tuple(words.KINDS.items()), required=False, filter=True)
    area_id = lists.area_filter()


@bp.get("/credit/files")
@only(*OVERSIGHT)
def credit_files():
    asked = forms.narrowed(Narrow)
    page = enrolments.with_days(lists.page(files.search(g.person, g.now, **asked), [CreditFile.id]))
    called, areas = sight.called(row.id for row in page["items"]), names.areas(row.area_id for row in page["items"])
    return render_template(
        "admin/list.html", title=_("Credit files"),
        intro=_("Of those who joined the scheme and have not left it. Whoever opens one is written down, and its subject reads who."),
        filters=forms.show(Narrow, url_for("admin.credit_files"), _("Show"), values=asked, choices={"area_id": lists.areas()}),
        table=shown.table(
            _("Credit files"), [_("Whose"), _("Kind"), _("Area"), _("Joined")], page,
            lambda row: [shown.text(called.get(row.id), url_for("admin.credit_file", file_id=row.id)), shown.word(row.kind, words.KINDS),
                         shown.text(areas.get(row.area_id)), shown.day(row.joined_on)],
            empty=_("Nobody has joined the scheme yet.")))


@bp.get("/credit/files/<uuid:file_id>")
@only(*OVERSIGHT)
def credit_file(file_id):
    found = sight.file(file_id, by=g.person, now=g.now)
    for what in ("look", "look_at_entries", "look_at_score"):
        looks.note(files.look(found, what, by=g.person, now=g.now))
    joined = enrolments.with_days({"items": [found]})["items"][0].joined_on
    is_own = entries.is_of(found, g.person)
    writes = shown.may_change(found.area) and not is_own
    version = in_force.version(found.area, SubjectKind(found.kind), local_day(g.now, found.area))
    return render_template(
        "admin/row.html", title=sight.called([found.id])[found.id], trail=[(_("Credit files"), url_for("admin.credit_files"))],
        why_not=_("This file is your own or your household's: others write in it.") if is_own else "",
        facts=[(_("Kind"), shown.word(found.kind, words.KINDS)), (_("Area"), shown.text(found.area.name)), (_("Joined"), shown.day(joined)),
               *([(_("Volunteering, honours and gifts"), shown.text(_("kept out, as they wish")))] if found.without_volunteering else [])],
        sections=[*_score(found), _entries(found, version, writes), *_facts(found, writes), constraint_forms.section(found, writes),
                  _looks(found)])


def _score(found: CreditFile) -> list[shown.Section]:
    try:
        told = explanations.explain(found, now=g.now)
    except (scores.NoRulebook, scores.NotInSchemeThen) as refusal:
        return [shown.Section(_("Score"), note=_(refusal.message))]
    score = told.score
    told = told if files.is_own(found, by=g.person, now=g.now) else told.live
    values = [words.points(score.centipoints)] if not score.is_disputed else [shown.Cell(
        f"{words.points(score.low).text} – {words.points(score.high).text}", kind="number")]
    about = [(_("Score"), values[0]), (_("Grade"), shown.text(f"{score.grade.code} · {words.said(score.grade, 'name')}")),
             (_("Worked out by"), shown.text(_("%(title)s, version %(number)d", title=words.said(score.version.rulebook, "title"),
                                               number=score.version.number),
                                  url_for("admin.rulebook_version", rulebook_version_id=score.version.id))),
             (_("What it opens"), shown.text(words.said(score.open_grade, "opens")))]
    rows = [[shown.text(words.said(line.item, "name")), words.change(line.centipoints), shown.day(line.happened_on),
             shown.day(line.last_day) if line.last_day else shown.text(_("for good")),
             shown.text(line.title, url_for("admin.credit_entry", entry_id=line.entry_id)), shown.text(_notes(line))] for line in told.lines]
    lines = shown.Table(_("Line by line"), [_("Item"), _("Worth"), _("Happened"), _("Counts until"), _("What"), _("Noted")], rows,
                        _("Nothing counts in it yet."), numbers={1})
    return [shown.Section(_("Score"), facts=about, table=lines,
                          note=_("Something is disputed: until it is decided the score is a range.") if score.is_disputed else ""),
            shown.Section(_("How it is summed"), table=_sum(told)), _history(history.of(found, now=g.now), score)]


def _notes(line: explanations.Line) -> str:
    notes = ((line.state != "counts", words.STATES[line.state]), (line.is_doubled, N_("again within its term: doubled")),
             (line.is_cut, N_("the most of this item is reached")), (line.is_disputed, N_("disputed")))
    return " · ".join(_(said) for holds, said in notes if holds)


def _sum(told: explanations.Explanation) -> shown.Table:
    score = told.score
    rows = [[shown.text(_("Everybody begins with")), words.points(score.version.base_centipoints), shown.text(None)]]
    for branch in told.branches:
        why = [_("%(points)s by members of the household", points=words.change(branch.by_others).text)] if branch.by_others else []
        if branch.total != branch.summed:
            why.append(_("%(points)s in all, cut to its limit", points=words.change(branch.summed).text))
        rows.append([shown.text(words.said(branch.item, "name")), words.change(branch.total), shown.text(" · ".join(why))])
    if told.by_few is not None:
        rows.append([shown.text(_("Members of the household together")), words.change(told.by_few),
                     shown.text(_("not by branch: they are fewer than three"))])
    set_by = _("set by an entry that sets the grade") if score.centipoints != score.plain else None
    rows.append([shown.text(_("Together")), words.points(score.centipoints), shown.text(set_by)])
    return shown.Table(_("How it is summed"), [_("Branch"), _("Worth"), _("Noted")], rows, numbers={1})


def _history(past: list[scores.Score], today: scores.Score) -> shown.Section:
    """Beside today's score, those at the ends of quarters."""
    labels = [f"{score.on:%Y-%m}" for score in past] + [_("Today")]
    picture = Picture(_("Points at the ends of quarters, and today"), labels,
                      [Series(_("Score"), [score.centipoints / 100 for score in (*past, today)])])
    return shown.Section(_("How it went"), charts=[(picture, _("End of the quarter"))], note=_("Each as it could be seen on that day."))


def _entries(found: CreditFile, version, writes: bool) -> shown.Section:
    page = lists.page(files.shown_entries(found, by=g.person, now=g.now), [CreditEntry.id])
    called = {row.code: words.said(row, "name") for row in version.indicators} if version else {}
    table = shown.table(
        _("Entries"), [_("What"), _("Item"), _("Happened"), _("Source"), _("Told by"), _("Noted")], page,
        lambda row: [shown.text(row.title or called.get(row.code), url_for("admin.credit_entry", entry_id=row.id)),
                     shown.text(called[row.code]) if row.code in called else shown.code(row.code), shown.day(row.happened_on),
                     shown.word(row.source, words.SOURCES), shown.text(row.source_name),
                     shown.Cell(_("Disputed"), kind="badge", tone="bad") if row.is_disputed else shown.text(None)],
        empty=_("Nothing was entered yet."))
    section = shown.Section(_("Live entries"), table=table, note=_("What was voided, repaired or has lapsed is shown to its subject alone.")
                            if found.kind != SubjectKind.HOUSEHOLD else _("Those about the household; what its members did is in their own files."))
    if writes and version:
        section.forms = [(_("Write an entry"), file_forms.entry(found, version, page["items"]))]
    return section


def _facts(found: CreditFile, writes: bool) -> list[shown.Section]:
    if found.kind == SubjectKind.RESIDENT:
        return []
    page = paging.page(facts.of(found), [FileFact.id], limit=FACTS_SHOWN, cursor=None) | {"next_cursor": None}
    table = shown.table(
        _("Facts"), [_("What"), _("Kind"), _("How much"), _("From"), _("Until"), _("Source"), _("State")], page,
        lambda row: [shown.text(row.label), shown.word(row.kind, words.FACTS), shown.Cell(words.quantity(row), kind="number"), shown.day(row.from_on),
                     shown.day(row.until_on), shown.text(row.source), shown.text(_("ended") if row.ended_at else None)],
        empty=_("Nothing is written yet."), numbers=(2,))
    section = shown.Section(_("Facts"), table=table, note=_("They count for nothing."))
    if writes:
        section.forms = [(_("Write a fact"), file_forms.fact(found)),
                         *[(_("End: %(name)s", name=row.label), forms.show(
                             None, url_for("admin.end_fact", file_id=found.id, fact_id=row.id), _("It holds no longer"), danger=True))
                           for row in page["items"] if row.ended_at is None]]
    return [section]


def _looks(found: CreditFile) -> shown.Section:
    page = paging.page(files.looks(found), [AuditRow.id], limit=LOOKS_SHOWN, cursor=None, scalars=False) | {"next_cursor": None}
    return shown.Section(_("Who looked"), note=_("The newest %(count)d. Its subject reads all of them.", count=LOOKS_SHOWN), table=shown.table(
        _("Looks"), [_("Who"), _("What"), _("When")], page,
        lambda row: [shown.text(row.display_name), shown.word(row.action, words.LOOKS), shown.moment(row.at)], empty=_("Nobody has looked yet.")))
