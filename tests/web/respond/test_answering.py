"""From the first question to the thank you, by way of every mistake."""

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from engage.campaigns.models import CloseReason, InvitationState
from engage.cases.models import DissatisfactionCase
from engage.core.config import Settings
from engage.core.db import Database
from engage.surveys.models import FreeText, Mode, Response
from tests.browser_client import StrictClient
from tests.web.respond.family import HAPPY, UNHAPPY, Asked, answer_all, ask, begin, dump, post, send


def test_a_question_shows_the_statement_as_it_is_tracked_and_its_answers_in_reading_order(
    client: StrictClient, asked: Asked
) -> None:
    begin(client, asked)
    page = client.get(f"{asked.url}/question/involved").text
    assert "I was fully engaged in the assessment and writing of the plan" in page
    assert "<title>I was fully engaged" in page
    assert "Question 3 of 6" in page
    labels = [
        "Strongly agree",
        "Agree",
        "Neither agree nor disagree",
        "Disagree",
        "Strongly disagree",
        ">or<",
        "Not sure",
    ]
    places = [page.index(label) for label in labels]
    assert places == sorted(places)
    assert " checked" not in page
    assert f'href="{asked.url}/question/plan_confidence" class="govuk-back-link"' in page


def test_the_box_for_words_says_that_nobody_watches_it_and_whom_to_call(client: StrictClient, asked: Asked) -> None:
    begin(client, asked)
    page = client.get(f"{asked.url}/question/comment").text
    for words in (
        "(optional)",
        "day and night",
        "tel:999",
        "020 7946 0101",
        'aria-describedby="answer-safety answer-hint"',
    ):
        assert words in page


def test_each_answer_is_kept_at_once(client: StrictClient, session: Session, asked: Asked) -> None:
    begin(client, asked)
    assert (
        post(client, f"{asked.url}/question/involved", {"answer": "2"}).location
        == f"{asked.url}/question/plan_will_help"
    )
    session.refresh(asked.invitation)
    assert asked.invitation.response is not None
    assert asked.invitation.response.answers == {"involved": "2"}
    assert 'value="2" checked' in client.get(f"{asked.url}/question/involved").text


@pytest.mark.parametrize("answer", [{}, {"answer": ""}, {"answer": "6"}, {"answer": "agree"}, {"other": "5"}])
def test_an_answer_that_is_none_is_explained_and_nothing_is_kept(
    client: StrictClient, session: Session, asked: Asked, answer: dict[str, str]
) -> None:
    begin(client, asked)
    page = post(client, f"{asked.url}/question/involved", answer)
    assert page.status_code == 422
    assert "<title>Error: I was fully engaged" in page.text
    assert page.text.count("Select how much you agree or disagree") == 2
    assert 'href="#answer"' in page.text
    assert 'id="answer"' in page.text
    session.refresh(asked.invitation)
    assert asked.invitation.response is not None
    assert asked.invitation.response.answers == {}


def test_too_many_words_are_shown_again_in_full(client: StrictClient, session: Session, asked: Asked) -> None:
    begin(client, asked)
    typed = "Long. " * 20_000
    page = post(client, f"{asked.url}/question/comment", {"answer": typed})
    assert page.status_code == 422
    assert "too long" in page.text
    assert typed in page.text
    assert session.scalars(select(FreeText)).all() == []


@pytest.mark.parametrize(
    "typed", ["\nTwo lines\nand more", "  spaces  ", "<b>&amp;</b>", "நன்றி", "\u202eevil", "👪🏽 é̂"]
)
def test_words_come_back_as_they_were_typed(client: StrictClient, session: Session, asked: Asked, typed: str) -> None:
    begin(client, asked)
    post(client, f"{asked.url}/question/comment", {"answer": typed})
    assert session.scalars(select(FreeText.text)).one() == typed
    post(client, f"{asked.url}/question/comment", {"answer": typed})
    session.expire_all()
    assert session.scalars(select(FreeText.text)).one() == typed
    assert "<b>" not in client.get(f"{asked.url}/question/comment").text


def test_an_emptied_box_takes_the_words_back(client: StrictClient, session: Session, asked: Asked) -> None:
    begin(client, asked)
    post(client, f"{asked.url}/question/comment", {"answer": "Not this"})
    post(client, f"{asked.url}/question/comment", {"answer": "  "})
    assert session.scalars(select(FreeText)).all() == []


def test_the_check_shows_everything_and_a_change_comes_back_to_it(client: StrictClient, asked: Asked) -> None:
    answer_all(client, asked)
    page = client.get(f"{asked.url}/check").text
    assert page.count("Change<") == 6
    assert "Not provided" in page
    change = f"{asked.url}/question/involved?back=check"
    assert change in page
    assert f'href="{asked.url}/check" class="govuk-back-link"' in client.get(change).text
    assert post(client, change, {"answer": "1"}).location == f"{asked.url}/check"
    assert "Strongly disagree" in client.get(f"{asked.url}/check").text


def test_words_on_the_check_cannot_turn_the_page_round(client: StrictClient, asked: Asked) -> None:
    answer_all(client, asked, HAPPY | {"comment": "one\n\u202etwo<i>"})
    assert '<bdi dir="auto">one<br>\u202etwo&lt;i&gt;</bdi>' in client.get(f"{asked.url}/check").text


def test_a_needed_answer_left_out_leads_to_its_question_with_the_reason(client: StrictClient, asked: Asked) -> None:
    answer_all(client, asked, {key: value for key, value in HAPPY.items() if key != "involved"})
    answer = client.get(f"{asked.url}/check")
    assert answer.location.startswith(f"{asked.url}/question/involved")
    assert "We need your answer to this one" in client.get(answer.location).text
    assert send(client, asked).location == f"{asked.url}/check"
    assert post(client, answer.location, {"answer": "3"}).location == f"{asked.url}/check"


def test_the_comment_may_be_left_out(client: StrictClient, asked: Asked) -> None:
    answer_all(client, asked, {key: value for key, value in HAPPY.items() if key != "comment"})
    assert client.get(f"{asked.url}/check").status_code == 200
    assert send(client, asked).location == f"{asked.url}/thank-you"


def test_sending_ends_the_asking_and_credits_the_message_that_brought_it(
    client: StrictClient, session: Session, asked: Asked
) -> None:
    answer_all(client, asked)
    assert send(client, asked).location == f"{asked.url}/thank-you"
    session.refresh(asked.invitation)
    session.refresh(asked.contact)
    assert asked.invitation.state is InvitationState.ANSWERED
    assert asked.contact.brought_answer_at is not None
    response = asked.invitation.response
    assert response is not None
    assert (response.mode, response.language, response.interviewer) == (Mode.LINK, "en", None)
    assert session.scalars(select(DissatisfactionCase)).all() == []


def test_an_unhappy_answer_opens_one_case(client: StrictClient, session: Session, asked: Asked) -> None:
    answer_all(client, asked, UNHAPPY)
    send(client, asked)
    send(client, asked)
    case = session.scalars(select(DissatisfactionCase)).one()
    assert case.may_contact
    assert case.invitation_id == asked.invitation.id


def test_the_thank_you_says_what_happens_next_and_where_else_to_turn(
    client: StrictClient, session: Session, asked: Asked
) -> None:
    answer_all(client, asked, UNHAPPY)
    send(client, asked)
    session.refresh(asked.invitation)
    page = client.get(f"{asked.url}/thank-you").text
    assert asked.invitation.response is not None
    for words in (
        f"Your reference is {asked.invitation.response.reference}",
        "by Monday 9 March 2026",
        "You said, we did",
        "https://council.example.org/complaints",
        "2 months from the date on your decision letter, or 1 month from your mediation certificate if that is later",
        "mediation",
        "020 7946 0102",
        "https://sendiass.example.org/",
        "020 7946 0101",
        "Print this page",
    ):
        assert words in page, words


def test_sent_twice_and_back_afterwards_is_one_response_and_a_kind_page(
    client: StrictClient, session: Session, database: Database, asked: Asked
) -> None:
    answer_all(client, asked)
    send(client, asked)
    before = dump(database)
    assert send(client, asked).location == f"{asked.url}/thank-you"
    assert begin(client, asked).location == asked.url
    assert "You have already told us" in client.get(asked.url).text
    for path in ("/question/involved", "/check"):
        assert client.get(asked.url + path).location == asked.url
    late = post(client, f"{asked.url}/question/comment", {"answer": "One more thing <i>"})
    assert late.status_code == 409
    assert "One more thing &lt;i&gt;" in late.text
    assert "There is a problem" not in late.text
    assert post(client, f"{asked.url}/question/involved", {"answer": "1"}).status_code == 409
    assert dump(database) == before


def test_two_tabs_keep_both_their_answers(client: StrictClient, session: Session, asked: Asked) -> None:
    begin(client, asked)
    begin(client, asked)
    post(client, f"{asked.url}/question/involved", {"answer": "2"})
    post(client, f"{asked.url}/question/plan_confidence", {"answer": "3"})
    assert session.scalars(select(Response.answers)).one() == {"involved": "2", "plan_confidence": "3"}


def test_an_answer_to_a_survey_that_closed_meanwhile_is_given_back(
    client: StrictClient, session: Session, asked: Asked
) -> None:
    begin(client, asked)
    asked.invitation.state, asked.invitation.close_reason = InvitationState.CLOSED, CloseReason.HELD
    page = post(client, f"{asked.url}/question/comment", {"answer": "Please hear this"})
    assert page.status_code == 409
    assert "This survey has closed" in page.text
    assert "Please hear this" in page.text


def test_an_answer_before_the_start_begins_at_the_beginning(
    client: StrictClient, session: Session, asked: Asked
) -> None:
    assert post(client, f"{asked.url}/question/involved", {"answer": "2"}).location == asked.url
    assert send(client, asked).location == asked.url
    assert session.scalars(select(Response)).all() == []


@pytest.mark.parametrize("question", ["nonsense", "listened_to", "%00", "involved%20", "a" * 3000])
def test_a_question_of_no_survey_or_another_one_leads_back_to_ours(
    client: StrictClient, session: Session, asked: Asked, question: str
) -> None:
    begin(client, asked)
    address = f"{asked.url}/question/{question}"
    assert client.get(address).location == f"{asked.url}/question/assessment_positive"
    assert post(client, address, {"answer": "5"}).location == f"{asked.url}/question/assessment_positive"
    assert session.scalars(select(Response.answers)).one() == {}


def test_a_flood_of_forms_by_one_link_is_slowed_down(
    client: StrictClient, session: Session, settings: Settings
) -> None:
    flooded, other = ask(session, settings), ask(session, settings)
    statuses = {post(client, f"{flooded.url}/not-for-me").status_code for _ in range(110)}
    assert statuses == {422, 429}
    assert post(client, f"{other.url}/start").status_code == 303
    assert client.get(flooded.url).status_code == 200
