"""Settings and health services of a demonstration, asked at their mailboxes, and a public link that some families used."""

import random
from datetime import date, datetime, time, timedelta

from sqlalchemy.orm import Session

from engage.activities import open_links
from engage.campaigns import mailbox_keeping
from engage.campaigns.ladder import LadderSettings
from engage.campaigns.services import create_campaign, launch
from engage.core.audit import Actor
from engage.core.clock import london_moment
from engage.demonstration.area import SCHOOLS
from engage.demonstration.behaviour import Family
from engage.people.mailboxes import MailboxEntry
from engage.people.models import MailboxKind
from engage.plans.models import PlanEventKind
from engage.surveys.definition import Audience, Mode
from engage.surveys.loader import Catalogue

ASKED_FOR = timedelta(days=120)
"""How long settings have been asked: some months, so that their list is no chore to make."""
CAMPAIGNS = (
    ("Settings, after a new plan", PlanEventKind.PLAN_ISSUED),
    ("Settings, after an annual review", PlanEventKind.ANNUAL_REVIEW),
)
WITHOUT_MAILBOX = 1
"""So many schools have none yet, for the page that says who is missing."""
OPEN_SURVEY = "sen_support"
LINK_OPEN_FOR = timedelta(days=60)
ON_PAPER, BY_PHONE = 14, 3


def ask_settings(session: Session, *, today: date, by: Actor, now: datetime) -> None:
    """Put the mailboxes on their lists and start asking settings about plans and reviews."""
    entries = [
        MailboxEntry(MailboxKind.SETTING, name, f"senco@{_plain(name)}.example.org")
        for name in SCHOOLS[: len(SCHOOLS) - WITHOUT_MAILBOX]
    ]
    dco = MailboxEntry(MailboxKind.HEALTH, "Designated clinical officer", "send.health@example.org", is_default=True)
    for entry in [*entries, dco]:
        mailbox_keeping.add(session, entry, by=by, now=now)
    for name, kind in CAMPAIGNS:
        campaign = create_campaign(
            session,
            name=name,
            survey="setting",
            audience=Audience.SETTING,
            event_kind=kind,
            asks_from=today - ASKED_FOR,
            ladder=LadderSettings(),
            by=by,
            now=now,
        )
        launch(session, campaign, by=by, now=now)


def open_a_link(
    session: Session, catalogue: Catalogue, *, seed: int, local_authority: str, today: date, by: Actor
) -> None:
    """A public link to the survey of SEN Support, on the home page, with answers given on paper and by phone."""
    chance = random.Random(seed)  # noqa: S311 - chance for a demonstration, not a secret
    family, first = Family(chance), today - LINK_OPEN_FOR
    link = open_links.create_open_link(
        session,
        catalogue,
        survey=OPEN_SURVEY,
        name="Newsletter to schools",
        local_authority=local_authority,
        opens_on=first,
        is_listed=True,
        by=by,
        now=london_moment(first, time(9)),
    )
    survey = catalogue.current(OPEN_SURVEY)
    for mode in [Mode.PAPER] * ON_PAPER + [Mode.PHONE] * BY_PHONE:
        at = london_moment(first + timedelta(days=chance.randrange(LINK_OPEN_FOR.days)), time(14))
        given: dict[str, str | None] = {**family.fills_in(survey), "who": "parent_carer"}
        open_links.enter(session, link, catalogue, given, mode=mode, by=by, now=at)


def _plain(name: str) -> str:
    return "-".join("".join(sign for sign in word if sign.isalpha()) for word in name.lower().split())
