"""State tables as data: which move is lawful, kept in one place and printed into the documents."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Generic, TypeVar

from engage.core.errors import Conflict

State = TypeVar("State", bound=StrEnum)


class TransitionTable(Generic[State]):
    """The lawful moves of one kind of thing."""

    def __init__(self, name: str, moves: Mapping[State, frozenset[State] | set[State]]) -> None:
        self.name = name
        self.moves: dict[State, frozenset[State]] = {state: frozenset(to) for state, to in moves.items()}

    def allows(self, before: State, after: State) -> bool:
        """Whether the move is lawful."""
        return after in self.moves.get(before, frozenset())

    def check(self, before: State, after: State) -> None:
        """Raise `Conflict` when the move is not lawful."""
        if not self.allows(before, after):
            raise Conflict(
                f"This {self.name} is {before.value.replace('_', ' ')}, so it cannot become "
                f"{after.value.replace('_', ' ')}."
            )

    def final(self) -> frozenset[State]:
        """States nothing leaves."""
        return frozenset(state for state, to in self.moves.items() if not to)

    def mermaid(self) -> str:
        """The table as a Mermaid state diagram."""
        lines = ["stateDiagram-v2"]
        lines += [f"    {a.value} --> {b.value}" for a, to in self.moves.items() for b in sorted(to)]
        return "\n".join(lines)
