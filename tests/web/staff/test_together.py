"""What staff see of a message about several children: it is told once, with all that it carries."""

from collections.abc import Callable

from sqlalchemy.orm import Session

from engage.accounts.models import Staff
from engage.campaigns.models import Invitation, InvitationState, LadderContact
from engage.notify.models import MessageState
from engage.people.models import ParentCarer
from tests import factories
from tests.browser_client import StrictClient
from tests.factories import AT

WORDS = {"topic": "getting your child's plan", "minutes": "2"}
SignIn = Callable[[StrictClient, Staff], StrictClient]


def about(session: Session, amina: ParentCarer, name: str, message_id: int) -> tuple[Invitation, LadderContact]:
    """One child more, asked about by this message."""
    child = factories.child(session, forename=name)
    factories.relationship(session, child, amina)
    event = factories.plan_event(session, factories.plan(session, child))
    invitation = factories.invitation(
        session, person=amina, event=event, state=InvitationState.ASKING, first_asked_at=AT
    )
    return invitation, factories.ladder_contact(session, invitation, message_id=message_id, words=WORDS)


def test_a_message_about_several_children_is_told_once_with_all_that_it_carries(
    client: StrictClient, bronwen: Staff, sign_in: SignIn, session: Session, amina: ParentCarer
) -> None:
    message = factories.message(
        session,
        purpose="campaigns.survey",
        person_id=amina.id,
        template="survey_invitation_several",
        state=MessageState.DELIVERED,
        claimed_at=AT,
    )
    first, contact = about(session, amina, "Yusuf", message.id)
    about(session, amina, "Sara", message.id)
    _, out = about(session, amina, "Omar", message.id)
    out.left_out_because = "answered"
    again = factories.plan_event(session, first.plan_event.plan, happened_on=AT.date(), source_ref="another")
    twice = factories.invitation(session, person=amina, event=again, state=InvitationState.ASKING, first_asked_at=AT)
    factories.ladder_contact(session, twice, message_id=message.id, words=WORDS)
    child_id = first.plan_event.plan.child_id
    session.commit()
    officer = sign_in(client, bronwen)
    page = officer.get(f"/staff/families/{child_id}").text
    assert page.count("Invitation by email to Amina Invented") == 2  # its title, and the name of the link to read it
    for words in ("One message about Yusuf, plan issued on", "Sara, plan issued on", "Left out: Omar, plan issued on"):
        assert words in page
    said = officer.get(f"/staff/families/{child_id}/messages/{contact.id}").text
    assert "3 short surveys" in said
    assert "It asks about Yusuf" in said


def test_a_household_that_heard_enough_is_said_so_with_the_day_it_may_be_asked_again(
    client: StrictClient, bronwen: Staff, sign_in: SignIn, session: Session, amina: ParentCarer
) -> None:
    for _ in range(6):
        factories.message(
            session, purpose="campaigns.survey", person_id=amina.id, state=MessageState.DELIVERED, claimed_at=AT
        )
    child = factories.child(session)
    factories.relationship(session, child, amina)
    event = factories.plan_event(session, factories.plan(session, child))
    invitation = factories.invitation(session, person=amina, event=event)
    session.commit()
    officer = sign_in(client, bronwen)
    for path in (f"/staff/families/{child.id}", f"/staff/campaigns/{invitation.campaign_id}/next"):
        page = officer.get(path).text
        assert "Their household has heard from us often enough for now, until 27 April 2026" in page, path
