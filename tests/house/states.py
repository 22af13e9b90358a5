"""The things of `one_of_each` in their other states, each of which has forms of its own."""

import csv
import io
from datetime import date, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from engage.accounts.permissions import GRANTS, Permission, Role
from engage.campaigns import importing
from engage.campaigns.models import InvitationState, Step
from engage.core.audit import SYSTEM
from engage.core.config import Settings
from engage.core.tokens import digest
from engage.demonstration.sample import sample_rows
from engage.notify import pacing
from engage.people.models import HoldReason
from engage.plans.reading import COLUMNS, ReadingSettings, read
from engage.register.models import RegistrationState
from engage.surveys.models import Response
from tests import factories
from tests.browser_client import StrictClient
from tests.conftest import MONDAY
from tests.web.respond.family import HAPPY, Asked, answer_all, ask, begin, post, send

TO_CONFIRM = "b" * 26


def of_staff(session: Session, settings: Settings, sample: dict[str, Any]) -> list[str]:
    """Where they are, for whoever signs in; the first is a call to make."""
    to_ring, to_print_for = (ask(session, settings, next_step=Step.CLOSE, version=2) for _ in range(2))
    for asked in (to_ring, to_print_for):
        factories.ladder_contact(session, asked.invitation, step=Step.CALL, channel="phone")
    child = to_print_for.invitation.plan_event.plan.child
    looked_after, carer = factories.family(session)
    looked_after.looked_after = True
    grown_up = factories.child(session, born_on=date(2008, 5, 4))
    group = factories.facilitated_session(session, group_size=3)
    closed = factories.open_link(session, closed_at=MONDAY, closed_by="staff:1")
    stopped = factories.role_mailbox(session)
    factories.hold(session, stopped, reason=HoldReason.DO_NOT_SEND)
    factories.case(session, share_id=sample["share_id"])
    pacing.pause(session, pacing.EVERYBODY, MONDAY + timedelta(minutes=30), "Invalid token", now=MONDAY)
    sound, unmatched = imports(session)
    session.commit()
    return [
        to_ring.call_url,
        f"/staff/families/{child.id}",
        f"/staff/families/{child.id}/booklets",
        "/staff/booklets/call-list",
        f"/staff/families/{looked_after.id}/carers/{carer.id}/check",
        f"/staff/families/{grown_up.id}/capacity",
        f"/staff/sessions/{group.id}",
        f"/staff/open-links/{closed.id}",
        f"/staff/mailboxes/{stopped.id}",
        f"/staff/imports/{sound}",
        f"/staff/imports/{unmatched}/columns",
    ]


def imports(session: Session) -> tuple[int, int]:
    """A sound file that would change something, and one whose headings nobody knows yet."""
    out = io.StringIO(newline="")
    writer = csv.DictWriter(out, list(COLUMNS))
    writer.writeheader()
    writer.writerows(sample_rows(MONDAY.date()))
    content = out.getvalue().encode()
    settings = ReadingSettings(today=MONDAY.date(), local_authority="314", demonstration=True)
    sound = importing.upload(
        session, content, read(content, "plans.csv", settings=settings), mapping_id=None, by=SYSTEM, now=MONDAY
    )
    unmatched = importing.keep(session, b"who,when\n1,2\n", "plans.csv", by=SYSTEM, now=MONDAY)
    return sound.id, unmatched.id


def a_year_of_answers(session: Session) -> None:
    """Enough for figures that may be released."""
    campaign = factories.campaign(session, asks_from=date(2025, 4, 1))
    for _ in range(12):
        child, parent = factories.family(session)
        event = factories.plan_event(session, factories.plan(session, child, started_on=date(2025, 11, 3)))
        invitation = factories.invitation(session, campaign, parent, event, state=InvitationState.CLOSED)
        answers = {"assessment_positive": "4"}
        factories.response(session, invitation, version=2, cohort_quarter=date(2025, 10, 1), answers=answers)
        invitation.answered_at = MONDAY - timedelta(days=20)


def ready_to(role: Role, client: StrictClient, sample: dict[str, Any], call: str) -> list[str]:
    """What somebody of this role has just done themselves, so that a further form waits for them."""
    found = []
    if Permission.MAKE_CALLS in GRANTS[role]:
        typed = {f"answer-{question}": value for question, value in HAPPY.items()}
        assert client.post(call, data={"action": "send", **typed}).status_code in (302, 303)
        found.append("/staff/about-you")
    if Permission.RUN_ACTIVITIES in GRANTS[role]:
        slips = f"/staff/activities/{sample['activity_id']}/slips"
        assert client.post(slips, data={"answer-came_to": "meeting"}).status_code == 303
        found.append(slips)
    return found


def of_families(session: Session, settings: Settings, client: StrictClient, another: StrictClient) -> list[str]:
    """Where they are, for whoever has the links; `client` began what it may go on with, `another` what it may not see."""
    begun, sent, other = ask(session, settings), ask(session, settings), ask_by_email(session, settings)
    first, second = ask_by_email(session, settings), ask(session, settings)
    second.contact.message = first.contact.message
    second.invitation.person_id = first.invitation.person_id
    factories.registration(session, state=RegistrationState.PENDING, confirmed_at=None, digest=digest(TO_CONFIRM))
    session.commit()
    answer_all(client, begun)
    answer_all(client, sent)
    send(client, sent)
    answer_all(another, other)
    post(client, f"{other.url}/carry-on", {"how": "code"})
    begin(client, first)
    return [
        *(f"{begun.url}/question/{question}" for question in ("involved", "comment", "contact")),
        f"{begun.url}/check",
        *about_you(client, sent.url),
        f"{other.url}/carry-on",
        f"{other.url}/carry-on/code",
        f"{first.url}/surveys",
        f"/register/link/{TO_CONFIRM}",
        *by_open_link(session, settings, client),
    ]


def by_open_link(session: Session, settings: Settings, client: StrictClient) -> list[str]:
    """An answer ready to be sent, and one that was sent."""
    found = []
    for is_sent in (False, True):
        at = f"/o/{factories.open_visit(session, settings=settings)}"
        for response in session.scalars(select(Response).where(Response.is_open)):
            response.started_at = MONDAY - timedelta(hours=1)  # nobody is so quick
        session.commit()
        for question, answer in {"who": "parent_carer", "engagement_and_views": "4", "comment": "Words"}.items():
            assert post(client, f"{at}/question/{question}", {"answer": answer}).status_code == 303
            found.append(f"{at}/question/{question}")
        found.append(f"{at}/check")
        if is_sent:
            assert post(client, f"{at}/send").location == f"{at}/thank-you"
            found += about_you(client, at)
    return found


def about_you(client: StrictClient, at: str) -> list[str]:
    """The questions about the person, up to one that takes several answers."""
    where = post(client, f"{at}/about-you", {"want": "yes"}).location
    return [f"{at}/about-you", str(where), f"{at}/about-you/community"]


def ask_by_email(session: Session, settings: Settings) -> Asked:
    """Somebody whose first message went to their email address."""
    asked = ask(session, settings)
    to = asked.invitation.person.contact_points[0].value
    about = {"about_kind": "ladder_contact", "about_id": asked.contact.id}
    person = asked.invitation.person_id
    asked.contact.message = factories.message(session, recipient=to, person_id=person, **about)
    session.commit()
    return asked
