"""A reader who wants to know: what the shown figures of protected tables leave possible for a count.

Thought out apart from the code under test: the unknowns are the smallest pieces of the truth (a quarter's answers of
one kind, one cell of a cross-table), and every figure anybody prints is a sum of pieces.
"""

from collections.abc import Hashable, Sequence

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, milp

Pieces = Sequence[Hashable]


class Attacker:
    """Knows some sums of pieces; pieces are whole and not below nought."""

    def __init__(self, pieces: Pieces) -> None:
        self.place = {piece: number for number, piece in enumerate(pieces)}
        self.rows: list[np.ndarray] = []
        self.values: list[int] = []

    def learns(self, pieces: Pieces, value: int) -> None:
        self.rows.append(self._mask(pieces))
        self.values.append(value)

    def possible(self, pieces: Pieces, *, most: int = 10_000) -> tuple[int, int]:
        """The least and the most that the pieces together can be."""
        mask = self._mask(pieces)
        return self._extreme(mask, most), -self._extreme(-mask, most)

    def _mask(self, pieces: Pieces) -> np.ndarray:
        mask = np.zeros(len(self.place))
        for piece in pieces:
            mask[self.place[piece]] += 1
        return mask

    def _extreme(self, aim: np.ndarray, most: int) -> int:
        known = [LinearConstraint(np.array(self.rows), self.values, self.values)] if self.rows else []
        found = milp(
            c=aim,
            constraints=known,
            integrality=np.ones(len(aim), dtype=int),
            bounds=Bounds(np.zeros(len(aim)), np.full(len(aim), float(most))),
        )
        assert found.x is not None, "the shown figures contradict each other"
        return round(float(aim @ np.rint(found.x)))
