"""The published Kingston figures as raw rows: plans as a case system exports them, and the answers families gave.

Sources: SEND Transformation Plan update (January 2020) for Q3 2019/20; draft Impact Report (March 2022) for the years.
Plans a year are worked out from the reports' own shares; only Q3 2019/20 prints how many plans were issued.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from engage.campaigns import answering, asking
from engage.campaigns.importing import import_reading
from engage.campaigns.ladder import LadderSettings
from engage.campaigns.models import CloseReason, Invitation, InvitationState
from engage.campaigns.services import create_campaign, launch
from engage.cases.intake import send_answers
from engage.core.audit import SYSTEM
from engage.core.clock import london_moment
from engage.core.periods import Period, quarter
from engage.demonstration.run import WORKING_HOUR, rows_as_csv
from engage.plans.models import PlanEventKind
from engage.plans.reading import COLUMNS, ReadingSettings, read
from engage.surveys.loader import Catalogue
from engage.surveys.models import Mode
from engage.surveys.services import save_answer

MEASURES = ("assessment_positive", "plan_confidence", "involved", "plan_will_help")


@dataclass(frozen=True)
class Quarter:
    """One quarter's plans, answers, and how many agreed with each of the measures."""

    period: Period
    plans: int
    answers: int
    agreed: tuple[int, int, int, int]
    version: int = 2


QUARTERS = (
    Quarter(quarter(2019, 1), 43, 4, (3, 3, 3, 3)),
    Quarter(quarter(2019, 2), 43, 4, (3, 4, 4, 4)),
    Quarter(quarter(2019, 3), 53, 11, (9, 11, 9, 10), version=1),
    Quarter(quarter(2019, 4), 43, 5, (3, 4, 4, 4)),
    Quarter(quarter(2020, 1), 46, 8, (7, 7, 7, 7)),
    Quarter(quarter(2020, 2), 46, 8, (7, 7, 8, 8)),
    Quarter(quarter(2020, 3), 46, 8, (7, 8, 8, 7)),
    Quarter(quarter(2020, 4), 46, 8, (6, 7, 7, 8)),
    Quarter(quarter(2021, 1), 52, 12, (9, 9, 10, 11)),
    Quarter(quarter(2021, 2), 52, 12, (8, 10, 10, 10)),
    Quarter(quarter(2021, 3), 51, 12, (9, 10, 10, 12)),
)


def live_through(session: Session, catalogue: Catalogue, quarters: tuple[Quarter, ...] = QUARTERS) -> datetime:
    """Import each quarter's file and let its families answer, through the services; returns the last moment."""
    begin = quarters[0].period.first
    campaign = create_campaign(
        session,
        name="After a new plan",
        survey="post_issuance",
        event_kind=PlanEventKind.PLAN_ISSUED,
        asks_from=begin,
        ladder=LadderSettings(stale_after_days=365),
        by=SYSTEM,
        now=london_moment(begin, WORKING_HOUR),
    )
    launch(session, campaign, by=SYSTEM, now=london_moment(begin, WORKING_HOUR))
    now = london_moment(begin, WORKING_HOUR)
    for number, each in enumerate(quarters):
        now = london_moment(each.period.last + timedelta(days=20), WORKING_HOUR)
        import_plans(session, list(rows(each, number)), now=now)
        of_version = replace(catalogue, published=frozenset({("post_issuance", each.version)}))
        _answer(session, of_version, each, now)
    session.commit()
    return now


def import_plans(session: Session, given: list[dict[str, str]], *, now: datetime) -> None:
    """A file of the case system, read and imported; every row must be sound."""
    reading = read(
        rows_as_csv(given),
        "plans.csv",
        settings=ReadingSettings(today=now.date(), local_authority="314", demonstration=True),
    )
    assert not reading.faults
    import_reading(session, reading, by=SYSTEM, now=now)


def rows(each: Quarter, number: int) -> Iterator[dict[str, str]]:
    """One child, plan and parent a row, spread over the quarter."""
    days = (each.period.last - each.period.first).days
    for plan in range(each.plans):
        yield row(f"{number:02}{plan:03}", each.period.first + timedelta(days=plan * days // max(each.plans - 1, 1)))


def row(key: str, issued: date, **given: str) -> dict[str, str]:
    """A sound row of the import; the child is about seven when the plan is issued."""
    values = {
        "personref": f"C{key}",
        "surname": "Golden",
        "forename": f"Child {key}",
        "personbirthdate": f"{issued - timedelta(days=7 * 365):%d/%m/%Y}",
        "sex": "F",
        "ethnicity": "WBRI",
        "localauthority": "314",
        "planref": f"E{key}",
        "planstatus": "active",
        "startdate": f"{issued:%d/%m/%Y}",
        "contactref": f"P{key}",
        "contactrelationship": "mother",
        "parentalresponsibility": "Y",
        "hascare": "Y",
        "contactallowed": "Y",
        "contactforename": f"Parent {key}",
        "contactsurname": "Golden",
        "email": f"parent{key}@example.org",
    }
    return dict.fromkeys(COLUMNS, "") | values | given


def _answer(session: Session, catalogue: Catalogue, each: Quarter, now: datetime) -> None:
    waiting = session.scalars(
        select(Invitation).where(Invitation.state == InvitationState.PLANNED).order_by(Invitation.id)
    ).all()
    assert len(waiting) == each.plans
    for number, invitation in enumerate(waiting):
        if number < each.answers:
            agreed = [number < count for count in each.agreed]
            answer(
                session,
                invitation,
                catalogue,
                dict(zip(MEASURES, ("4" if yes else "2" for yes in agreed), strict=True)),
                now=now,
            )
        else:
            asking.finish(session, invitation, CloseReason.NO_ANSWER, by=SYSTEM, now=now)


def answer(
    session: Session,
    invitation: Invitation,
    catalogue: Catalogue,
    given: dict[str, str],
    *,
    now: datetime,
    contact: str = "without_name",
) -> None:
    """One family's answer by link, from beginning to end."""
    answering.start(session, invitation, catalogue, mode=Mode.LINK, language="en", now=now)
    survey = answering.survey_of(invitation, catalogue)
    response = invitation.response
    assert response is not None
    for question, value in {**given, "contact": contact}.items():
        found = survey.question(question)
        assert found is not None
        save_answer(response, found, value, now=now)
    by = answering.family_actor(invitation)
    send_answers(session, invitation, survey, catalogue, credited=None, by=by, now=now)
