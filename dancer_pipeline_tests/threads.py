"""The same work in many threads at once."""

import threading
from collections.abc import Callable


def in_threads(work: Callable[[], object], *, count: int) -> list[Exception]:
    """Do the work in so many threads, begun together; return what went wrong."""
    start, errors = threading.Barrier(count), []

    def begin() -> None:
        start.wait()
        try:
            work()
        except Exception as error:  # noqa: BLE001 - whatever it is, the test shows it
            errors.append(error)

    threads = [threading.Thread(target=begin) for _ in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return errors
