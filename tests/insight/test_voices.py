"""What children said stands on its own, small numbers are withheld, and each person's confidence is compared with their own."""

from datetime import UTC, date, datetime

import pytest
from sqlalchemy.orm import Session

from engage.insight import frames
from engage.insight.voices import child_answers, childrens_voices, confidence, confidence_pairs
from engage.surveys.loader import Catalogue
from engage.surveys.models import Mode
from reports.suppression import Audience
from tests import factories

NOW = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
QUARTER = date(2026, 1, 1)


def child_says(session: Session, **answers: str) -> None:
    """One child, met and finished."""
    meeting = factories.facilitated_session(session)
    given = {"survey": "child_plan", "mode": Mode.FACE_TO_FACE, "answers": answers, "cohort_quarter": QUARTER}
    factories.child_voice(session, meeting, response_id=factories.response(session, **given).id, finished_at=NOW)


def slip(session: Session, before: str, after: str, survey: str = "event") -> None:
    """One person's slip."""
    answers = {"who": "parent_carer", "confidence_before": before, "confidence_after": after}
    factories.response(session, survey=survey, mode=Mode.PAPER, answers=answers, cohort_quarter=QUARTER)


def voices(session: Session, catalogue: Catalogue, audience: Audience) -> dict[tuple[str, ...], str]:
    """What the page prints for each question and answer."""
    found = childrens_voices(session, catalogue, audience=audience, local_authority="314", now=NOW)
    return {(row[0].text, row[1].text): str(row[3]) for row in found.said.rows}


HELP = "How do you feel about the help you get?"


def test_children_are_counted_one_by_one_and_in_groups_and_never_with_their_parents(
    session: Session, catalogue: Catalogue
) -> None:
    for face in ("good", "good", "not_good", "not_sure"):
        child_says(session, help_i_get=face)
    factories.facilitated_session(session, group_size=3, group_counts={"help_i_get": {"good": 2, "ok": 1}})
    factories.response(session, survey="post_issuance", answers={"assessment_positive": "5", "help_i_get": "good"})
    said = voices(session, catalogue, Audience.INTERNAL)
    assert said[HELP, "Good"] == "4/7"
    assert said[HELP, "OK"] == "1/7"
    assert said[HELP, "I do not know"] == "1/7"
    parents = frames.answer_counts(session, catalogue, "post_issuance", local_authority="314")
    assert int(parents["positive"].sum()) == 1, "no child is among the parents"


def test_what_a_child_began_and_did_not_finish_counts_for_nothing(session: Session, catalogue: Catalogue) -> None:
    voice = factories.child_voice(session)
    voice.response.answers = {"help_i_get": "good"}
    session.flush()
    assert child_answers(session, catalogue, local_authority="314").empty


def test_few_children_are_withheld_from_whoever_may_not_read_single_answers(
    session: Session, catalogue: Catalogue
) -> None:
    for face in ("good",) * 7 + ("not_good",) * 2:
        child_says(session, help_i_get=face)
    said = voices(session, catalogue, Audience.BOARD)
    assert "[c]" in said[HELP, "Not good"]
    assert "[c]" in said[HELP, "Good"], "the rest of nine would give the two away"


def test_each_person_is_compared_with_themselves(session: Session, catalogue: Catalogue) -> None:
    for before, after in (("2", "5"), ("3", "4"), ("4", "4"), ("5", "3"), ("not_sure", "5")):
        slip(session, before, after)
    [table] = confidence(session, catalogue, audience=Audience.INTERNAL, local_authority="314", now=NOW)
    [row] = table.rows
    assert [str(cell) for cell in row[1:6]] == ["2/4", "3/4", "2/4", "1/4", "1/4"]
    assert "no clear change" in str(row[6])


def test_that_all_rose_is_said_to_be_more_than_chance(session: Session, catalogue: Catalogue) -> None:
    """The Transformation Plan's own figure: 22 parents, 72% confident before and all of them after."""
    for number in range(22):
        slip(session, "4" if number < 16 else "2", "5")
    [table] = confidence(session, catalogue, audience=Audience.INTERNAL, local_authority="314", now=NOW)
    assert [str(cell) for cell in table.rows[0][1:4]] == ["16/22", "22/22", "22/22"]
    assert table.rows[0][6].text == "higher (p < .001)"


def test_a_small_event_gives_nobody_away(session: Session, catalogue: Catalogue) -> None:
    for before, after in (("2", "5"), ("2", "4"), ("4", "4")):
        slip(session, before, after)
    [table] = confidence(session, catalogue, audience=Audience.BOARD, local_authority="314", now=NOW)
    assert all("[c]" in str(cell) for cell in table.rows[0][1:])


@pytest.mark.parametrize(("code", "asks"), [("event", True), ("training", True), ("post_issuance", False)])
def test_only_surveys_that_ask_twice_have_pairs(
    session: Session, catalogue: Catalogue, code: str, *, asks: bool
) -> None:
    assert (confidence_pairs(session, catalogue, code, local_authority="314") is not None) is asks
