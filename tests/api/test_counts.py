"""The counts behind the rate limits, kept in the process."""
from threading import Thread

from limits import RateLimitItemPerMinute
from limits.strategies import FixedWindowRateLimiter

from api.edge.counts import LocalCounts


class Clock:
    now = 0.0

    def __call__(self):
        return self.now


def test_a_window_holds_so_many_and_begins_anew_when_it_ends():
    clock = Clock()
    limiter = FixedWindowRateLimiter(LocalCounts(clock))
    three = RateLimitItemPerMinute(3)
    assert [limiter.hit(three, "li") for _ in range(4)] == [True, True, True, False]
    assert limiter.hit(three, "wang")
    clock.now = 59.9
    assert not limiter.hit(three, "li")
    clock.now = 60
    assert limiter.hit(three, "li")


def test_what_is_given_back_can_be_had_again():
    limiter, two = FixedWindowRateLimiter(LocalCounts(Clock())), RateLimitItemPerMinute(2)
    assert [limiter.hit(two, "li"), limiter.hit(two, "li"), limiter.test(two, "li")] == [True, True, False]
    limiter.hit(two, "li", cost=-1)
    assert limiter.test(two, "li")


def test_windows_that_are_over_are_forgotten():
    clock = Clock()
    counts = LocalCounts(clock)
    for n in range(1000):
        counts.incr(f"{n}", 10)
    clock.now = 31
    counts.incr("one more", 60)
    assert counts.reset() == 1


def test_no_hit_is_lost_among_threads():
    counts = LocalCounts()
    threads = [Thread(target=lambda: [counts.incr("li", 60) for _ in range(2000)]) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert counts.get("li") == 16_000
