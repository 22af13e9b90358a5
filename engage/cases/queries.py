"""What SEND QA asks about cases: mine, overdue, new, by theme, and one with its story."""

from collections.abc import Mapping
from datetime import date, datetime, time
from enum import StrEnum

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.orm import Session, joinedload, selectinload

from engage.campaigns.models import Invitation
from engage.cases.models import CASE_TRANSITIONS, CaseState, DissatisfactionCase, WeeklyShare
from engage.cases.sharing import monday_of
from engage.core.audit import Actor
from engage.core.clock import london_date, london_moment
from engage.core.errors import NotFound
from engage.core.themes import Theme
from engage.plans.models import PlanEvent
from engage.surveys.models import Response


class CaseView(StrEnum):
    """The lists of cases, in the order a person looks at them."""

    MINE = "mine"
    OVERDUE = "overdue"
    NEW_THIS_WEEK = "new_this_week"
    OPEN = "open"
    CLOSED = "closed"


ENDED = CASE_TRANSITIONS.final()


def due_on(case: DissatisfactionCase) -> date | None:
    """The date of the next promise that this case still has to keep; None once it is closed."""
    if case.state in ENDED:
        return None
    if case.state is CaseState.NEW:
        return case.triage_due_on
    if case.state is CaseState.TRIAGED and case.may_contact:
        return case.contact_due_on
    return case.close_due_on


def is_overdue(case: DissatisfactionCase, *, today: date) -> bool:
    """Whether any promise still to keep has passed."""
    promised = due_on(case)
    return promised is not None and min(promised, case.close_due_on) < today


def cases(
    session: Session,
    view: CaseView,
    *,
    who: Actor,
    now: datetime,
    theme: Theme | None = None,
    limit: int = 50,
    offset: int = 0,
) -> list[DissatisfactionCase]:
    """One list: urgent ones first, then by the date they must be closed."""
    asked = (
        select(DissatisfactionCase)
        .where(*_conditions(view, who=who, now=now, theme=theme))
        .order_by(DissatisfactionCase.urgent.desc(), DissatisfactionCase.close_due_on, DissatisfactionCase.id)
    )
    return list(session.scalars(asked.limit(limit).offset(offset)))


def count(session: Session, view: CaseView, *, who: Actor, now: datetime, theme: Theme | None = None) -> int:
    """How many a list holds."""
    asked = select(func.count()).select_from(DissatisfactionCase)
    return session.scalar(asked.where(*_conditions(view, who=who, now=now, theme=theme))) or 0


def counts_by_state(session: Session) -> Mapping[CaseState, int]:
    """How many cases stand in each state, in the order of the states, the empty ones too."""
    rows = session.execute(select(DissatisfactionCase.state, func.count()).group_by(DissatisfactionCase.state))
    found = dict(rows.all())
    return {state: found.get(state, 0) for state in CaseState}


def counts_by_theme(session: Session) -> list[tuple[Theme, int]]:
    """How many cases each theme has, the most first; those not yet sorted by theme are left out."""
    rows = session.execute(
        select(DissatisfactionCase.theme, func.count())
        .where(DissatisfactionCase.theme.is_not(None))
        .group_by(DissatisfactionCase.theme)
    )
    return sorted(((theme, number) for theme, number in rows if theme), key=lambda row: (-row[1], row[0]))


def case_with_story(session: Session, reference: str) -> DissatisfactionCase:
    """One case with what was said, who may be contacted, and its log; `NotFound` when there is none."""
    found = session.scalar(
        select(DissatisfactionCase)
        .where(DissatisfactionCase.reference == reference)
        .options(
            selectinload(DissatisfactionCase.entries),
            joinedload(DissatisfactionCase.share),
            joinedload(DissatisfactionCase.response).selectinload(Response.texts),
            joinedload(DissatisfactionCase.invitation).joinedload(Invitation.person),
            joinedload(DissatisfactionCase.invitation).joinedload(Invitation.plan_event).joinedload(PlanEvent.plan),
        )
    )
    if found is None:
        raise NotFound("There is no case with this reference.")
    return found


def shares(session: Session, *, limit: int = 26) -> list[WeeklyShare]:
    """The latest weekly shares with their cases, newest first."""
    asked = select(WeeklyShare).order_by(WeeklyShare.week_starting.desc()).limit(limit)
    return list(session.scalars(asked.options(selectinload(WeeklyShare.cases))))


def share(session: Session, share_id: int) -> WeeklyShare:
    """One weekly share; `NotFound` when there is none."""
    found = session.get(WeeklyShare, share_id)
    if found is None:
        raise NotFound("There is no such weekly share.")
    return found


def waiting_for_share(session: Session) -> int:
    """How many cases the next share will gather."""
    asked = select(func.count()).select_from(DissatisfactionCase).where(DissatisfactionCase.share_id.is_(None))
    return session.scalar(asked) or 0


def _overdue(today: date) -> ColumnElement[bool]:
    """The same as `is_overdue`, asked of the database."""
    case = DissatisfactionCase
    return and_(
        case.state.not_in(ENDED),
        or_(
            case.close_due_on < today,
            and_(case.state == CaseState.NEW, case.triage_due_on < today),
            and_(case.state == CaseState.TRIAGED, case.may_contact, case.contact_due_on < today),
        ),
    )


def _conditions(view: CaseView, *, who: Actor, now: datetime, theme: Theme | None) -> list[ColumnElement[bool]]:
    kept, today = DissatisfactionCase, london_date(now)
    wanted = [kept.theme == theme] if theme else []
    match view:
        case CaseView.MINE:
            wanted += [kept.owner == str(who), kept.state.not_in(ENDED)]
        case CaseView.OVERDUE:
            wanted += [_overdue(today)]
        case CaseView.NEW_THIS_WEEK:
            wanted += [kept.opened_at >= london_moment(monday_of(today), time.min)]
        case CaseView.OPEN:
            wanted += [kept.state.not_in(ENDED)]
        case CaseView.CLOSED:
            wanted += [kept.state.in_(ENDED)]
    return wanted
