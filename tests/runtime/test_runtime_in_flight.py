import threading
import time

import pytest

from docmarks.runtime.in_flight import in_flight


def test_results_come_in_order():
    def slow_first(n):
        time.sleep(0.02 if n == 0 else 0)
        return n * n

    assert list(in_flight(slow_first, range(9), 3)) == [n * n for n in range(9)]
    assert list(in_flight(slow_first, [], 3)) == []


def test_work_overlaps_and_items_are_drawn_by_the_caller():
    both = threading.Barrier(2, timeout=5)  # breaks unless two are at work at once
    drawn = []

    def items():
        for n in range(6):
            drawn.append(threading.current_thread())
            yield n

    assert list(in_flight(lambda n: (both.wait(), n)[1], items(), 2)) == list(range(6))
    assert set(drawn) == {threading.current_thread()}


def test_few_items_are_held():
    begun = []

    def items():
        for n in range(50):
            begun.append(n)
            yield n

    results = in_flight(lambda n: n, items(), 2)
    next(results)
    assert len(begun) == 3


def test_what_is_raised_comes_out_in_its_place():
    results = in_flight(lambda n: 1 / (n - 2), range(5), 2)
    assert next(results) == -0.5 and next(results) == -1
    with pytest.raises(ZeroDivisionError):
        next(results)


def test_leaving_early_stops():
    done = []
    results = in_flight(done.append, range(100), 2)
    next(results)
    results.close()
    assert len(done) <= 3
