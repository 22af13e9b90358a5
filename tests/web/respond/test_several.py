"""One message about several surveys: nobody is named before Start, and each survey is answered by a link of its own."""

import re
from dataclasses import dataclass

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from engage.campaigns.models import CloseReason, Invitation, InvitationState, SurveyLink
from engage.core.config import Settings
from engage.core.db import Database
from engage.notify.models import MessageState
from engage.people.models import Hold, HoldReason, ParentCarer
from tests import factories
from tests.browser_client import StrictClient
from tests.web.respond.family import Asked, answer_all, ask, begin, dump, post, send

PATHS = ("", "/start", "/begin", "/surveys", "/question/involved", "/check", "/send", "/thank-you", "/not-for-me")
PATHS += ("/not-for-me/told", "/stop")
NAMES = ("Zain", "Sara", "Amina", "Invented", "16 February")


@dataclass
class Together:
    """Zain's survey, whose link the message holds, and Sara's."""

    zain: Asked
    sara: Asked

    @property
    def url(self) -> str:
        return self.zain.url


@pytest.fixture
def together(session: Session, settings: Settings, amina: ParentCarer) -> Together:
    """Amina, asked about two children by one email."""
    zain, sara = ask(session, settings, amina), ask(session, settings, amina)
    sara.invitation.plan_event.plan.child.forename = "Sara"
    message = factories.message(
        session,
        recipient="amina@example.org",
        person_id=amina.id,
        state=MessageState.DELIVERED,
        about_kind="ladder_contact",
        about_id=zain.contact.id,
    )
    zain.contact.message = sara.contact.message = message
    session.commit()
    return Together(zain, sara)


def buttons(page: str) -> list[str]:
    """Where the forms of a page lead."""
    return re.findall(r'action="([^"]+)"', page)


def test_the_start_page_says_how_many_and_of_whom_it_says_nothing(client: StrictClient, together: Together) -> None:
    for path in ("", "/surveys", "/stop", "/not-for-me", "/thank-you", "/check"):
        page = client.get(together.url + path, follow_redirects=True).text
        assert not [name for name in NAMES if name in page], path
    page = client.get(together.url).text
    for words in ("2 short surveys", "About 4 minutes", "This is not for me", "Please stop asking me"):
        assert words in page
    assert client.get(f"{together.url}/surveys").location == together.url


def test_start_leads_to_the_list_and_each_survey_to_pages_of_its_own(client: StrictClient, together: Together) -> None:
    assert begin(client, together.zain).location == f"{together.url}/surveys"
    page = client.get(f"{together.url}/surveys").text
    assert "Zain: getting your child&#39;s plan" in page
    assert "Sara: getting your child&#39;s plan" in page
    assert page.count("Not started yet") == 2
    assert buttons(page) == [f"{together.url}/begin", f"{together.sara.url}/begin"]
    first = post(client, buttons(page)[1])
    assert first.location == f"{together.sara.url}/question/assessment_positive"
    assert f'href="{together.sara.url}/surveys"' in client.get(first.location).text
    page = client.get(f"{together.url}/surveys").text
    assert (page.count("Not started yet"), page.count("Started, and not sent yet")) == (1, 1)
    assert "You have begun" in client.get(together.url).text


def test_each_answer_is_credited_and_the_next_survey_is_offered(
    client: StrictClient, session: Session, together: Together
) -> None:
    begin(client, together.zain)
    answer_all(client, together.sara)
    send(client, together.sara)
    page = client.get(f"{together.sara.url}/thank-you").text
    assert "There is one more" in page
    assert "Zain: getting" in page
    assert buttons(page) == [f"{together.url}/begin"]
    assert "1 short survey for you" in client.get(together.url).text
    post(client, f"{together.url}/begin")
    answer_all(client, together.zain)
    send(client, together.zain)
    assert "There is one more" not in client.get(f"{together.url}/thank-you").text
    listed = client.get(f"{together.url}/surveys").text
    assert (listed.count("Sent. Thank you."), buttons(listed)) == (2, [])
    assert "You have already told us" in client.get(together.url).text
    session.refresh(together.zain.contact)
    session.refresh(together.sara.contact)
    assert together.zain.contact.brought_answer_at is not None
    assert together.sara.contact.brought_answer_at is not None
    states = session.scalars(select(Invitation.state)).all()
    assert states == [InvitationState.ANSWERED] * 2


@pytest.mark.parametrize("state", ["new", "begun", "answered"])
def test_looking_changes_nothing(client: StrictClient, database: Database, together: Together, state: str) -> None:
    if state != "new":
        begin(client, together.zain)
        answer_all(client, together.sara)
    if state == "answered":
        send(client, together.sara)
    before = dump(database)
    for _ in range(4):
        for asked in (together.zain, together.sara):
            for path in PATHS:
                assert client.get(asked.url + path).status_code in (200, 303)
                assert client.head(asked.url + path).status_code in (200, 303)
                assert client.options(asked.url + path).status_code == 200
    assert dump(database) == before


def test_not_these_ends_all_that_the_message_asked_for(
    client: StrictClient, session: Session, together: Together
) -> None:
    assert "I do not want to answer these" in client.get(f"{together.url}/not-for-me").text
    assert "I do not want to answer these" in post(client, f"{together.url}/not-for-me").text
    post(client, f"{together.url}/not-for-me", {"why": "not_this_one"})
    ended = set(session.execute(select(Invitation.state, Invitation.close_reason)).all())
    assert ended == {(InvitationState.CLOSED, CloseReason.NOT_FOR_ME)}
    assert "You told us that you did not want to answer" in client.get(together.url).text


def test_the_wrong_person_kills_every_link_of_the_message(
    client: StrictClient, session: Session, together: Together
) -> None:
    post(client, f"{together.url}/not-for-me", {"why": "wrong_person"})
    assert None not in session.scalars(select(SurveyLink.revoked_at)).all()
    for asked in (together.zain, together.sara):
        assert client.get(asked.url).status_code == 410
        assert begin(client, asked).status_code == 410


def test_one_empty_post_stops_everything(client: StrictClient, session: Session, together: Together) -> None:
    assert client.post(f"{together.url}/stop", data=b"", csrf=False).status_code == 200
    ended = set(session.execute(select(Invitation.state, Invitation.close_reason)).all())
    assert ended == {(InvitationState.CLOSED, CloseReason.OPTED_OUT)}
    assert session.scalars(select(Hold.reason)).all() == [HoldReason.OPTED_OUT]


def test_a_survey_that_was_closed_meanwhile_is_not_on_the_list_and_its_child_is_not_named(
    client: StrictClient, session: Session, together: Together
) -> None:
    together.zain.invitation.state, together.zain.invitation.close_reason = InvitationState.CLOSED, CloseReason.HELD
    session.commit()
    assert "1 short survey for you" in client.get(together.url).text
    begin(client, together.zain)
    page = client.get(f"{together.url}/surveys").text
    assert ("Sara" in page, "Zain" in page) == (True, False)


def test_what_was_left_out_before_the_message_went_is_not_behind_its_link(
    client: StrictClient, session: Session, together: Together
) -> None:
    together.sara.contact.left_out_because = "answered"
    session.commit()
    assert "Tell us about getting your child" in client.get(together.url).text
    assert begin(client, together.zain).location == f"{together.url}/question/assessment_positive"
    assert client.get(f"{together.url}/surveys").location == together.url


def test_links_whose_secret_is_gone_are_made_anew_at_start(
    client: StrictClient, session: Session, together: Together
) -> None:
    link = session.scalars(select(SurveyLink).where(SurveyLink.contact_id == together.sara.contact.id)).one()
    link.digest = "0" * 64
    session.commit()
    begin(client, together.zain)
    leads = buttons(client.get(f"{together.url}/surveys").text)
    assert post(client, leads[1]).status_code == 303
