"""Work on the next item while the present one is used."""

import threading
from collections.abc import Iterator
from queue import Queue
from typing import TypeVar

T = TypeVar("T")


class _End:
    pass


def ahead(items: Iterator[T]) -> Iterator[T]:
    """The same items in the same order, made in a thread; an error comes up in its place."""
    ready: Queue[T | Exception | _End] = Queue(maxsize=1)

    def make() -> None:
        try:
            for item in items:
                ready.put(item)
            ready.put(_End())
        except Exception as error:
            ready.put(error)

    threading.Thread(target=make, daemon=True).start()
    while not isinstance(item := ready.get(), _End):
        if isinstance(item, Exception):
            raise item
        yield item
