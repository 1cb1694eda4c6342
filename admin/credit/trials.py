"""What a trial run found: grades before and after, who moves, by which items, and which groups."""
from flask import g, render_template, url_for
from flask_babel import gettext as _

from admin import shown
from admin.charts import Picture, Series
from admin.credit import words
from admin.credit.versions import trail_below
from admin.door import bp
from api.edge.auth import only
from models import OVERSIGHT, RulebookVersion, TrialRun
from services.credit.oversight import sight
from services.credit.trials import runs


@bp.get("/credit/trials/<uuid:trial_id>")
@only(*OVERSIGHT)
def trial(trial_id):
    run, found = sight.trial(trial_id, by=g.person, now=g.now)
    runs.with_movers([run])
    if not run.found:
        return _underway(run, found) if run.task else _given_up(run, found)
    told = run.found
    compared = _("version %(number)d", number=told["compared_with"]) if told["compared_with"] else _("what is in force there")
    facts = [(_("On the entries until"), shown.day(run.on_day)), (_("Compared with"), shown.text(compared)),
             (_("Files"), shown.number(told["files"])),
             (_("Go up"), shown.number(told["up"])), (_("Go down"), shown.number(told["down"])),
             (_("All together, points"), words.change(told["change"])), (_("Tried"), shown.moment(run.at))]
    return render_template(
        "admin/row.html", title=_("Trial run"), facts=facts,
        trail=trail_below(found),
        sections=[_grades(told), _items(told, found), _movers(run), *_groups(told)])


def _underway(run: TrialRun, found: RulebookVersion):
    how_far = _("%(done)d of %(all)d", done=run.task.done, all=run.task.files)
    facts = [(_("On the entries until"), shown.day(run.on_day)), (_("Files that were looked at"), shown.text(how_far)),
             (_("Tried"), shown.moment(run.at))]
    return render_template("admin/row.html", title=_("Trial run"), trail=trail_below(found), facts=facts, sections=[shown.Section(
        _("Still being worked out"), note=_("So many files take some minutes. Load this page again to see how far it is."))])


def _given_up(run: TrialRun, found: RulebookVersion):
    facts = [(_("On the entries until"), shown.day(run.on_day)), (_("Tried"), shown.moment(run.at))]
    return render_template("admin/row.html", title=_("Trial run"), trail=trail_below(found), facts=facts, sections=[shown.Section(
        _("Not worked out"), note=_("It could not be worked out: whoever runs the server finds why in its log. Try the draft again then."))])


def _grades(told: dict) -> shown.Section:
    """Files by grade, before and after. A grade is the same by both where its code is, whatever stands above it."""
    was, now = told["codes"]["was"], told["codes"]["is"]
    counted = [(was[row["was"] - 1], now[row["is"] - 1], row["files"]) for row in told["grades"]]
    codes = _in_order(was, now)
    compared = [Series(label, [sum(row[2] for row in counted if row[side] == code) for code in codes])
                for side, label in enumerate((_("Rules now"), _("Rules tried")))]
    picture = Picture(_("Files by grade"), codes, compared, empty=_("There is no file yet."))
    rows = [[shown.text(f"{before} → {after}"), shown.number(files)] for before, after, files in counted if before != after]
    return shown.Section(_("Grades before and after"), charts=[(picture, _("Grade"))], table=shown.Table(
        _("Who changes grade"), [_("From and to"), _("Files")], rows, _("Nobody changes grade."), numbers={1}))


def _in_order(was: list[str], now: list[str]) -> list[str]:
    """All grades from the best one down; one that is gone stands above the one that it stood above."""
    both = list(now)
    for code, below in reversed([*zip(was, [*was[1:], None], strict=True)]):
        if code not in both:
            both.insert(both.index(below) if below else len(both), code)
    return both


def _items(told: dict, found: RulebookVersion) -> shown.Section:
    called = {row.code: words.said(row, "name") for row in found.indicators}
    rows = [[shown.text(called[row["code"]]) if row["code"] in called else shown.code(row["code"]), words.points(row["was"]), words.points(row["is"]),
             shown.number(row["files"])] for row in told["items"]]
    return shown.Section(_("Why: what items bring all files together"), table=shown.Table(
        _("Items"), [_("Item"), _("Before, points"), _("After, points"), _("Files")], rows,
        _("Every item brings the same as before."), numbers={1, 2, 3}))


def _movers(run: TrialRun) -> shown.Section:
    """Without names and grades: what has a name is looked at in its file, and the look is kept there."""
    rows = [[shown.text(_("File %(number)d", number=number), url_for("admin.credit_file", file_id=row["file_id"])), words.change(row["change"])]
            for number, row in enumerate(run.moving, 1)]
    return shown.Section(_("Who moves most"), note=_("At most 50 files. Whose they are stands in the file itself, where the look is kept."),
                         table=shown.Table(_("Files that move"), [_("File"), _("Change")], rows, _("Nobody moves."), numbers={1}))


def _groups(told: dict) -> list[shown.Section]:
    if not told["groups"]:
        return []
    rows = [[shown.text(f"{_(words.DIVISIONS[division['division']])}: {_(words.GROUPS.get(row['group'], row['group']))}"), 
             shown.number(row["people"]),
             shown.number(row["up"]), shown.number(row["down"]), words.change(row["mean"]) if row["mean"] is not None else shown.number(None)]
            for division in told["groups"] for row in division["groups"]]
    return [shown.Section(_("By group"), table=shown.Table(
        _("Groups"), [_("Group"), _("People"), _("Up"), _("Down"), _("Points, on average")], rows,
        _("Nobody has said anything of themselves for this."), numbers={1, 2, 3, 4}),
        note=_("Of residents who said something of themselves for this. Of fewer than ten nothing is said, "
               "nor what could be worked out by taking away; and where fewer than ten files move, not who of a group does."))]
