"""What people said about themselves is counted on its own, the unknown beside the known, and protected last."""

from datetime import UTC, date, datetime

import pytest
from sqlalchemy.orm import Session

from engage.core.db import key_without_order
from engage.core.periods import year
from engage.insight.self_described import self_described, self_described_tables
from engage.surveys.equality_models import EqualityAnswers
from engage.surveys.loader import Catalogue
from reports.suppression import Audience

Q4 = date(2026, 1, 1)
NOW = datetime(2026, 3, 30, 9, tzinfo=UTC)


def say(
    session: Session, times: int = 1, *, quarter: date = Q4, survey: str = "post_issuance", **answers: object
) -> None:
    """So many people who said this of themselves."""
    for _ in range(times):
        session.add(
            EqualityAnswers(
                id=key_without_order(),
                version=1,
                survey=survey,
                local_authority="314",
                cohort_quarter=quarter,
                answers=answers,
            )
        )
    session.flush()


@pytest.fixture
def said(session: Session) -> None:
    say(session, 12, ethnic_group="white", background_white="wbri", community=["none"])
    say(session, 9, ethnic_group="asian", background_asian="aslt", community=["tamil", "another"])
    say(session, 2, ethnic_group="black")
    say(session, 6, ethnic_group="not_said")
    say(session, 7, sex="female")
    say(session, 3, ethnic_group="white", quarter=date(2025, 1, 1))
    say(session, 3, ethnic_group="white", survey="annual_review")


@pytest.mark.usefixtures("said")
def test_each_answer_is_counted_by_quarter_and_what_was_left_out_beside_it(
    session: Session, catalogue: Catalogue
) -> None:
    assert catalogue.equality is not None
    counts = self_described(session, catalogue.equality, "post_issuance", local_authority="314")
    found = {
        (row["quarter"], row["question"], row["answer"]): row["n"]
        for row in counts.to_dict("records")
        if row["question"] in {"ethnic_group", "community", "background_asian"}
    }
    quarter = Q4.isoformat()
    assert found[quarter, "ethnic_group", "white"] == 12
    assert found[quarter, "ethnic_group", "not_said"] == 6
    assert found[quarter, "ethnic_group", "left_out"] == 7
    assert found[quarter, "background_asian", "aslt"] == 9
    assert (quarter, "background_asian", "left_out") not in found
    assert found[quarter, "community", "tamil"] == found[quarter, "community", "another"] == 9
    assert found["2025-01-01", "ethnic_group", "white"] == 3


@pytest.mark.usefixtures("said")
@pytest.mark.parametrize("audience", [Audience.INTERNAL, Audience.BOARD])
def test_small_groups_are_withheld_last_and_no_two_tables_give_them_away(
    session: Session, catalogue: Catalogue, audience: Audience
) -> None:
    groups, communities = self_described_tables(
        session, catalogue, "post_issuance", year(2025), audience=audience, local_authority="314", now=NOW
    )
    shown = {row[0].text: row[1].text for row in groups.rows}
    if audience is Audience.INTERNAL:
        assert shown["White"] == "12/36"
        assert shown["Black, Black British, Caribbean or African"] == "2/36"
        assert {row[0].text: row[1].text for row in communities.rows}["Tamil"] == "9/36"
    else:
        black = shown["Black, Black British, Caribbean or African"]
        assert black.startswith("[c]")
        withheld = [text for text in shown.values() if text.startswith("[c]")]
        assert len(withheld) > 1, "one alone could be worked out from the rest"


def test_nothing_is_shown_where_nobody_said_anything(session: Session, catalogue: Catalogue) -> None:
    assert (
        self_described_tables(
            session, catalogue, "post_issuance", year(2025), audience=Audience.BOARD, local_authority="314", now=NOW
        )
        == []
    )
