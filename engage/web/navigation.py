"""The main menu of people who sign in: every place in its order, the permission that opens it, and what waits there."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from flask import request, url_for
from sqlalchemy.orm import Session

from engage.accounts.models import Staff
from engage.accounts.permissions import Permission, granted
from engage.campaigns.calls import waiting_count
from engage.campaigns.household import cap_of
from engage.cases.queries import CaseView
from engage.cases.queries import count as count_cases
from engage.cases.reading import unread_count
from engage.core.audit import SYSTEM
from engage.notify.organisations import FORUM
from engage.notify.signing import not_signed
from engage.plans.queries import undecided_imports
from engage.web.request import house

Count = Callable[[Session, datetime], int]


def calls_waiting(session: Session, now: datetime) -> int:
    """How many families there are to ring."""
    return waiting_count(session, now=now, cap=cap_of(house().settings))


def imports_waiting(session: Session, _now: datetime) -> int:
    """How many files wait for somebody to decide."""
    return undecided_imports(session)


def cases_overdue(session: Session, now: datetime) -> int:
    """How many cases have passed a promised day."""
    return count_cases(session, CaseView.OVERDUE, who=SYSTEM, now=now)


def comments_unread(session: Session, _now: datetime) -> int:
    """How many comments nobody has read yet."""
    return unread_count(session)


def letters_unsigned(session: Session, _now: datetime) -> int:
    """How many messages wait for somebody's signature, so that nothing of them goes."""
    return sum(bool(not_signed(session, template)) for template in house().templates.all())


def letters_for_the_forum(session: Session, _now: datetime) -> int:
    """How many of them wait for the forum's."""
    return sum(FORUM in not_signed(session, template) for template in house().templates.all())


@dataclass(frozen=True)
class Place:
    """One entry of the menu; `count` is asked only for people who may go there."""

    label: str
    endpoint: str
    permission: Permission
    count: Count | None = None
    demonstration_only: bool = False


# Add a line with your page. The first place a person may see is where they land after signing in.
PLACES: tuple[Place, ...] = (
    Place("Today", "staff.today", Permission.SEE_TODAY),
    Place("Import", "staff.import_plans", Permission.IMPORT_PLANS, count=imports_waiting),
    Place("Campaigns", "staff.campaigns", Permission.RUN_CAMPAIGNS),
    Place("Calls", "staff.call_list", Permission.MAKE_CALLS, count=calls_waiting),
    Place("Paper", "staff.booklets_page", Permission.TAKE_PAPER),
    Place("Cases", "staff.cases", Permission.SEE_CASES, count=cases_overdue),
    Place("Reading queue", "staff.reading", Permission.SEE_CASES, count=comments_unread),
    Place("Monday share", "staff.share", Permission.SEE_CASES),
    Place("Families", "staff.families", Permission.SEE_FAMILIES),
    Place("Activities", "staff.activities", Permission.RUN_ACTIVITIES),
    Place("Sessions", "staff.sessions", Permission.FACILITATE_SESSIONS),
    Place("Figures", "staff.figures", Permission.SEE_FIGURES),
    Place("Being heard", "staff.being_heard", Permission.SEE_BEING_HEARD),
    Place("You said, we did", "staff.you_said_we_did", Permission.WRITE_YOU_SAID_WE_DID),
    Place("Joining", "staff.joining", Permission.SEE_JOINING),
    Place("What is being done", "forum.home", Permission.SEE_FORUM_VIEW),
    Place("What families say", "forum.figures", Permission.SEE_FORUM_VIEW),
    Place("Letters to sign", "forum.letters", Permission.SIGN_FOR_FORUM, count=letters_for_the_forum),
    Place("Our members", "forum.members", Permission.SEE_FORUM_MEMBERS),
    Place("People and roles", "staff.people", Permission.MANAGE_PEOPLE),
    Place("Videos", "staff.video_list", Permission.LINK_VIDEOS),
    Place("Surveys", "staff.surveys", Permission.MANAGE_SURVEYS),
    Place("Letters", "staff.letters", Permission.SEE_LETTERS, count=letters_unsigned),
    Place("Translations", "staff.translations", Permission.KEEP_TRANSLATIONS),
    Place("Audit", "staff.audit", Permission.SEE_AUDIT),
    Place("Clock", "staff.clock", Permission.MOVE_CLOCK, demonstration_only=True),
)


def places_for(staff: Staff) -> list[Place]:
    """The entries this person may open, in order."""
    permissions = granted(staff.roles)
    return [
        place
        for place in PLACES
        if place.permission in permissions and (house().settings.demonstration or not place.demonstration_only)
    ]


def landing(staff: Staff) -> str | None:
    """The address of the first page this person may see; None when their roles open none."""
    places = places_for(staff)
    return url_for(places[0].endpoint) if places else None


def menu(staff: Staff, session: Session, now: datetime) -> list[dict[str, object]]:
    """The entries as the layout draws them; the one whose address the present page lies under is marked."""
    places = {url_for(place.endpoint): place for place in places_for(staff)}
    above = [href for href in places if f"{request.path}/".startswith(f"{href.rstrip('/')}/")]
    nearest = max(above, key=len, default=None)
    return [
        {
            "label": place.label,
            "href": href,
            "active": href == nearest,
            "count": place.count(session, now) if place.count else None,
        }
        for href, place in places.items()
    ]
