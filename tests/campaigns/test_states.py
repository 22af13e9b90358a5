"""The tables of lawful moves: each move not in them raises."""

from itertools import product
from typing import Any

import pytest

from engage.campaigns.models import CAMPAIGN_TRANSITIONS, INVITATION_TRANSITIONS, CampaignState, InvitationState
from engage.core.errors import Conflict
from engage.core.states import TransitionTable

CAMPAIGN = """
         draft    running  paused   ended
draft    .        x        .        .
running  .        .        x        x
paused   .        x        .        x
ended    .        .        .        .
"""
INVITATION = """
          planned  asking   answered closed   withdrawn
planned   .        x        x        x        x
asking    x        .        x        x        x
answered  .        .        .        .        .
closed    .        .        x        .        .
withdrawn x        x        .        x        .
"""


def moves(drawn: str) -> dict[tuple[str, str], bool]:
    """A drawn table: from the row's state to the column's."""
    to, *rows = [line.split() for line in drawn.strip().splitlines()]
    return {(before, after): mark == "x" for before, *marks in rows for after, mark in zip(to, marks, strict=True)}


@pytest.mark.parametrize(
    ("table", "states", "drawn"),
    [(CAMPAIGN_TRANSITIONS, CampaignState, CAMPAIGN), (INVITATION_TRANSITIONS, InvitationState, INVITATION)],
    ids=["campaign", "invitation"],
)
def test_lawful_moves_pass_and_all_others_raise(table: TransitionTable[Any], states: Any, drawn: str) -> None:
    expected = moves(drawn)
    assert set(expected) == set(product(map(str, states), repeat=2))
    for (before, after), lawful in expected.items():
        if lawful:
            table.check(states(before), states(after))
        else:
            with pytest.raises(Conflict):
                table.check(states(before), states(after))
