"""The quiet ways out: they work at once, and for good."""

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from engage.campaigns.models import CloseReason, Invitation, InvitationState, SurveyLink
from engage.core.config import Settings
from engage.people.models import ContactPoint, ContactState, Hold, HoldReason, ParentCarer
from tests import factories
from tests.browser_client import StrictClient
from tests.web.respond.family import Asked, answer_all, ask, begin, post, send


def test_the_two_ways_out_ask_one_question_each(client: StrictClient, asked: Asked) -> None:
    page = client.get(f"{asked.url}/not-for-me").text
    assert "You have the wrong person" in page
    assert "It is for me, but I do not want to answer this one" in page
    assert "<button" in client.get(f"{asked.url}/stop").text


@pytest.mark.parametrize("why", [None, "", "nonsense", "\0"])
def test_choosing_neither_is_explained(client: StrictClient, asked: Asked, why: str | None) -> None:
    page = post(client, f"{asked.url}/not-for-me", {} if why is None else {"why": why})
    assert page.status_code == 422
    assert page.text.count("Select what fits best") == 2
    assert "<title>Error: " in page.text


def test_the_wrong_person_is_never_written_to_again_and_the_link_is_dead(
    client: StrictClient, session: Session, asked: Asked, amina: ParentCarer
) -> None:
    asked.contact.message = factories.message(session, recipient="amina@example.org")
    answer = post(client, f"{asked.url}/not-for-me", {"why": "wrong_person"})
    page = client.get(answer.location)
    assert page.status_code == 410
    assert "Thank you for telling us" in page.text
    assert "Amina" not in page.text
    points = {point.value: point.state for point in session.scalars(select(ContactPoint))}
    assert points == {"amina@example.org": ContactState.WRONG_PERSON, "+447700900123": ContactState.USABLE}
    assert session.scalars(select(SurveyLink.revoked_at)).one() is not None
    session.refresh(asked.invitation)
    assert asked.invitation.state is InvitationState.ASKING
    again = post(client, f"{asked.url}/not-for-me", {"why": "wrong_person"})
    assert (again.status_code, "Thank you for telling us" in again.text) == (410, True)
    assert begin(client, asked).status_code == 410


def test_not_this_one_ends_this_asking_alone(
    client: StrictClient, session: Session, settings: Settings, asked: Asked, amina: ParentCarer
) -> None:
    other = ask(session, settings, amina)
    answer = post(client, f"{asked.url}/not-for-me", {"why": "not_this_one"})
    assert "We will not ask you about this again" in client.get(answer.location).text
    session.refresh(asked.invitation)
    session.refresh(other.invitation)
    assert (asked.invitation.state, asked.invitation.close_reason) == (InvitationState.CLOSED, CloseReason.NOT_FOR_ME)
    assert other.invitation.state is InvitationState.ASKING
    assert session.scalars(select(Hold)).all() == []
    assert post(client, f"{asked.url}/not-for-me", {"why": "not_this_one"}).status_code == 303


@pytest.mark.parametrize("data", [b"", b"List-Unsubscribe=One-Click"])
def test_stop_works_at_once_with_an_empty_form_and_without_a_redirect(
    client: StrictClient, session: Session, settings: Settings, asked: Asked, amina: ParentCarer, data: bytes
) -> None:
    other = ask(session, settings, amina)
    answer = client.post(f"{asked.url}/stop", data=data, csrf=False)
    assert answer.status_code == 200
    assert "We have stopped asking" in answer.text
    states = session.execute(select(Invitation.state, Invitation.close_reason)).all()
    assert set(states) == {(InvitationState.CLOSED, CloseReason.OPTED_OUT)}
    session.refresh(other.invitation)
    assert session.scalars(select(Hold.reason)).all() == [HoldReason.OPTED_OUT]
    assert client.post(f"{asked.url}/stop", data=data, csrf=False).status_code == 200
    assert session.scalars(select(Hold.reason)).all() == [HoldReason.OPTED_OUT]
    assert "We have stopped asking" in client.get(f"{asked.url}/stop").text
    assert "You asked us to stop" in client.get(asked.url).text


def test_whoever_has_answered_can_still_say_stop(client: StrictClient, session: Session, asked: Asked) -> None:
    answer_all(client, asked)
    send(client, asked)
    assert post(client, f"{asked.url}/stop").status_code == 200
    session.refresh(asked.invitation)
    assert asked.invitation.state is InvitationState.ANSWERED
    assert session.scalars(select(Hold.reason)).all() == [HoldReason.OPTED_OUT]
    assert "Thank you for your feedback" in client.get(f"{asked.url}/thank-you").text


def test_not_this_one_from_somebody_late_is_thanked_too(client: StrictClient, asked: Asked) -> None:
    asked.invitation.state, asked.invitation.close_reason = InvitationState.CLOSED, CloseReason.NO_ANSWER
    assert post(client, f"{asked.url}/not-for-me", {"why": "not_this_one"}).location == f"{asked.url}/not-for-me/told"


def test_whoever_has_answered_or_came_too_late_can_still_ask_us_to_stop(
    client: StrictClient, session: Session, settings: Settings, asked: Asked
) -> None:
    answer_all(client, asked)
    send(client, asked)
    over = ask(session, settings, state=InvitationState.WITHDRAWN, next_step=None)
    for each in (asked, over):
        assert f'href="{each.url}/stop"' in client.get(each.url).text
        post(client, f"{each.url}/stop")
        session.expire_all()
        hold = session.scalars(select(Hold).where(Hold.person_id == each.invitation.person_id)).one()
        assert hold.reason is HoldReason.OPTED_OUT
