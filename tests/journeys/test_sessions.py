"""Children who are met: alone, in a group, with a changed mind, with a drawing, and with something worrying to say."""

import io
from collections.abc import Callable

from PIL import Image
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from engage.accounts.models import Staff
from engage.accounts.permissions import Role
from engage.activities.session_models import ChildVoice, Drawing, ExpectedChild, FacilitatedSession
from engage.cases.models import DissatisfactionCase
from engage.core.audit import AuditEvent
from engage.people.models import HoldReason
from engage.surveys.models import FreeText, Mode, Response
from tests import factories
from tests.journeys.person import Person

AtABrowser = Callable[..., Person]


def photograph(kind: str = "JPEG") -> io.BytesIO:
    """A photograph that tells where it was taken."""
    exif = Image.Exif()
    exif[0x010E] = "taken at 1 Madeup Road"
    file = io.BytesIO()
    Image.new("RGB", (320, 200), "purple").save(file, kind, exif=exif)
    file.seek(0)
    return file


def plans_a_session(person: Person, kind: str) -> Person:
    """Somebody plans a session at a school."""
    person.opens("/staff/sessions").follows("Plan a session")
    return person.presses(
        "Plan it", kind=kind, held_on=["2", "3", "2026"], place="Madeup School", also_there=["teacher"]
    )


def says_yes(person: Person) -> None:
    """A parent has agreed, and so does the child, by choosing the symbol."""
    person.presses("Continue", permission="parent").sees("do you want to?")
    person.presses("Continue", assent="yes", shown="symbol")


def answers_faces(person: Person, *faces: str) -> Person:
    """A child points at one face after another."""
    for face in faces:
        person.presses("Continue", answer=face)
    return person


def count(session: Session, kind: type) -> int:
    """How many rows there are of a kind."""
    session.rollback()
    return session.scalar(select(func.count()).select_from(kind)) or 0


def test_a_child_alone_says_what_they_think_and_only_what_they_said_is_an_answer(
    at_a_browser: AtABrowser, bronwen: Staff, callum: Staff, session: Session
) -> None:
    # Given a child on whom a hold stands, which the facilitator sees before anything else
    child = factories.child(session, forename="Zain", surname="Invented")
    factories.hold(session, child, reason=HoldReason.BEREAVEMENT)
    session.commit()
    adult = plans_a_session(at_a_browser(bronwen), "one_child")
    adult.follows("Look up a child").presses("Look up", words="Invented").presses("I expect Zain")
    adult.sees("Zain Invented is on hold: bereavement.").follows("Back").sees("Zain Invented is on hold: bereavement.")

    # When the child says yes, points at faces, says a few words, shows a drawing, and lets us know who they are
    says_yes(adult.follows("Start with a child").sees("on whose word may you ask?"))
    adult.sees("1 of 3", "Good", "OK", "Not good", "Stop").does_not_see("Campaigns", "Calls")
    answers_faces(adult, "good", "not_good")
    adult.presses("Leave this one out")
    adult.sees("What the child said", "What I saw (not their answer)")
    adult.presses("Continue", **{"said-said": "I want a swing.", "observed": "Smiled a lot."})
    adult.sees("never the child").presses("Keep this drawing", file=(photograph(), "swing.jpg"))
    adult.follows("Continue").sees("Ask the child").presses("Continue", who=str(child.id))
    adult.sees("I want a swing.", "Left out", "Smiled a lot.").presses("Yes, keep it").sees("1 child heard")

    # Then what was said is a response like any other, and what was seen is none of it
    session.rollback()
    voice = session.scalars(select(ChildVoice)).one()
    assert voice.response.answers == {"help_i_get": "good", "listened_to": "not_good"}
    assert [text.text for text in voice.response.texts] == ["I want a swing."]
    assert (voice.response.mode, voice.response.interviewer) == (Mode.FACE_TO_FACE, f"staff:{bronwen.id}")
    assert (voice.observed, voice.child_id) == ("Smiled a lot.", child.id)
    drawing = session.scalars(select(Drawing)).one()
    kept = Image.open(io.BytesIO(drawing.content))
    assert (kept.format, kept.size, dict(kept.getexif())) == ("JPEG", (320, 200), {})
    assert b"Madeup" not in drawing.content

    # And a person reads their words; and once the session is over nobody is expected any more
    at_a_browser(callum).opens("/staff/reading").sees("I want a swing.").does_not_see("Smiled a lot.")
    adult = at_a_browser(bronwen).opens(f"/staff/sessions/{voice.session_id}").follows("The session is over")
    adult.presses("The session is over").sees("Done")
    assert count(session, ExpectedChild) == 0


def test_a_group_by_number_and_together_by_counting(at_a_browser: AtABrowser, bronwen: Staff, session: Session) -> None:
    adult = plans_a_session(at_a_browser(bronwen), "group")
    for number in (1, 2):
        says_yes(adult.follows("Start with a child").sees(f"Child {number}"))
        answers_faces(adult, "good", "ok", "good").presses("Continue").follows("Continue").presses("Yes, keep it")
    adult.follows("Start with a child").presses("Continue", permission="parent").presses("Continue", assent="no").sees(
        "1 did not want to"
    )
    adult.follows("Count the group together")
    counted = {"count-help_i_get-good": "3", "count-help_i_get-not_good": "1", "count-my_plan-ok": "4"}
    adult.presses("Keep it", size="4", did_not_want="2", **counted, **{"said-said": "More trips\nLess noise"})
    adult.sees("6 children heard", "3 did not want to")
    session.rollback()
    meeting = session.scalars(select(FacilitatedSession)).one()
    assert meeting.group_counts["help_i_get"] == {"good": 3, "not_good": 1}
    assert [voice.child_id for voice in meeting.voices] == [None, None]
    assert meeting.group_response is not None
    assert meeting.group_response.answers == {}, "counts are no answer of anybody"


def test_more_faces_than_children_are_refused_and_nothing_typed_is_lost(
    at_a_browser: AtABrowser, bronwen: Staff, session: Session
) -> None:
    adult = plans_a_session(at_a_browser(bronwen), "group").follows("Count the group together")
    answer = adult.client.post(
        adult.url.replace("http://localhost", ""),
        data={"size": "2", "count-help_i_get-good": "3", "said-said": "More trips", "observed": ""},
    )
    assert answer.status_code == 422
    assert "These numbers come to more than the children in the group" in answer.text
    assert "More trips" in answer.text
    assert count(session, Response) == 0


def test_a_child_who_changes_their_mind_leaves_only_a_number(
    at_a_browser: AtABrowser, bronwen: Staff, session: Session
) -> None:
    adult = plans_a_session(at_a_browser(bronwen), "one_child")
    says_yes(adult.follows("Start with a child"))
    answers_faces(adult, "good", "good", "not_good")
    adult.presses("Continue", **{"said-said": "Please do not tell.", "observed": "Looked away."})
    adult.presses("Keep this drawing", file=(photograph("PNG"), "me.png"))
    assert (count(session, FreeText), count(session, Drawing)) == (1, 1)
    adult.follows("Stop").sees("You can stop. That is fine.").presses("Delete all of it")
    adult.sees("Nothing of what they said or drew is left", "1 did not want to")
    for kind in (ChildVoice, Response, FreeText, Drawing):
        assert count(session, kind) == 0, kind
    # The audit knows that somebody began and said no, and neither which child nor what
    said = [event.detail for event in session.scalars(select(AuditEvent).where(AuditEvent.kind == "session.said_no"))]
    assert said == [{}]
    adult.follows("Start with a child").sees("Child 2")  # a number is never given twice


def test_a_child_may_change_their_mind_after_they_had_finished(
    at_a_browser: AtABrowser, bronwen: Staff, session: Session
) -> None:
    adult = plans_a_session(at_a_browser(bronwen), "one_child")
    says_yes(adult.follows("Start with a child"))
    answers_faces(adult, "good").follows("Stop").presses("Stop and keep it").sees("let us keep it")
    adult.follows("The session is over").presses("The session is over")
    adult.follows("Child 1").follows("Stop").presses("Delete all of it").sees("1 did not want to")
    assert count(session, Response) == 0


def test_a_file_that_lies_about_its_type_is_refused_with_a_clear_error(
    at_a_browser: AtABrowser, bronwen: Staff, session: Session
) -> None:
    adult = plans_a_session(at_a_browser(bronwen), "group")
    meeting = session.scalars(select(FacilitatedSession.id)).one()
    for name, content, wrong in (
        ("drawing.png", b"<svg onload=alert(1)></svg>", "This file is not what its name says"),
        ("drawing.png", photograph().getvalue(), "This file is not what its name says"),
        ("drawing.svg", b"<svg onload=alert(1)></svg>", "Choose a photograph or scan as JPEG, PNG or WebP"),
        ("drawing.jpg", photograph().getvalue()[:500], "This picture cannot be read"),
        ("drawing.jpg", b"", "Choose a file"),
    ):
        answer = adult.client.post(
            f"/staff/sessions/{meeting}/drawings",
            data={"file": (io.BytesIO(content), name)},
        )
        assert answer.status_code == 422, name
        assert wrong in answer.text, name
    assert count(session, Drawing) == 0


def test_a_drawing_is_shown_to_those_who_meet_children_and_to_nobody_else(
    at_a_browser: AtABrowser, bronwen: Staff, callum: Staff, esther: Staff, session: Session
) -> None:
    facilitator = factories.staff(session, "Gita Facilitator", Role.FACILITATOR)
    voice = factories.child_voice(session)
    address = f"/staff/sessions/drawings/{factories.drawing(session, voice).name}.jpg"
    for staff in (bronwen, facilitator):
        answer = at_a_browser(staff).client.get(address)
        assert (answer.status_code, answer.mimetype) == (200, "image/jpeg")
        assert answer.headers["Cache-Control"] == "no-store"
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert "sandbox" in answer.headers["Content-Security-Policy"]
    for staff in (callum, esther):
        assert at_a_browser(staff).client.get(address).status_code == 403
    assert at_a_browser().client.get(address).status_code == 302


def test_something_worrying_opens_an_urgent_case_that_outlives_a_changed_mind(
    at_a_browser: AtABrowser, bronwen: Staff, callum: Staff, session: Session
) -> None:
    adult = plans_a_session(at_a_browser(bronwen), "one_child")
    says_yes(adult.follows("Start with a child"))
    adult.follows("This needs somebody today").sees("020 7946 0101", "999", "promise no secret")
    adult.presses("Open an urgent case", worry="Said that nobody gives him food. I rang at 10.").sees("Have you rung?")
    adult.follows("Child 1").follows("Stop").presses("Delete all of it")
    session.rollback()
    case = session.scalars(select(DissatisfactionCase)).one()
    assert case.urgent
    assert (case.response.answers, case.response.texts) == ({}, [])
    at_a_browser(callum).opens(f"/staff/cases/{case.reference}").sees("Said that nobody gives him food.")


def test_words_that_may_mean_harm_open_a_case_and_lead_straight_to_the_number_to_ring(
    at_a_browser: AtABrowser, bronwen: Staff, session: Session
) -> None:
    adult = plans_a_session(at_a_browser(bronwen), "one_child")
    says_yes(adult.follows("Start with a child"))
    answers_faces(adult, "not_good", "not_good", "not_good")
    adult.presses("Continue", **{"said-said": "He hits me."}).follows("Continue").presses("Yes, keep it")
    adult.sees("This needs somebody today", "020 7946 0101")
    assert count(session, DissatisfactionCase) == 1


def test_who_may_not_see_families_finds_a_child_only_by_the_whole_reference(
    at_a_browser: AtABrowser, session: Session
) -> None:
    facilitator = factories.staff(session, "Gita Facilitator", Role.FACILITATOR)
    child = factories.child(session, forename="Zain", surname="Invented")
    adult = plans_a_session(at_a_browser(facilitator), "one_child").follows("Look up a child")
    adult.presses("Look up", words="Invented").sees("Nobody found")
    adult.presses("Look up", words=child.source_ref).sees("Zain Invented")
