from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import Future

from watch.engine.results import results


def ended(value: int | Exception) -> Future[int]:
    future: Future[int] = Future()
    if isinstance(value, Exception):
        future.set_exception(value)
    else:
        future.set_result(value)
    return future


def test_a_lost_task_is_told_and_stops_no_other() -> None:
    problems: list[str] = []
    tasks = [ended(1), ended(RuntimeError("a worker died")), ended(3)]

    assert sorted(results(tasks, 2, problems)) == [1, 3]
    assert problems == ["RuntimeError: a worker died"]


def test_no_more_tasks_are_submitted_than_may_be_under_way() -> None:
    submitted: list[int] = []

    def tasks() -> Iterator[Future[int]]:
        for number in range(10):
            submitted.append(number)
            yield ended(number)

    found = results(tasks(), 3, [])
    next(found)

    assert len(submitted) == 4
    assert len([*found]) == 9
