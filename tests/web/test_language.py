"""Which language a family meets, and how another is chosen without losing what was typed."""

from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from engage.core import catalogues, languages
from engage.core.config import Settings
from engage.notify.templates import Templates
from engage.surveys.definition import Audience
from engage.surveys.models import Response
from tests import factories
from tests.browser_client import StrictClient
from tests.house.test_doors import one_of_each
from tests.web.respond.family import ask

OFFERED = ("en", "ar", "pl")


@pytest.fixture(autouse=True)
def offered(monkeypatch: pytest.MonkeyPatch) -> None:
    """Three languages in which every string is there, between «»."""

    def lookup(language: str, _domain: str, message: str, **_: Any) -> str | None:
        return None if language == languages.SOURCE else f"«{message}»"

    monkeypatch.setattr(catalogues, "lookup", lookup)
    monkeypatch.setattr(Templates, "offered", lambda _self: OFFERED)


@pytest.fixture
def link(session: Session, settings: Settings) -> str:
    token = one_of_each(session, settings)["/r/"]
    session.commit()
    return f"/r/{token}"


def test_every_family_and_public_page_offers_the_languages_by_their_own_names(client: StrictClient, link: str) -> None:
    for page in ("/", "/privacy", "/register/join", link):
        text = client.get(page).text
        assert '<span aria-current="true" lang="en" dir="ltr">English</span>' in text
        assert 'lang="ar" dir="rtl">العربية' in text


def test_the_address_says_the_language_and_every_link_carries_it(client: StrictClient) -> None:
    text = client.get("/?lang=ar").text
    assert '<html lang="ar" dir="rtl"' in text
    assert 'href="/privacy?lang=ar"' in text
    assert "lang=" not in client.get("/?lang=nonsense").text.split("<main")[1].split("<footer")[0].replace(
        'lang="en"', ""
    )


def test_a_persons_own_language_is_spoken_unless_the_address_says_another(
    client: StrictClient, session: Session, settings: Settings
) -> None:
    invitation = factories.invitation(session, factories.campaign(session))
    invitation.person.written_language = "ar-SY"
    token, _ = factories.survey_link(session, invitation, settings=settings, purpose="test")
    session.commit()
    assert '<html lang="ar"' in client.get(f"/r/{token}").text
    assert '<html lang="en"' in client.get(f"/r/{token}?lang=en").text
    client.post(f"/r/{token}/start")
    assert session.scalars(select(Response)).all()[-1].language == "ar"


def test_what_was_typed_comes_along_into_another_language_and_nothing_is_sent(client: StrictClient) -> None:
    typed = {"name": "Amina Example", "email": "not an address", "switch_language": "ar"}
    answer = client.post("/register/join?lang=ar", data=typed)
    assert answer.status_code == 200
    assert '<html lang="ar"' in answer.text
    assert 'value="Amina Example"' in answer.text
    assert 'value="not an address"' in answer.text
    assert "govuk-error-summary" not in answer.text


def test_an_answer_that_was_chosen_and_not_yet_sent_comes_along(client: StrictClient, link: str) -> None:
    client.post(f"{link}/start")
    question = f"{link}/question/assessment_positive"
    answer = client.post(f"{question}?lang=ar", data={"answer": "4", "switch_language": "ar"})
    assert '<html lang="ar"' in answer.text
    assert 'value="4" checked' in answer.text
    wrong = client.post(f"{question}?lang=pl", data={"switch_language": "pl", "with_mistakes": "yes"})
    assert "govuk-error-summary" in wrong.text


def test_enter_in_a_field_goes_on_and_does_not_change_the_language(client: StrictClient, link: str) -> None:
    client.post(f"{link}/start")
    page = client.get(f"{link}/question/assessment_positive").text
    first = page[page.index("<button") :]
    assert "switch_language" not in first[: first.index(">")]


def test_a_form_that_is_refused_is_answered_in_the_language_of_its_page(client: StrictClient) -> None:
    answer = client.post("/register/join?lang=ar", data={"csrf_token": "of another day"})
    assert answer.status_code == 400
    assert '<html lang="ar" dir="rtl"' in answer.text
    assert "«Sorry, that page was out of date»" in answer.text


def test_what_people_at_work_are_asked_stays_english(
    client: StrictClient, session: Session, settings: Settings
) -> None:
    campaign = factories.campaign(session, survey="setting", audience=Audience.SETTING)
    mailbox = factories.role_mailbox(session)
    event = factories.plan_event(session, factories.plan(session, factories.child(session)))
    asked = ask(session, settings, mailbox, event, campaign_=campaign)
    page = client.get(f"{asked.url}?lang=ar").text
    assert '<html lang="en"' in page
    assert "العربية" not in page


def test_staff_pages_stay_english(client: StrictClient) -> None:
    assert '<html lang="en"' in client.get("/sign-in?lang=ar").text
