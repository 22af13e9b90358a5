"""A family that was asked, its link, and how it goes through the pages."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import inspect, text
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from engage.campaigns.links import make_link
from engage.campaigns.models import Invitation, InvitationState, LadderContact, Step
from engage.core.config import Settings
from engage.core.db import Database
from engage.people.models import Person
from engage.plans.models import PlanEvent
from tests import factories
from tests.browser_client import StrictClient

HAPPY = {
    "assessment_positive": "5",
    "plan_confidence": "4",
    "involved": "5",
    "plan_will_help": "4",
    "comment": "",
    "contact": "without_name",
}
UNHAPPY = HAPPY | {"involved": "1", "comment": "Nobody rang us back.", "contact": "contact"}


@dataclass
class Asked:
    """One invitation with the link of its first message."""

    invitation: Invitation
    contact: LadderContact
    token: str
    call_url: str

    @property
    def url(self) -> str:
        return f"/r/{self.token}"


def ask(
    session: Session,
    settings: Settings,
    person: Person | None = None,
    event: PlanEvent | None = None,
    **given: Any,
) -> Asked:
    """Somebody whose first message has left."""
    if person is not None and event is None:
        child = factories.child(session, forename="Zain", surname="Invented")
        factories.relationship(session, child, person)
        event = factories.plan_event(session, factories.plan(session, child))
    values = {"state": InvitationState.ASKING, "first_asked_at": factories.AT, "next_step": Step.REMINDER} | given
    invitation = factories.invitation(session, person=person, event=event, **values)
    contact = factories.ladder_contact(session, invitation)
    token = make_link(session, invitation, contact, settings.secrets, now=factories.AT)
    call_url = f"/staff/calls/{invitation.id}"
    session.commit()
    return Asked(invitation, contact, token, call_url)


def post(client: StrictClient, url: str, data: dict[str, Any] | None = None) -> TestResponse:
    """Send a form as a family's browser would: without any token or cookie."""
    return client.post(url, data=data or {}, csrf=False)


def begin(client: StrictClient, asked: Asked) -> TestResponse:
    """Press Start."""
    return post(client, f"{asked.url}/start")


def answer_all(client: StrictClient, asked: Asked, answers: dict[str, str] = HAPPY) -> None:
    """Start, and answer one page after the other."""
    begin(client, asked)
    for question, value in answers.items():
        answer = post(client, f"{asked.url}/question/{question}", {"answer": value})
        assert answer.status_code == 303, (question, answer.text)


def send(client: StrictClient, asked: Asked) -> TestResponse:
    """Press "Send your feedback"."""
    return post(client, f"{asked.url}/send")


def dump(database: Database) -> dict[str, list[str]]:
    """Every row of every table there is."""
    with database.reading() as reading:
        names = inspect(reading.connection()).get_table_names()
        return {name: sorted(map(repr, reading.execute(text(f'SELECT * FROM "{name}"')))) for name in names}
