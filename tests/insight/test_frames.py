"""Rows to frames: the right answers are counted, once, and the frames agree with each other."""

from collections.abc import Callable
from datetime import UTC, date, datetime

import pandas as pd
import pytest
from sqlalchemy.orm import Session

from engage.campaigns.models import Campaign, Invitation
from engage.core.periods import quarter, year, year_to_date
from engage.insight import frames
from engage.insight.frames import Community
from engage.people.vocabulary.ethnicity import Knowledge
from engage.plans.models import PlanEvent
from engage.surveys.loader import Catalogue
from reports.columns import COHORT_BY_GROUP, DISPOSITIONS, STATEMENT_COUNTS, check
from reports.rates import ANSWERED, NOT_ELIGIBLE
from tests import factories

NOW = datetime(2026, 2, 20, 9, tzinfo=UTC)
YEAR = year(2025)
AskedFor = Callable[..., Invitation]
Happened = Callable[..., PlanEvent]


@pytest.fixture
def counted(session: Session, catalogue: Catalogue) -> Callable[[], tuple[pd.DataFrame, pd.DataFrame]]:
    """Both frames as they stand now."""

    def frames_now() -> tuple[pd.DataFrame, pd.DataFrame]:
        session.flush()
        return (
            frames.answer_counts(session, catalogue, "post_issuance", local_authority="314"),
            frames.event_rows(session, catalogue, "post_issuance", local_authority="314", now=NOW),
        )

    return frames_now


Counted = Callable[[], tuple[pd.DataFrame, pd.DataFrame]]


def positive(answers: pd.DataFrame, *, over: object = YEAR) -> tuple[int, int]:
    """How many found the assessment positive, of how many."""
    found = check(frames.statement_counts(answers, survey="post_issuance", periods=[over]), STATEMENT_COUNTS)  # type: ignore[list-item]
    row = found[found["measure"] == "assessment_positive"].iloc[0]
    return int(row["positive"]), int(row["base"])


def test_two_parents_of_one_child_are_two_opinions_and_one_answered_event(
    event: Happened, answered: AskedFor, counted: Counted
) -> None:
    about = event()
    answered(about)
    answered(about, agreed=False)
    answers, events = counted()
    assert positive(answers) == (1, 2)
    assert frames.dispositions(events, periods=[YEAR])["n"].tolist() == [1]


def test_an_unlinked_answer_is_one_opinion_and_one_answered_event(
    event: Happened, answered: AskedFor, counted: Counted
) -> None:
    answered(event(), linked=False)
    answers, events = counted()
    assert positive(answers) == (1, 1)
    assert frames.dispositions(events, periods=[YEAR])["disposition"].tolist() == ["complete"]


def test_a_late_answer_is_an_opinion_and_is_counted_apart(
    event: Happened, answered: AskedFor, counted: Counted
) -> None:
    answered(event(), closed_at=datetime(2026, 1, 1, tzinfo=UTC))
    answers, events = counted()
    assert positive(answers) == (1, 1)
    assert frames.dispositions(events, periods=[YEAR])["disposition"].tolist() == ["no_response"]
    assert frames.late_answers(events, period=YEAR) == 1


def test_not_sure_is_in_no_base_and_neutral_is(
    session: Session, event: Happened, answered: AskedFor, counted: Counted
) -> None:
    for code in ("not_sure", "3", "5"):
        invitation = answered(event())
        assert invitation.response is not None
        invitation.response.answers = {"assessment_positive": code}
    assert positive(counted()[0]) == (1, 2)


def test_other_areas_surveys_periods_and_unsent_answers_are_not_counted(
    session: Session, event: Happened, answered: AskedFor, counted: Counted, noise: None
) -> None:
    answered(event())
    agreed = {"assessment_positive": "5"}
    factories.response(session, answers=agreed, version=2, local_authority="318")
    factories.response(session, answers=agreed, survey="annual_review")
    factories.response(session, answers=agreed, version=2, cohort_quarter=date(2024, 1, 1))
    factories.response(session, answers=agreed, version=2, submitted_at=None)
    assert positive(counted()[0]) == (1, 1)


def test_a_year_is_its_quarters_and_versions_stand_in_one_series(session: Session, counted: Counted) -> None:
    for first, version in ((date(2025, 4, 1), 1), (date(2025, 10, 1), 2), (date(2026, 1, 1), 2)):
        factories.response(session, answers={"assessment_positive": "4"}, version=version, cohort_quarter=first)
    answers, _ = counted()
    assert [positive(answers, over=period)[1] for period in (quarter(2025, 1), quarter(2025, 2))] == [1, 0]
    assert positive(answers, over=year_to_date(2025, 3)) == (2, 2)
    assert positive(answers) == (3, 3)


def test_the_cohort_and_the_dispositions_agree_on_every_total(
    event: Happened, answered: AskedFor, asked: AskedFor, counted: Counted
) -> None:
    for ethnicity in ("WBRI", "WEEU", "ASLT", "OKOR", "REFU", "NOBT", None):
        answered(event(ethnicity=ethnicity))
        asked(event(ethnicity=ethnicity))
    event(ethnicity="WBRI", looked_after=True)
    _, events = counted()
    rows = check(frames.dispositions(events, periods=[YEAR]), DISPOSITIONS)
    eligible = int(rows[~rows["disposition"].isin(NOT_ELIGIBLE)]["n"].sum())
    respondents = int(rows[rows["disposition"].isin(ANSWERED)]["n"].sum())
    cohorts = [
        frames.cohort_by_group(events, period=YEAR),
        *(frames.cohort_by_community(events, each, period=YEAR) for each in Community),
    ]
    for cohort in cohorts:
        assert int(check(cohort, COHORT_BY_GROUP)["eligible"].sum()) == eligible == 14
        assert int(cohort["respondents"].sum()) == respondents == 7


def test_white_is_two_groups_and_not_knowing_is_three_facts(event: Happened, asked: AskedFor, counted: Counted) -> None:
    for ethnicity in ("WBRI", "WEEU", "REFU", "NOBT", None):
        asked(event(ethnicity=ethnicity))
    _, events = counted()
    cohort = frames.cohort_by_group(events, period=YEAR)
    assert dict(zip(cohort["group"], cohort["known"], strict=True)) == {
        "white_british": True,
        "white_minority": True,
        "refused": False,
        "not_obtained": False,
        "blank": False,
    }
    assert frames.not_known(events, period=YEAR) == {
        Knowledge.REFUSED: (1, 0),
        Knowledge.NOT_OBTAINED: (1, 0),
        Knowledge.BLANK: (1, 0),
    }


@pytest.mark.parametrize(
    ("ethnicity", "language", "expected"),
    [
        ("ASLT", "ENG", "Tamil"),
        ("AIND", "TAM", "Tamil"),
        (None, "TAM", "Tamil"),
        ("AIND", "HIN", "rest"),
        (None, "ENG", "blank"),
    ],
)
def test_a_community_is_known_by_its_ethnicity_code_or_its_language(
    event: Happened, asked: AskedFor, counted: Counted, ethnicity: str | None, language: str, expected: str
) -> None:
    asked(event(ethnicity=ethnicity, first_language=language))
    _, events = counted()
    assert frames.cohort_by_community(events, Community.TAMIL, period=YEAR)["group"].tolist() == [expected]


def test_nothing_at_all_makes_empty_frames_that_reports_accept(campaign: Campaign, counted: Counted) -> None:
    answers, events = counted()
    assert frames.statement_counts(answers, survey="post_issuance", periods=[YEAR]).empty
    assert frames.dispositions(events, periods=[YEAR])["n"].sum() == 0


def test_no_frame_has_a_column_for_a_name(event: Happened, answered: AskedFor, counted: Counted) -> None:
    answered(event(forename="Zain", surname="Invented"))
    answers, events = counted()
    assert "Zain" not in answers.to_csv() + events.to_csv()
    assert "Madeup" not in answers.to_csv() + events.to_csv()
