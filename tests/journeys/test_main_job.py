"""The whole job without a browser: plan, asking, chasing, phoning, answering, case, share, figures, "You said, we did"."""

import io
from collections.abc import Callable

from sqlalchemy import select
from sqlalchemy.orm import Session

from engage.accounts.models import Staff
from engage.core.clock import london_date
from engage.demonstration.run import rows_as_csv
from engage.demonstration.sample import sample_rows
from engage.forum.models import Membership
from engage.notify.standin import RunningStandin
from engage.plans.models import PlanEvent
from engage.register.models import Registration, RegistrationState
from tests.conftest import SettableClock
from tests.journeys.person import Person

MEENA = "meena.testnathan@example.org"
MEASURES = ("assessment_positive", "plan_confidence", "involved", "plan_will_help")
AtABrowser = Callable[..., Person]


def survey_link(notify: RunningStandin, to: str) -> str:
    """The link in the newest message to somebody that asks for an answer."""
    message = next(message for message in notify.messages(to=to) if "/r/" in (message.body or ""))
    return next(word for word in message.body.split() if "/r/" in word and not word.endswith("/stop"))


def test_the_whole_job(
    at_a_browser: AtABrowser,
    bronwen: Staff,
    callum: Staff,
    esther: Staff,
    devi: Staff,
    notify: RunningStandin,
    the_worker_works: Callable[[], None],
    clock: SettableClock,
    session: Session,
) -> None:
    # Given a running campaign, and a file from the case system
    officer = at_a_browser(bronwen)
    officer.opens("/staff/campaigns/new")
    officer.presses(
        "Set it up", name="After a new plan", asks="post_issuance:plan_issued", asks_from=["1", "1", "2026"]
    )
    officer.follows("Start asking").presses("Start")
    rows = rows_as_csv(sample_rows(london_date(clock.now())))
    officer.opens("/staff/imports").presses("Look at this file", file=(io.BytesIO(rows), "plans.csv"))
    officer.sees("Nothing has been changed yet")
    assert session.scalars(select(PlanEvent)).all() == []
    officer.presses("Import this file").follows("See who will be asked").sees("Meena Testnathan")

    # When the wait is over, the family is asked, and reminded
    for _ in range(3):
        clock.advance(days=7)
        the_worker_works()
    first = survey_link(notify, MEENA)

    # Then they answer on a phone, without an account
    parent = at_a_browser()
    parent.opens(first).does_not_see("Meena", "Kavin").presses("Start")
    for answer in ("1", "2", "4", "4", "2", "", "", "We had to chase for weeks.", "contact"):
        parent.presses("Continue", answer=answer)
    parent.sees("Check your answers", "We had to chase for weeks.").presses("Send your feedback").sees("Thank you")
    parent.opens(first).sees("You have already told us")

    # And nobody who has answered hears from us again, while the others are put on the call list
    sent_to_meena = len(notify.messages(to=MEENA))
    while not at_a_browser(bronwen).opens("/staff/calls").links_saying("Open the call"):
        assert london_date(clock.now()).month < 5, "nobody came on to the call list"
        clock.advance(days=7)
        the_worker_works()
    assert len(notify.messages(to=MEENA)) == sent_to_meena
    officer = at_a_browser(bronwen).opens("/staff/calls").follows("Open the call")
    agreed = {f"answer-{measure}": "4" for measure in MEASURES}
    officer.presses("Send their answers", **agreed, **{"answer-contact": "without_name"}).sees("Calls to make")

    # And SEND QA has the case, once, in Monday's share
    clock.advance(days=7)
    the_worker_works()
    the_worker_works()
    qa = at_a_browser(callum).opens("/staff/share").sees("Monday share")
    [case] = {link for link in qa.links_saying("C") if "/staff/cases/C" in link}
    qa.opens(case).sees("We had to chase for weeks.", "Strongly disagree")

    # And families are told
    officer = at_a_browser(bronwen).opens("/staff/you-said-we-did/new")
    officer.presses(
        "Save",
        theme="communication",
        you_said="We have to chase.",
        heard_from="12",
        state="did",
        we_did="One person now rings you.",
    )
    officer.follows("Publish").presses("Publish")
    at_a_browser().opens("/you-said-we-did").sees("We have to chase.", "One person now rings you.")

    # And the figures say what was answered, with n/N, and no name
    analyst = at_a_browser(esther).opens("/staff/figures").sees("/")
    analyst.does_not_see("Testnathan", "Meena", "Kavin")
    at_a_browser(devi).opens("/forum").does_not_see("Testnathan")


def test_joining_the_register_and_only_by_choice_the_forum(
    at_a_browser: AtABrowser,
    notify: RunningStandin,
    the_worker_works: Callable[[], None],
    session: Session,
    bronwen: Staff,
) -> None:
    for name, choice in (("one", {}), ("two", {"joins_forum": "y"})):
        visitor = at_a_browser().opens("/register/join")
        visitor.presses("Join the register", name="Beth Demoyan", email=f"{name}@example.org", **CHILD, **choice)
        the_worker_works()
        [message] = notify.messages(to=f"{name}@example.org")
        link = next(word for word in message.body.split() if "/register/" in word)
        before = counts(session)
        for _ in range(5):
            visitor.opens(link)  # a mail scanner's visits confirm nothing
        assert counts(session) == before
        visitor.presses("Yes, I want to join")
    assert counts(session) == (2, 1)
    at_a_browser(bronwen).opens("/staff/joining").sees("SEND Register", "Parent Carer Forum")


CHILD = {
    "children-0-forename": "Asha",
    "children-0-surname": "Demoyan",
    "children-0-born_on": ["3", "4", "2018"],
}


def counts(session: Session) -> tuple[int, int]:
    """Confirmed registrations, and forum members."""
    session.rollback()
    confirmed = select(Registration).where(Registration.state == RegistrationState.CONFIRMED)
    return len(session.scalars(confirmed).all()), len(session.scalars(select(Membership)).all())
