"""The arithmetic of the index: whole numbers in, whole numbers out, the same in any order."""
from fractions import Fraction
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.civility import marks, trees
from services.civility.marks import Counted


def leaf(method="chain", measure="residents_took_part", zero=0, hundred=10_000, **more):
    return SimpleNamespace(method=method, measure=measure, scale_from_hundredths=zero, scale_to_hundredths=hundred, **more)


@pytest.mark.parametrize(("number", "nearest"), [(Fraction(1, 2), 1), (Fraction(-1, 2), -1), (Fraction(149, 100), 1), (Fraction(-3, 2), -2), (7, 7)])
def test_a_half_goes_away_from_zero(number, nearest):
    assert marks.rounded(number) == nearest


@given(st.fractions(0, 10**9))
def test_a_root_is_the_nearest_whole_number(number):
    found = marks.root(number)
    assert Fraction(2 * found - 1, 2) ** 2 <= number or found == 0
    assert number <= Fraction(2 * found + 1, 2) ** 2


def test_a_share_is_in_hundredths_of_a_per_cent_and_the_scale_makes_the_mark():
    made = marks.figure(leaf(hundred=5000), Counted(30, 10, people=30))
    assert (made["state"], made["value_hundredths"], made["mark_hundredths"], made["error_hundredths"]) == ("measured", 3333, 6666, 0)


def test_a_scale_may_go_down_and_ends_where_it_ends():
    falling = leaf("department", None, zero=2000, hundred=0)
    assert [marks.mark(value, falling) for value in (0, 500, 2000, 9999)] == [10_000, 7500, 0, 0]


def test_hours_are_for_each_resident_and_events_for_each_thousand():
    assert marks.figure(leaf(measure="volunteer_hours", hundred=400), Counted(60, 7200, people=12))["value_hundredths"] == 200
    assert marks.figure(leaf(measure="events_held"), Counted(2000, 6, people=2000))["value_hundredths"] == 300


@pytest.mark.parametrize(("people", "state"), [(9, "suppressed"), (10, "measured")])
def test_of_fewer_than_ten_people_nothing_is_kept(people, state):
    made = marks.figure(leaf(), Counted(people, 4, people=people))
    assert made["state"] == state and (len(made) == 1) == (state == "suppressed")


def test_four_places_are_too_few_and_nobody_is_nothing():
    survey = leaf("field_survey", None)
    assert marks.figure(survey, Counted(4, 40_000, 400_000_000)) == marks.figure(leaf(), marks.NOTHING) == {"state": "missing"}
    assert marks.figure(survey, Counted(5, 50_000, 500_000_000))["mark_hundredths"] == 10_000


def test_a_sample_has_the_error_of_its_mean():
    """Half zeros, half hundreds: s = 52.70, over the root of ten 16.67."""
    counted = marks.sample([Fraction(0)] * 5 + [Fraction(10_000)] * 5, are_people=True)
    made = marks.figure(leaf("questionnaire", None), counted)
    assert (made["mark_hundredths"], made["error_hundredths"]) == (5000, 1667)
    assert marks.interval(5000, 1667) == (1733, 8267)
    assert marks.figure(leaf("questionnaire", None, hundred=5000), counted)["error_hundredths"] == 3333


@given(st.lists(st.fractions(0, 10_000), min_size=10, max_size=40), st.randoms())
def test_a_sample_is_the_same_in_any_order(values, chance):
    shuffled = values[:]
    chance.shuffle(shuffled)
    one, other = (marks.figure(leaf("questionnaire", None), marks.sample(each, are_people=True)) for each in (values, shuffled))
    assert one == other


def node(code, weight, **more):
    is_leaf = more.pop("is_leaf", "." in code)
    return SimpleNamespace(id=code, code=code, parent_code=trees.parent_of(code), weight_hundredths=weight, is_leaf=is_leaf, part="personal", **more)


TREE = [node("1", 6000), node("1.1", 5000), node("1.2", 5000), node("2", 4000), node("2.10", 2000), node("2.9", 8000)]


def test_a_branch_is_the_weighted_mean_and_so_is_the_whole():
    found = trees.together(TREE, {"1.1": (8000, 0), "1.2": (6000, 0), "2.9": (5000, 0), "2.10": (10_000, 0)})
    assert (found.branches["1"].mark_hundredths, found.branches["2"].mark_hundredths) == (7000, 6000)
    assert found.index == trees.Mark(6600, 6600, 6600, 10_000)
    assert found.parts == {"personal": trees.Mark(6600, 6600, 6600, 10_000)}


def test_errors_add_as_squares():
    found = trees.together(TREE, {"1.1": (5000, 300), "1.2": (5000, 400), "2.9": (5000, 0), "2.10": (5000, 0)})
    assert found.branches["1"].low_hundredths == 5000 - marks.rounded(Fraction(196 * 250, 100))  # √(150² + 200²)
    assert found.index.high_hundredths == 5000 + marks.rounded(Fraction(196 * 150, 100))


def test_what_is_hidden_is_left_out_of_everything_and_cannot_be_worked_out():
    """Whatever the hidden leaf was, the rest is the same: it was never asked."""
    found = trees.together(TREE, {"1.1": (8000, 0), "2.9": (5000, 0), "2.10": (10_000, 0)})
    assert found.branches["1"] == trees.Mark(None, None, None, 5000)  # half of it is not enough
    enough = trees.together(TREE, {"1.1": (8000, 0), "1.2": (6000, 0), "2.9": (5000, 0)})
    assert enough.branches["2"] == trees.Mark(5000, 5000, 5000, 8000)
    assert enough.index == trees.Mark(6200, 6200, 6200, 9200)


def test_nothing_measured_is_no_mark():
    assert trees.together(TREE, {}).index == trees.Mark(None, None, None, 0)


def test_codes_are_in_the_order_of_their_numbers():
    assert [child.code for child in trees.below(TREE)["2"]] == ["2.9", "2.10"]
