"""The instruments of the papers that are not a family's own letter: asked by mailbox or open link, answered and counted.

That each is answered in every way it has is the table of `test_every_mode.py`."""

from collections.abc import Callable

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from engage.accounts.models import Staff
from engage.activities.models import OpenLink
from engage.notify.standin import RunningStandin
from engage.surveys.definition import Question, Survey
from engage.surveys.loader import Catalogue
from engage.surveys.models import Response
from tests import factories
from tests.conftest import SettableClock
from tests.journeys.person import Person
from tests.journeys.test_main_job import survey_link

AtABrowser = Callable[..., Person]
MAILBOX = {"setting": "senco@greenfield.example.org", "health_professional": "dco@nhs.example.org"}
STARTS = {"setting": "Greenfield School", "health_professional": "Designated clinical officer"}
OPEN = ("sen_support", "transition", "information_and_advice", "training", "event")


def an_answer(question: Question) -> str:
    """Something a person might say."""
    if not question.is_coded:
        return "It took a long time."
    return "without_name" if question.option("without_name") else question.options[0].code


def answers(person: Person, survey: Survey) -> Person:
    """Answer page by page until the check."""
    for _ in survey.questions:
        if "/question/" not in person.url:
            break
        question = survey.question(person.url.split("/question/")[1].split("?")[0])
        assert question is not None
        person.presses("Continue", answer=an_answer(question))
    return person.sees("Check your answers")


def the_only_response(session: Session) -> Response:
    session.expire_all()
    return session.scalars(select(Response)).one()


@pytest.fixture
def asked(
    at_a_browser: AtABrowser, bronwen: Staff, session: Session, the_worker_works: Callable[[], None]
) -> Callable[[str], None]:
    """`asked("setting")`: staff put its mailbox on the list and start a campaign, and the worker asks about two plans."""

    def ask(survey: str) -> None:
        for name in ("Zain", "Maya"):
            child = factories.child(
                session, forename=name, surname="Secretname", setting_urn="100001", setting_name="Greenfield School"
            )
            factories.plan_event(session, factories.plan(session, child))
        officer = at_a_browser(bronwen).opens("/staff/campaigns").follows("Mailboxes").follows("Add a mailbox")
        officer.presses(
            "Save",
            serves=survey,
            name=STARTS[survey],
            urn="100001" if survey == "setting" else "",
            email=MAILBOX[survey],
            is_default="y",
        )
        officer.opens("/staff/campaigns/new")
        officer.presses("Set it up", name="Asking", asks=f"{survey}:plan_issued", asks_from=["1", "1", "2026"])
        officer.sees("once").does_not_see("Call list")
        officer.follows("Start asking").presses("Start").sees(STARTS[survey])
        the_worker_works()

    return ask


@pytest.mark.parametrize("survey", ["setting", "health_professional"])
def test_a_professional_answers_about_two_cases_by_one_link(
    at_a_browser: AtABrowser,
    asked: Callable[[str], None],
    notify: RunningStandin,
    session: Session,
    clock: SettableClock,
    catalogue: Catalogue,
    callum: Staff,
    esther: Staff,
    the_worker_works: Callable[[], None],
    survey: str,
) -> None:
    asked(survey)
    [message] = notify.messages(to=MAILBOX[survey])
    assert "Zain" not in f"{message.subject} {message.body}"
    assert "2 short surveys" in (message.subject or "")

    # The page before Start names no child; after it there are initials and a date
    reader = at_a_browser().opens(survey_link(notify, MAILBOX[survey]))
    reader.does_not_see("Zain", "Maya", "Secretname", "Z.S.").presses("Start")
    reader.sees("Z.S.", "M.S.", "16 February 2026").does_not_see("Zain", "Maya", "Secretname")
    if survey == "health_professional":
        reader.sees("born in 2016")

    # They answer one, and then the other, and hear no more
    for _ in range(2):
        reader.presses("Start").sees("plan issued on 16 February 2026")
        answers(reader, catalogue.current(survey)).presses("Send your feedback").sees("Thank you")
    for _ in range(3):
        clock.advance(days=7)
        the_worker_works()
    assert len(notify.messages(to=MAILBOX[survey])) == 1

    # And what they said stands apart from what families said, small numbers withheld from those who read no answers
    session.expire_all()
    assert {response.survey for response in session.scalars(select(Response))} == {survey}
    at_a_browser(callum).opens(f"/staff/figures?survey={survey}").sees("2/2", "How many answered")
    at_a_browser(esther).opens(f"/staff/figures?survey={survey}").does_not_see("Secretname", "2/2")


@pytest.mark.parametrize("survey", OPEN)
def test_anybody_answers_by_an_open_link(
    at_a_browser: AtABrowser,
    session: Session,
    catalogue: Catalogue,
    clock: SettableClock,
    bronwen: Staff,
    callum: Staff,
    survey: str,
) -> None:
    # Staff make the link, and print its poster
    title = catalogue.current(survey).title
    officer = at_a_browser(bronwen).opens("/staff/campaigns").follows("Open links").follows("Make an open link")
    officer.presses(
        "Make this link",
        survey=survey,
        name="Spring",
        opens_on=["1", "3", "2026"],
        closes_on=["", "", ""],
        is_listed="y",
    )
    officer.follows("Poster to print").sees(title, "Point your phone’s camera at the square")
    slug = session.scalars(select(OpenLink.slug)).one()

    # A stranger comes by the home page or the square, answers, and is known by nothing
    stranger = at_a_browser().opens("/")
    stranger = stranger.follows(title) if title in str(stranger.links_saying(title)) else stranger.opens(f"/s/{slug}")
    stranger.opens(f"/s/{slug}").sees("We do not ask for your name").presses("Start")
    clock.advance(minutes=2)
    answers(stranger, catalogue.current(survey)).presses("Send your feedback").sees(
        "Thank you", "We do not know who you are"
    )
    assert the_only_response(session).is_open

    # It is counted, and in no response rate
    at_a_browser(bronwen).opens("/staff/open-links").sees("Spring")
    figures = at_a_browser(callum).opens(f"/staff/figures?survey={survey}").sees("1/1", "counted apart")
    figures.does_not_see("Response rate")

    # And once it is closed nobody can begin
    at_a_browser(bronwen).opens("/staff/open-links").follows("Spring").presses("Close this link")
    at_a_browser().opens(f"/s/{slug}").sees("This survey is closed")
