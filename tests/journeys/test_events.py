"""An event and a training, answered on paper, face to face and by the poster's link, until the figures say what changed."""

from collections.abc import Callable

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from engage.accounts.models import Staff
from engage.activities.activity_models import Activity
from engage.surveys.models import Mode, Response
from tests.conftest import SettableClock
from tests.journeys.person import Person

AtABrowser = Callable[..., Person]
ON_PAPER = {
    "event": {"who": "parent_carer", "confidence_before": "2", "confidence_after": "5"},
    "training": {"works_in": "education", "confidence_before": "2", "confidence_after": "4", "useful": "5"},
}
BY_LINK = {
    "event": ("parent_carer", "drop_in", "3", "4", "5", "", ""),
    "training": ("health", "3", "4", "5", ""),
}


@pytest.mark.parametrize("survey", ["event", "training"])
def test_people_who_came_answer_in_every_way(
    at_a_browser: AtABrowser, bronwen: Staff, esther: Staff, session: Session, clock: SettableClock, survey: str
) -> None:
    # Given an activity that is written down
    officer = at_a_browser(bronwen).opens("/staff/activities").follows("Add an activity")
    facts = {"name": "Chat and Play", "kind": "event", "held_on": ["2", "3", "2026"], "survey": survey}
    officer.presses("Save", **facts, parent_carers="22").sees("Chat and Play", "22", "0 answers")

    # When slips come in on paper, and somebody is asked face to face
    slip = {f"answer-{name}": code for name, code in ON_PAPER[survey].items()}
    officer.follows("Enter slips").sees("Slip 1").presses("Continue", **slip).sees("Slip 2")
    officer.opens(officer.url.partition("/slips")[0]).follows("Ask somebody face to face").presses("Continue", **slip)
    officer.sees("Slip 3", "2 slips in")

    # And somebody answers by the poster's link
    officer.opens(officer.url.partition("/slips")[0]).presses("Make a link and a poster")
    officer.sees("People can answer at").follows("Print the poster").sees("Point your phone")
    session.rollback()
    activity = session.scalars(select(Activity)).one()
    assert activity.open_link is not None
    visitor = at_a_browser().opens(f"/s/{activity.open_link.slug}").presses("Start")
    for answer in BY_LINK[survey]:
        visitor.presses("Continue", answer=answer)
    clock.advance(minutes=1)
    visitor.presses("Send").sees("Thank you")

    # Then all three are answers, each in its own mode, and the figures compare each person with themselves
    session.rollback()
    modes = sorted(session.scalars(select(Response.mode).where(Response.submitted_at.is_not(None))))
    assert modes == sorted([Mode.PAPER, Mode.FACE_TO_FACE, Mode.LINK])
    at_a_browser(bronwen).opens(f"/staff/activities/{activity.id}").sees("3 answers")
    at_a_browser(esther).opens("/staff/figures/confidence").sees("[c]")
