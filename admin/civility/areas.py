"""A community in a period, down to each leaf, over time within the version, and beside another period."""
from flask import g, render_template, url_for
from flask_babel import get_locale
from flask_babel import gettext as _

from admin import forms, lists, shown
from admin.charts import Picture, Series
from admin.civility import words
from admin.civility.nodes import called
from admin.door import bp
from api.edge import paging
from api.edge.auth import only
from models import OVERSIGHT, CivilityFigure, CivilityNode, CivilityPeriod, FigureState, Method, code_order
from services.civility import figures, sight
from services.refusals import N_

MOST_PERIODS = 24


class CompareForm(forms.Form):
    other_id = forms.row(N_("Another period"), filter=True, required=False)


@bp.get("/civility/periods/<uuid:period_id>/areas/<uuid:community_id>")
@only(*OVERSIGHT)
def civility_area(period_id, community_id):
    found = figures.whole(figures.readable(sight.period(period_id, by=g.person, now=g.now).id, by=g.person, now=g.now), community_id)
    period, index = found.of.period, found.of.marks.index
    asked = forms.narrowed(CompareForm)
    published = sight.periods_of(g.person, g.now, area_id=community_id, status="published")
    others = [row for row in lists.page(published, [CivilityPeriod.first_on, CivilityPeriod.id])["items"] if row.id != period.id]
    sections = [shown.Section(_("Leaf by leaf"), table=_leaves(found), note=_(
        "A mark is 0 to 100. What was drawn by lot has an interval of 95 per cent; what was counted in full has none."))]
    if corrected := [leaf for leaf in found.leaves.values() if leaf.before]:
        sections.append(shown.Section(_("Corrected"), table=_corrections(corrected)))
    return render_template(
        "admin/civility_area.html", title=f"{found.of.area.name} · {period.first_on} – {period.last_on}",
        trail=[(_("Civility index"), url_for("admin.civility_periods")),
               (f"{period.first_on} – {period.last_on}", url_for("admin.civility_period", period_id=period.id))],
        facts=[(_("Index"), words.mark(index.mark_hundredths)),
               (_("Interval (95 per cent)"), words.between(index.low_hundredths, index.high_hundredths)),
               (_("Weight measured, %"), words.number(index.covered_hundredths))],
        pictures=_pictures(found, period), sections=sections,
        compare=forms.show(CompareForm, url_for("admin.civility_area", period_id=period.id, community_id=community_id), _("Compare"), values=asked,
                           choices={"other_id": [(row.id, f"{row.first_on} – {row.last_on} · {row.area.name}") for row in others]}),
        compared=_compared(period, asked["other_id"], community_id) if "other_id" in asked else None)


def _pictures(found: figures.Whole, period: CivilityPeriod) -> list:
    """(picture, what its rows are): the parts, the branches, and the index over time."""
    parts = {part: mark for part, mark in found.of.marks.parts.items() if mark.mark_hundredths is not None}
    tops = [(called(node), found.of.marks.branches[node.code]) for node in found.nodes
            if not node.parent_code and node.code in found.of.marks.branches]
    periods_ = paging.page(figures.over_time(period.civility_version), [CivilityPeriod.first_on, CivilityPeriod.id], limit=MOST_PERIODS, cursor=None)
    over_time = [row for row in figures.of_periods(period.civility_version, periods_["items"][::-1], found.of.area)
                 if row.marks.index.mark_hundredths is not None]
    nothing = _("Too little was measured.")
    return [
        (Picture(_("By part"), [_(words.PARTS[part]) for part in parts], [_series(parts.values())], lying=True, empty=nothing, most=100), _("Part")),
        (Picture(_("By branch"), [name for name, mark in tops if mark.mark_hundredths is not None],
                 [_series([mark for _name, mark in tops if mark.mark_hundredths is not None])], lying=True, empty=nothing, most=100), _("Branch")),
        (Picture(_("Over time, by this version"), [f"{row.period.first_on:%y-%m-%d}" for row in over_time],
                 [_series([row.marks.index for row in over_time])], empty=nothing, most=100), _("Begun on"))]


def _series(marks) -> Series:
    return Series(_("Mark"), [float(words.tenths(mark.mark_hundredths)) for mark in marks])


def _leaves(found: figures.Whole) -> shown.Table:
    rows = [_leaf(found.leaves[node.id]) if node.id in found.leaves else _branch(node, found.of.marks.branches[node.code])
            for node in sorted(found.nodes, key=lambda node: code_order(node.code))]
    columns = [_("Leaf"), _("Value"), _("Mark"), _("Interval (95 per cent)"), _("Of how many"), _("Method"), _("Evidence")]
    return shown.Table(_("Leaf by leaf"), columns, rows, numbers={1, 2, 3, 4})


def _branch(node: CivilityNode, mark) -> list[shown.Cell]:
    return [shown.text(f"{node.code} {called(node)}"), shown.text(None), words.mark(mark.mark_hundredths),
            words.between(mark.low_hundredths, mark.high_hundredths), shown.text(None), shown.text(None), shown.text(None)]


def _leaf(leaf: figures.Leaf) -> list[shown.Cell]:
    node, figure = leaf.node, leaf.figure
    return [shown.text(f"{node.code} {called(node)}", url_for("admin.civility_node", node_id=node.id)), words.number(figure.value_hundredths),
            words.mark(figure.mark_hundredths), words.between(*figures.ends(figure)),
            shown.number(figure.n if node.method != Method.DEPARTMENT else None), shown.word(node.method, words.METHODS), _source(node, figure)]


def _source(node: CivilityNode, figure: CivilityFigure) -> shown.Cell:
    """Where it is from, or why there is nothing."""
    if figure.state != FigureState.MEASURED:
        return shown.Cell(_(words.STATES[figure.state]), kind="badge", tone="over")
    if node.method == Method.DEPARTMENT:
        return shown.code(f"{figure.evidence['source']}, {figure.evidence['document']}")
    if node.method == Method.FIELD_SURVEY:
        return shown.text(_("%(visited)s of %(of_places)s places; seed %(seed)s", **figure.evidence))
    if node.method == Method.QUESTIONNAIRE:
        return shown.text(_("%(invited)s of %(of_residents)s residents asked; seed %(seed)s", **figure.evidence))
    return shown.text(node.evidence_en if str(get_locale()) == "en" else node.evidence_zh)


def _corrections(corrected: list[figures.Leaf]) -> shown.Table:
    rows = [[shown.text(f"{leaf.node.code} {called(leaf.node)}"), words.number(before.value_hundredths), words.number(after.value_hundredths),
             shown.code(after.reason), shown.moment(after.at)]
            for leaf in corrected for before, after in zip(leaf.before, [*leaf.before[1:], leaf.figure], strict=True)]
    return shown.Table(_("Corrected"), [_("Leaf"), _("Before"), _("After"), _("Why"), _("When")], rows, numbers={1, 2})


def _compared(period: CivilityPeriod, other_id, community_id) -> list:
    """VersionsNotComparable where another version measured the other."""
    found = figures.compared(period, figures.readable(other_id, by=g.person, now=g.now), community_id)
    said = {True: _("More than chance explains."), False: _("Chance may explain it."), None: _("Not the same leaves were measured.")}[found.is_change]
    return [*[(f"{row.period.first_on} – {row.period.last_on}", words.mark(row.marks.index.mark_hundredths)) for row in (found.earlier, found.later)],
            (_("Difference"), words.number(found.difference_hundredths)), (_("What it says"), shown.text(said))]
