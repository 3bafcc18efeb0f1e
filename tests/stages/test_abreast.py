"""Jobs side by side: each once, the largest first, and never too much at once."""

from __future__ import annotations

import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dubbench.stages.abreast import Abreast


@given(st.lists(st.integers(0, 50), max_size=30), st.integers(1, 60), st.integers(1, 4))
def test_every_job_is_had_once_and_no_more_than_may_be_at_once(sizes: list[int], most: int, workers: int) -> None:
    abreast, at_work, lock = Abreast(sizes, most), list[int](), threading.Lock()
    had, together = list[int](), list[list[int]]()

    def work() -> None:
        with abreast.job() as number:
            with lock:
                had.append(number)
                at_work.append(number)
                together.append(list(at_work))
            time.sleep(0)
            with lock:
                at_work.remove(number)

    with ThreadPoolExecutor(workers) as pool:
        for future in [pool.submit(work) for _ in sizes]:
            future.result()
    assert sorted(had) == list(range(len(sizes)))
    for group in together:
        filled = [sizes[i] for i in group if sizes[i]]
        assert sum(filled) <= most or len(filled) == 1
    if workers == 1:
        assert [sizes[i] for i in had] == sorted(sizes, reverse=True)


def test_a_smaller_one_goes_before_what_is_too_large_beside_others() -> None:
    abreast = Abreast([3, 90, 80], 100)
    with abreast.job() as first, abreast.job() as second:
        assert (first, second) == (1, 0)
    with abreast.job() as third:
        assert third == 2


def test_a_job_that_fails_makes_room() -> None:
    abreast = Abreast([90, 80], 100)
    with pytest.raises(ZeroDivisionError), abreast.job():
        raise ZeroDivisionError
    with abreast.job() as second:
        assert second == 1
