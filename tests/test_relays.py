"""The program that judges relays that died (tests/faults/relays.py): it believes what may be, and sees what may not."""
import pytest

from tests.faults.relays import Asked, Life, violations

DEAD, ALIVE = True, False


def life(is_killed, *asked):
    """`life(DEAD, 1, -2)`: WeChat took message 1, and not message 2, before the death."""
    return Life([Asked(abs(number), number > 0) for number in asked], is_killed)


@pytest.mark.parametrize("lives", [
    [life(ALIVE, 1, 2)], [life(ALIVE, 1), life(ALIVE, -2, 2)], [life(DEAD, -1), life(ALIVE, 1, 2)], [life(DEAD, 1), life(ALIVE, 1, 2)],
    [life(DEAD, 1), life(DEAD, 2, 1), life(ALIVE, 1)], [life(DEAD), life(ALIVE, 1, 2)],
])
def test_each_is_sent_and_once_more_for_each_death_with_it_in_hand(lives):
    assert violations({1, 2}, lives) == []


@pytest.mark.parametrize(("lives", "told"), [
    ([life(ALIVE, 1)], "message 2 was never sent"),
    ([life(ALIVE, 1), life(DEAD, -2)], "message 2 was never sent"),
    ([life(ALIVE, 1, 2, 3)], "message 3 is nobody's"),
    ([life(ALIVE, 1, 2, 2)], "message 2 was sent 2 times and 0 unheard"),
    ([life(ALIVE, 2), life(ALIVE, 1, 2)], "message 2 was sent 2 times and 0 unheard"),
    ([life(DEAD, 2, 1), life(ALIVE, 2)], "message 2 was sent 2 times and 0 unheard"),
    ([life(DEAD, 2, -1), life(ALIVE, 1, 2)], "message 2 was sent 2 times and 0 unheard"),
    ([life(DEAD, 1, 2), life(ALIVE, 2, 2)], "message 2 was sent 3 times and 1 unheard"),
])
def test_what_may_not_be_is_seen(lives, told):
    assert any(told in sentence for sentence in violations({1, 2}, lives))


def test_where_wechat_was_heard_to_say_that_it_arrived_no_death_excuses_a_second_time():
    lives = [life(DEAD, 1), life(ALIVE, 1, 2)]
    assert violations({1, 2}, lives, heard={2}) == []
    assert violations({1, 2}, lives, heard={1}) != []
