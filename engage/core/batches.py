"""Long lists in pieces: a database takes only so many values in one question."""

from collections.abc import Iterator, Sequence
from typing import TypeVar

Thing = TypeVar("Thing")
BATCH = 500


def batches(things: Sequence[Thing], size: int = BATCH) -> Iterator[Sequence[Thing]]:
    """The things in order, at most `size` at a time."""
    for start in range(0, len(things), size):
        yield things[start : start + size]
