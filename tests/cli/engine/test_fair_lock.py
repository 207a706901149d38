from __future__ import annotations

import contextlib
import threading
import time

import pytest

from cli.engine.stores import FairLock


@pytest.mark.slow
def test_those_who_wait_have_it_in_the_order_in_which_they_came():
    lock, order, threads = FairLock(), [], []

    def wait(number: int) -> None:
        with lock:
            order.append(number)

    with lock:
        for number in range(20):
            threads.append(threading.Thread(target=wait, args=[number]))
            threads[-1].start()
            time.sleep(0.01)
    for thread in threads:
        thread.join()

    assert order == list(range(20))


def test_it_is_held_by_one_at_a_time():
    lock, inside, most = FairLock(), [], []

    def work() -> None:
        for _ in range(200):
            with lock:
                inside.append(1)
                most.append(len(inside))
                inside.pop()

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert max(most) == 1


def test_a_failure_inside_lets_go_of_it():
    lock = FairLock()
    with contextlib.suppress(ZeroDivisionError), lock:
        1 / 0  # noqa: B018

    with lock:
        pass
