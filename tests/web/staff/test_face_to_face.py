"""A family's survey answered face to face: one response, in that mode, by whoever sat with them; and nobody's is written over."""

from collections.abc import Callable

from sqlalchemy import select
from sqlalchemy.orm import Session

from engage.accounts.models import Staff
from engage.campaigns.models import InvitationState
from engage.surveys.equality_models import EqualityAnswers
from engage.surveys.models import Mode
from tests import factories
from tests.browser_client import StrictClient

SignIn = Callable[[StrictClient, Staff], StrictClient]
ANSWERS = {
    f"answer-{name}": "4" for name in ("assessment_positive", "plan_confidence", "involved", "plan_will_help")
} | {"answer-contact": "without_name", "answer-comment": "She wrote this beside me."}


def test_answers_are_kept_in_their_mode_with_whoever_sat_with_them(
    client: StrictClient, bronwen: Staff, sign_in: SignIn, session: Session
) -> None:
    invitation = factories.invitation(session, state=InvitationState.ASKING)
    officer = sign_in(client, bronwen)
    address = f"/staff/families/face-to-face/{invitation.id}"
    assert address in officer.get(f"/staff/families/{invitation.plan_event.plan.child_id}").text
    assert officer.post(address, data=ANSWERS).status_code == 303
    session.expire_all()
    assert invitation.response is not None
    assert (invitation.response.mode, invitation.response.interviewer) == (Mode.FACE_TO_FACE, f"staff:{bronwen.id}")
    assert invitation.state is InvitationState.ANSWERED
    assert "already sent their answers" in officer.get(address).text
    assert officer.post(address, data=ANSWERS).status_code == 409


def test_then_the_person_may_be_asked_about_themselves(
    client: StrictClient, bronwen: Staff, sign_in: SignIn, session: Session
) -> None:
    invitation = factories.invitation(session, state=InvitationState.ASKING)
    another = factories.child(session)
    officer = sign_in(client, bronwen)
    answer = officer.post(f"/staff/families/face-to-face/{invitation.id}", data=ANSWERS)
    assert "Ask a few questions about the person" in officer.get(answer.location).text
    assert "Ask a few questions" not in officer.get(f"/staff/families/{another.id}").text
    said = {"community": ["tamil"], "language": ["ta"], "agreed": "yes"}
    assert officer.post("/staff/about-you", data=said).status_code == 303
    assert session.scalars(select(EqualityAnswers)).one().answers == {"community": ["tamil"], "language": "ta"}
    assert "Ask a few questions" not in officer.get(answer.location).text


def test_what_is_missing_is_named_and_nothing_typed_is_lost(
    client: StrictClient, bronwen: Staff, sign_in: SignIn, session: Session
) -> None:
    invitation = factories.invitation(session, state=InvitationState.ASKING)
    answer = sign_in(client, bronwen).post(
        f"/staff/families/face-to-face/{invitation.id}", data={"answer-comment": "She wrote this beside me."}
    )
    assert answer.status_code == 422
    assert "There is a problem" in answer.text
    assert "She wrote this beside me." in answer.text
    session.expire_all()
    assert invitation.response is None
