"""From counts to marks, in whole numbers and fractions: the same on every machine, to the last digit.

A value is hundredths of its unit, a mark hundredths of 0 to 100. What was drawn by chance has a standard error and, from it, an interval
of 95 per cent: mark ± 1.96 × error, with error = √(Σ(x − x̄)² / (n(n − 1))). Who was counted in full has an error of 0.
"""
from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction
from math import isqrt

from models import WHOLE, CivilityFigure, CivilityNode, FigureState, Measure, Method

FEWEST_PEOPLE = 10  # a figure over fewer is not shown, nor kept
FEWEST_PLACES = 5
NORMAL = 196  # hundredths: 95 per cent of a normal distribution lie within so many errors
PER = {  # what total / n is multiplied by to be hundredths of the unit
    Measure.VOLUNTEER_HOURS: Fraction(100, 60),  # minutes, to hours for each resident
    Measure.EVENTS_HELD: Fraction(100_000),  # for each thousand residents
}
SHARE = Fraction(WHOLE)  # of a per cent


@dataclass(frozen=True)
class Counted:
    """What was counted: of `n` (residents, deeds, sheets, places) a sum; of a sample also the sum of squares.

    `people` is how many people stand behind it; None where it is about places.
    """

    n: int
    total: int
    squares: int | None = None
    people: int | None = None


NOTHING = Counted(0, 0)


def sample(values: Iterable[Fraction], *, are_people: bool) -> Counted:
    """Of values that were found one by one, in hundredths."""
    whole = [rounded(value) for value in values]
    return Counted(len(whole), sum(whole), sum(value * value for value in whole), len(whole) if are_people else None)


def figure(leaf: CivilityNode, counted: Counted) -> dict:
    """The columns of the leaf's figure. Over too few people nothing is given but that; over too few places it is missing."""
    if counted.n == 0 or (counted.people is None and leaf.method == Method.FIELD_SURVEY and counted.n < FEWEST_PLACES):
        return {"state": FigureState.MISSING}
    if counted.people is not None and counted.people < FEWEST_PEOPLE:
        return {"state": FigureState.SUPPRESSED}
    value = rounded(value_of(leaf, counted))
    return {"state": FigureState.MEASURED, "n": counted.n, "people": counted.people, "total": counted.total, "squares": counted.squares,
            "value_hundredths": value, "mark_hundredths": mark(value, leaf), "error_hundredths": error(leaf, counted)}


def again(leaf: CivilityNode, figure_: CivilityFigure) -> dict:
    """The same columns, worked out anew from what a measured figure keeps."""
    return figure(leaf, Counted(figure_.n, figure_.total, figure_.squares, figure_.people))


def value_of(leaf: CivilityNode, counted: Counted) -> Fraction:
    if leaf.method == Method.DEPARTMENT:
        return Fraction(counted.total)
    per = PER.get(leaf.measure, SHARE) if leaf.method == Method.CHAIN else 1
    return Fraction(counted.total, counted.n) * per


def mark(value: int, leaf: CivilityNode) -> int:
    """Where the value lies on the leaf's scale, from 0 to 100; beyond its ends it stays there."""
    span = leaf.scale_to_hundredths - leaf.scale_from_hundredths
    return min(WHOLE, max(0, rounded(Fraction(WHOLE * (value - leaf.scale_from_hundredths), span))))


def error(leaf: CivilityNode, counted: Counted) -> int:
    """The mark's standard error; 0 for what was counted in full."""
    if counted.squares is None or counted.n < 2:
        return 0
    variance = Fraction(counted.n * counted.squares - counted.total ** 2, counted.n ** 2 * (counted.n - 1))
    stretched = Fraction(WHOLE, leaf.scale_to_hundredths - leaf.scale_from_hundredths) ** 2
    return root(variance * stretched)


def interval(mark_: int, error_: int) -> tuple[int, int]:
    """From where to where, within 0 and 100."""
    half = rounded(Fraction(NORMAL * error_, 100))
    return max(0, mark_ - half), min(WHOLE, mark_ + half)


def rounded(number: Fraction | int) -> int:
    """To the nearest whole number, a half away from zero."""
    number = Fraction(number)
    size = (2 * abs(number.numerator) + number.denominator) // (2 * number.denominator)
    return size if number >= 0 else -size


def root(number: Fraction) -> int:
    """The whole number nearest to the square root."""
    return (isqrt(4 * number.numerator // number.denominator) + 1) // 2
