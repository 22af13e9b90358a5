"""Cases through SEND QA's door."""

from collections.abc import Callable
from datetime import UTC, date, datetime

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from engage.accounts.models import Staff
from engage.accounts.permissions import GRANTS, Permission, Role
from engage.cases.models import CaseState, DissatisfactionCase
from engage.cases.sharing import share_week
from engage.core.audit import AuditEvent
from engage.core.themes import Theme
from engage.surveys.models import ContactChoice
from tests import factories
from tests.browser_client import StrictClient
from tests.conftest import SettableClock

SignIn = Callable[[StrictClient, Staff], StrictClient]
ANSWERS = {"assessment_positive": "4", "plan_confidence": "1", "involved": "5", "plan_will_help": "4"}


@pytest.fixture
def unhappy(session: Session) -> DissatisfactionCase:
    """A family that was unhappy, wrote a comment, and may be contacted."""
    invitation = factories.invitation(session)
    response = factories.response(
        session, invitation, version=2, answers=ANSWERS | {"contact": "contact"}, contact_choice=ContactChoice.CONTACT
    )
    factories.free_text(session, response, "We waited <months>.")
    return factories.case(session, response, invitation_id=invitation.id, appeal_until=date(2026, 4, 16))


@pytest.fixture
def qa(client: StrictClient, callum: Staff, sign_in: SignIn, unhappy: DissatisfactionCase) -> StrictClient:
    """Callum's browser, with one case to see."""
    return sign_in(client, callum)


def now_in(session: Session, case: DissatisfactionCase) -> DissatisfactionCase:
    session.rollback()
    session.refresh(case)
    session.commit()
    return case


def test_the_page_of_a_case_says_what_was_said_why_and_by_when(qa: StrictClient, unhappy: DissatisfactionCase) -> None:
    page = qa.get(f"/staff/cases/{unhappy.reference}").text
    assert "We waited &lt;months&gt;." in page
    assert "Said the plan does not describe their child" in page
    assert "Sort by" in page
    assert "until 16 April 2026" in page
    assert "Nothing you do here stops or delays an appeal" in page
    assert "Parent" in page  # the family may be contacted, so the page says who they are


def test_a_case_that_may_not_be_contacted_says_nothing_of_who_they_are(qa: StrictClient, session: Session) -> None:
    invitation = factories.invitation(session)
    invitation.person.forename, invitation.person.surname = "Nobodyshould", "Seethis"
    response = factories.response(session, invitation, version=2, answers=ANSWERS)
    case = factories.case(session, response, may_contact=False, state=CaseState.TRIAGED)
    session.commit()

    page = qa.get(f"/staff/cases/{case.reference}").text

    assert "Nobodyshould" not in page
    assert "this case does not say who they are" in page
    assert "Log a contact" not in page
    assert "The family declined" not in page
    assert qa.post(f"/staff/cases/{case.reference}/contact", data=CALL).status_code == 403


def test_a_family_on_hold_is_not_to_be_rung(qa: StrictClient, session: Session, unhappy: DissatisfactionCase) -> None:
    assert unhappy.invitation is not None
    factories.hold(session, unhappy.invitation.person)
    address = unhappy.invitation.person.contact_points[0].value
    session.commit()
    page = qa.get(f"/staff/cases/{unhappy.reference}").text
    assert "on hold. Do not ring or write" in page
    assert address not in page


def test_looking_at_a_case_is_recorded_and_the_lists_are_not(
    qa: StrictClient, session: Session, unhappy: DissatisfactionCase, callum: Staff
) -> None:
    qa.get("/staff/cases")
    qa.get(f"/staff/cases/{unhappy.reference}")
    session.rollback()
    (event,) = session.scalars(select(AuditEvent).where(AuditEvent.kind.like("%viewed"))).all()
    assert (event.kind, event.subject_id, event.by) == ("case.viewed", str(unhappy.id), f"staff:{callum.id}")


SORT = {"triage-kind": "service_request", "triage-theme": "plan"}
CALL = {"contact-how": "phone", "contact-reached": "yes", "contact-what": "We spoke."}


def test_a_case_is_worked_from_new_to_closed(
    qa: StrictClient, session: Session, unhappy: DissatisfactionCase, callum: Staff
) -> None:
    where = f"/staff/cases/{unhappy.reference}"
    steps: list[tuple[str, dict[str, str]]] = [
        ("take", {}),
        ("triage", SORT),
        ("contact", CALL),
        ("action", {"action-text": "Send the plan again by Friday."}),
        ("resolve", {"resolve-text": "They have it."}),
        ("note", {"note-text": "Kind people."}),
        ("close", {"close-text": "They have it.", "close-theme": "communication"}),
    ]
    for step, data in steps:
        answer = qa.post(f"{where}/{step}", data=data)
        assert (answer.status_code, answer.location) == (302, where), step
        qa.get(where)

    case = now_in(session, unhappy)
    assert (case.state, case.theme, case.owner) == ("closed", Theme.COMMUNICATION, f"staff:{callum.id}")
    page = qa.get(where).text
    assert "By phone: spoke with them" in page
    assert "Taken by Callum Quality" in page
    assert "What is promised" in page
    assert "Close by" not in page


@pytest.mark.parametrize(
    ("state", "offered"),
    [
        (CaseState.NEW, {"triage", "escalate", "note"}),
        (CaseState.TRIAGED, {"contact", "escalate", "decline", "close", "note"}),
        (CaseState.CONTACTED, {"contact", "action", "resolve", "escalate", "decline", "note"}),
        (CaseState.RESOLVED, {"contact", "escalate", "close", "note"}),
        (CaseState.DECLINED, {"close", "note"}),
        (CaseState.CLOSED, {"note"}),
    ],
)
def test_only_lawful_steps_are_offered_and_the_others_are_refused(
    qa: StrictClient, session: Session, unhappy: DissatisfactionCase, state: CaseState, offered: set[str]
) -> None:
    unhappy.state = state
    unhappy.closed_at = datetime(2026, 3, 2, tzinfo=UTC) if state is CaseState.CLOSED else None
    session.commit()
    where = f"/staff/cases/{unhappy.reference}"
    page = qa.get(where).text
    data = SORT | CALL | {"close-text": "x", "close-theme": "plan"}
    data |= {f"{step}-text": "Words." for step in ("action", "resolve", "escalate", "decline", "unable", "note")}
    for step in ("triage", "contact", "action", "resolve", "escalate", "decline", "unable", "close", "note"):
        assert (f'action="{where}/{step}"' in page) is (step in offered), step
        if step not in offered:
            assert qa.post(f"{where}/{step}", data=data).status_code == 409, step
    assert qa.post(f"{where}/burn", data=data).status_code == 404


@pytest.mark.parametrize(
    ("state", "step", "data", "words"),
    [
        (CaseState.NEW, "triage", {"triage-text": "Typed already"}, "Select what this is"),
        (CaseState.NEW, "triage", {"triage-kind": "nonsense", "triage-text": "Typed already"}, "Not a valid choice"),
        (CaseState.TRIAGED, "contact", {"contact-what": "Typed already"}, "Select how you tried"),
        (CaseState.TRIAGED, "contact", CALL | {"contact-what": " "}, "Enter what was said"),
        (CaseState.CONTACTED, "action", {}, "Enter what will be done"),
        (CaseState.RESOLVED, "close", {"close-text": "Typed already"}, "Select a theme"),
    ],
)
def test_a_mistake_is_shown_and_what_was_typed_stays(
    qa: StrictClient,
    session: Session,
    unhappy: DissatisfactionCase,
    state: CaseState,
    step: str,
    data: dict[str, str],
    words: str,
) -> None:
    unhappy.state = state
    session.commit()
    answer = qa.post(f"/staff/cases/{unhappy.reference}/{step}", data=data)
    assert answer.status_code == 422
    assert words in answer.text
    assert "<title>Error: " in answer.text
    assert ("Typed already" in answer.text) is ("Typed already" in data.values())
    assert now_in(session, unhappy).state is state


def test_the_lists_hold_their_own_and_say_when_they_are_empty(
    qa: StrictClient, session: Session, unhappy: DissatisfactionCase, clock: SettableClock
) -> None:
    link = f"/staff/cases/{unhappy.reference}"
    where = {"open": True, "new_this_week": True, "mine": False, "overdue": False, "closed": False, "nonsense": True}
    for view, listed in where.items():
        page = qa.get(f"/staff/cases?view={view}").text
        assert (link in page) is listed, view
        assert ("app-empty" in page) is not listed, view
    clock.advance(days=3)
    assert link in qa.get("/staff/cases?view=overdue").text
    qa.post(f"{link}/take")
    assert link in qa.get("/staff/cases").text
    assert link not in qa.get("/staff/cases?view=open&theme=health").text
    assert link in qa.get("/staff/cases?view=open&theme=nonsense&page=0").text


def test_an_unknown_case_is_not_found(qa: StrictClient) -> None:
    assert qa.get("/staff/cases/C0000000").status_code == 404


def test_the_share_is_made_on_monday_and_accepted_once(
    qa: StrictClient, session: Session, unhappy: DissatisfactionCase, clock: SettableClock, callum: Staff
) -> None:
    page = qa.get("/staff/share").text
    assert "has not been made yet" in page
    assert "1 case" in page

    clock.set(datetime(2026, 3, 9, 9, tzinfo=UTC))
    share = share_week(session, now=clock.now())
    session.commit()
    page = qa.get("/staff/share").text
    assert unhappy.reference in page
    assert "Accept this week’s share" in page

    for _ in range(2):
        assert qa.post(f"/staff/share/{share.id}/accept").location == "/staff/share"
    page = qa.get("/staff/share").text
    assert "Accepted by Callum Quality" in page
    assert "Accept this week’s share" not in page
    assert qa.post("/staff/share/99/accept").status_code == 404

    clock.advance(days=7)
    share_week(session, now=clock.now())
    session.commit()
    page = qa.get("/staff/share").text
    assert "No cases this week" in page
    assert unhappy.reference in page


VIEWS = [
    ("GET", "/staff/cases", Permission.SEE_CASES),
    ("GET", "/staff/cases/{case}", Permission.SEE_CASES),
    ("POST", "/staff/cases/{case}/take", Permission.WORK_CASES),
    ("POST", "/staff/cases/{case}/note", Permission.WORK_CASES),
    ("GET", "/staff/share", Permission.SEE_CASES),
    ("POST", "/staff/share/{share}/accept", Permission.ACCEPT_SHARE),
]


@pytest.mark.parametrize("role", Role)
@pytest.mark.parametrize(("method", "path", "permission"), VIEWS)
def test_only_the_permission_opens_the_door(
    client: StrictClient,
    session: Session,
    sign_in: SignIn,
    unhappy: DissatisfactionCase,
    role: Role,
    method: str,
    path: str,
    permission: Permission,
) -> None:
    share = factories.weekly_share(session)
    sign_in(client, factories.staff(session, "Somebody Madeup", role))
    where = path.format(case=unhappy.reference, share=share.id)
    answer = client.open(where, method=method, data={"note-text": "x"} if method == "POST" else None)
    assert (answer.status_code != 403) is (permission in GRANTS[role])


@pytest.mark.parametrize(("method", "path", "_permission"), VIEWS)
def test_a_stranger_is_sent_to_sign_in(
    client: StrictClient, session: Session, unhappy: DissatisfactionCase, method: str, path: str, _permission: object
) -> None:
    session.commit()
    answer = client.open(path.format(case=unhappy.reference, share=1), method=method)
    assert answer.location == "/sign-in"
