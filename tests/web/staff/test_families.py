"""Families at their door: found, told, held and let go."""

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from engage.accounts.models import Staff
from engage.accounts.permissions import Role
from engage.campaigns.models import CallOutcome, CloseReason, Invitation, InvitationState, Step
from engage.core.audit import AuditEvent
from engage.notify.models import Attempt, MessageState
from engage.people.models import Capacity, CapacityRecord, Child, Hold, HoldReason, ParentCarer
from engage.plans.models import PlanEvent
from tests import factories
from tests.browser_client import StrictClient
from tests.factories import AT

SignIn = Callable[[StrictClient, Staff], StrictClient]


@pytest.fixture
def officer(client: StrictClient, bronwen: Staff, sign_in: SignIn) -> StrictClient:
    """Bronwen's browser."""
    return sign_in(client, bronwen)


@pytest.fixture
def zain(session: Session, amina: ParentCarer, noise: None) -> Child:
    """Amina's son, among other people's rows."""
    return session.scalars(select(Child).where(Child.forename == "Zain")).one()


@pytest.fixture
def asked(session: Session, amina: ParentCarer, zain: Child) -> Invitation:
    """Amina's invitation, not yet sent."""
    event = session.scalars(select(PlanEvent).join(PlanEvent.plan).where(PlanEvent.plan.has(child_id=zain.id))).one()
    return factories.invitation(session, factories.campaign(session), amina, event)


def find(client: StrictClient, words: str) -> str:
    """The page of what is found."""
    return client.post("/staff/families", data={"words": words}).text


@pytest.mark.parametrize(
    "words",
    ["zain", "Invented", "ZAIN inv", "amina", "Amina@Example.org", "07700 900123", "+44 7700 900123"],
)
def test_a_family_is_found_by_any_of_its_names_or_addresses(officer: StrictClient, zain: Child, words: str) -> None:
    page = find(officer, words)
    assert f"/staff/families/{zain.id}" in page
    assert "1 family found" in page


def test_a_family_is_found_by_the_case_systems_references(
    officer: StrictClient, zain: Child, amina: ParentCarer
) -> None:
    for reference in (zain.source_ref, amina.source_ref.lower()):
        assert f"/staff/families/{zain.id}" in find(officer, reference)


@pytest.mark.parametrize("words", ["zain somebody", "100%", "_", "900123", "'; DROP TABLE person; --"])
def test_what_describes_nobody_finds_nobody(officer: StrictClient, zain: Child, words: str) -> None:
    assert "Nobody found" in find(officer, words)


def test_names_with_letters_that_english_lacks_are_found_in_any_case(officer: StrictClient, session: Session) -> None:
    factories.child(session, forename="Özge", surname="Şahin")
    for words in ("özge", "ÖZGE", "Özge şahin"):
        assert "1 family found" in find(officer, words)


def test_searching_for_nothing_asks_for_something(officer: StrictClient) -> None:
    answer = officer.post("/staff/families", data={"words": "  "})
    assert answer.status_code == 422
    assert "Enter a name, a reference, an email address or a telephone number" in answer.text


def test_no_name_stands_in_an_address(officer: StrictClient, zain: Child) -> None:
    assert "Zain" not in officer.get("/staff/families?words=zain").text
    assert 'method="post"' in officer.get("/staff/families").text


def test_opening_a_family_is_itself_written_down(officer: StrictClient, session: Session, zain: Child) -> None:
    officer.get(f"/staff/families/{zain.id}")
    event = session.scalars(select(AuditEvent).where(AuditEvent.kind == "family.viewed")).one()
    assert (event.subject_kind, event.subject_id) == ("child", str(zain.id))


def test_the_page_says_who_they_are_and_what_comes_next(officer: StrictClient, zain: Child, asked: Invitation) -> None:
    page = officer.get(f"/staff/families/{zain.id}").text
    for words in (
        "Amina Invented",
        "Urdu; needs an interpreter",
        "07700 900123",
        "Invitation by email: Amina Invented",
    ):
        assert words in page


def test_everything_that_was_said_stands_in_the_story_but_no_answer_does(
    officer: StrictClient, session: Session, zain: Child, asked: Invitation, bronwen: Staff
) -> None:
    message = factories.message(session, purpose="campaigns.survey", state=MessageState.UNDELIVERED, claimed_at=AT)
    session.add(Attempt(message_id=message.id, reference="r1", status="permanent-failure", started_at=AT))
    factories.ladder_contact(session, asked, message_id=message.id)
    factories.ladder_contact(session, asked, step=Step.CALL, channel="phone", brought_answer_at=AT)
    factories.call_attempt(
        session, asked, outcome=CallOutcome.LEFT_MESSAGE, called_by=f"staff:{bronwen.id}", note="Ring after six"
    )
    factories.message(
        session, purpose="campaigns.resume_code", person_id=asked.person_id, state=MessageState.DELIVERED, claimed_at=AT
    )
    answer = factories.response(session, asked, answers={"involved": "strongly_disagree"})
    factories.free_text(session, answer, "Nobody told us anything")
    asked.answered_at = AT
    page = officer.get(f"/staff/families/{zain.id}").text
    for words in (
        "this address or number does not exist",
        "permanent-failure",
        "Bronwen Officer rang Amina Invented: a message was left",
        "Ring after six",
        "Amina Invented answered about the plan issued",
        "It came by telephone.",
        "to Amina Invented, who asked for it to see again what they had begun",
    ):
        assert words in page
    for secret in ("strongly", "Nobody told us anything", answer.reference):
        assert secret not in page


def test_why_nobody_is_asked_is_said(officer: StrictClient, session: Session, zain: Child) -> None:
    assert "asking is about to be planned" in officer.get(f"/staff/families/{zain.id}").text
    zain.relationships[0].contact_allowed = False
    page = officer.get(f"/staff/families/{zain.id}").text
    assert "nobody is asked about it" in page
    assert "The case system says they must not be contacted" in page


def test_what_a_message_said_can_be_read_with_its_link_hidden(
    officer: StrictClient, session: Session, zain: Child, asked: Invitation
) -> None:
    message = factories.message(
        session, purpose="campaigns.survey", template="survey_invitation", state=MessageState.DELIVERED
    )
    contact = factories.ladder_contact(session, asked, message_id=message.id)
    path = f"/staff/families/{zain.id}/messages/{contact.id}"
    page = officer.get(path).text
    assert "Hello Amina" in page
    assert "/r/xxxxxxxx" in page
    assert session.scalars(select(AuditEvent).where(AuditEvent.kind == "message.viewed")).one()
    other, _ = factories.family(session)
    assert officer.get(f"/staff/families/{other.id}/messages/{contact.id}").status_code == 404


HOLD = {"reason": "bereavement", "note": "Told by the school", "review_on": ["2", "4", "2026"]}


def test_a_hold_stops_what_was_coming_at_once(
    officer: StrictClient, session: Session, zain: Child, asked: Invitation, bronwen: Staff
) -> None:
    sent = officer.post(f"/staff/families/{zain.id}/hold", data={**HOLD, "whom": str(zain.id)})
    assert sent.location == f"/staff/families/{zain.id}"
    page = officer.get(sent.location).text
    assert "On hold: bereavement." in page
    assert "Nobody is contacted about Zain Invented." in page
    assert "Told by the school" in page
    assert "To be looked at again on 2 April 2026." in page
    assert "Nothing for now to Amina Invented" in page
    hold = session.scalars(select(Hold).where(Hold.person_id == zain.id)).one()
    assert (hold.placed_by, hold.review_on) == (f"staff:{bronwen.id}", date(2026, 4, 2))
    assert "Zain Invented" in officer.get("/staff/holds").text


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"whom": ""}, "Select who must not be contacted"),
        ({"whom": "999999"}, "Not a valid choice"),
        ({"reason": ""}, "Select why"),
        ({"review_on": ["", "", ""]}, "Enter the day on which somebody looks at this again"),
        ({"review_on": ["30", "2", "2026"]}, "Enter a real date, like 27 3 2026"),
        ({"review_on": ["2", "3", "2026"]}, "Enter a day from tomorrow on"),
    ],
)
def test_a_hold_needs_its_answers_and_keeps_what_was_typed(
    officer: StrictClient, session: Session, zain: Child, change: dict[str, object], words: str
) -> None:
    answer = officer.post(f"/staff/families/{zain.id}/hold", data={**HOLD, "whom": str(zain.id), **change})
    assert answer.status_code == 422
    assert words in answer.text
    assert "Told by the school" in answer.text
    assert session.scalars(select(Hold).where(Hold.person_id == zain.id)).all() == []


def test_a_family_that_asked_us_to_stop_needs_no_day_and_its_invitation_ends(
    officer: StrictClient, session: Session, zain: Child, asked: Invitation, amina: ParentCarer
) -> None:
    given = {"whom": str(amina.id), "reason": "opted_out", "note": "", "review_on": ["", "", ""]}
    assert officer.post(f"/staff/families/{zain.id}/hold", data=given).status_code == 302
    session.rollback()
    session.refresh(asked)
    assert (asked.state, asked.close_reason) == (InvitationState.CLOSED, CloseReason.OPTED_OUT)


def test_whoever_placed_a_hold_cannot_lift_it_and_a_colleague_can(
    officer: StrictClient, session: Session, zain: Child, bronwen: Staff, sign_in: SignIn
) -> None:
    hold = factories.hold(session, zain, placed_by=f"staff:{bronwen.id}", reason=HoldReason.SAFEGUARDING)
    path = f"/staff/families/{zain.id}/holds/{hold.id}/lift"
    assert "a second person must lift it" in officer.get(path).text
    refused = officer.post(path)
    assert refused.status_code == 403
    assert "A second person must lift this hold, because you placed it." in refused.text

    gwen = factories.staff(session, "Gwen Colleague", Role.ENGAGEMENT_OFFICER)
    sign_in(officer, gwen)
    assert "can be contacted again" in officer.get(path).text
    assert officer.post(path).location == f"/staff/families/{zain.id}"
    session.rollback()
    session.refresh(hold)
    assert hold.lifted_by == f"staff:{gwen.id}"
    page = officer.get(f"/staff/families/{zain.id}").text
    assert "Hold on Zain Invented lifted: safeguarding" in page
    assert officer.post(path).status_code == 404


def test_a_hold_is_lifted_only_from_its_own_familys_page(officer: StrictClient, session: Session, zain: Child) -> None:
    other, _ = factories.family(session)
    hold = factories.hold(session, other, placed_by="staff:999")
    assert officer.post(f"/staff/families/{zain.id}/holds/{hold.id}/lift").status_code == 404


def test_holds_whose_day_has_come_stand_first(officer: StrictClient, session: Session, zain: Child) -> None:
    factories.hold(session, zain, review_on=AT.date())
    page = officer.get("/staff/holds").text
    rows = page.split('<th scope="row">')
    assert "Zain Invented" in rows[1]
    assert "Due" in rows[1]


def test_a_family_that_is_not_there_is_not_found(officer: StrictClient, amina: ParentCarer) -> None:
    for number in (amina.id, 10**9, 2**70):
        assert officer.get(f"/staff/families/{number}").status_code == 404


def say(officer: StrictClient, path: str, **answers: object) -> int:
    return officer.post(path, data=answers).status_code


def test_a_looked_after_childs_carer_is_asked_once_a_worker_has_said_yes(
    officer: StrictClient, session: Session, amina: ParentCarer, zain: Child, asked: Invitation
) -> None:
    page, path = f"/staff/families/{zain.id}", f"/staff/families/{zain.id}/carers/{amina.id}/check"
    assert officer.get(path).status_code == 409
    zain.looked_after = True
    session.commit()
    assert "a worker must say who may be asked" in officer.get(page).text
    assert zain.full_name in officer.get("/staff/families/to-find-out").text
    assert "1 family needs somebody to find out" in officer.get(f"/staff/campaigns/{asked.campaign_id}").text
    assert "May we ask Amina" in officer.get(path).text
    assert say(officer, path, note="Asked the worker") == 422
    assert say(officer, path, may_ask="yes", note="Asked the worker") == 302
    now_says = officer.get(page).text
    assert "may be asked. “Asked the worker”" in now_says
    assert "a worker must say" not in now_says
    assert "Nobody waits for a check" in officer.get("/staff/families/to-find-out").text
    assert say(officer, path, may_ask="no") == 302
    assert "a worker says that they should not be asked" in officer.get(page).text
    assert officer.get(f"/staff/families/{zain.id}/carers/{zain.id}/check").status_code == 404


def test_what_was_found_about_capacity_stands_on_the_page_and_needs_its_grounds(
    officer: StrictClient, session: Session, zain: Child
) -> None:
    page, path = f"/staff/families/{zain.id}", f"/staff/families/{zain.id}/capacity"
    assert officer.get(path).status_code == 409
    zain.born_on = date(2008, 5, 4)
    session.commit()
    assert "asked about their own plan themselves" in officer.get(page).text
    assert officer.get(path).status_code == 200
    assert say(officer, path, outcome="lacks_capacity", review_on=["1", "1", "2020"]) == 422
    kept = {"outcome": "lacks_capacity", "basis": "His worker met him", "review_on": ["1", "9", "2026"]}
    assert say(officer, path, **kept) == 302
    now_says = officer.get(page).text
    assert "They need a representative: arrange to meet them" in now_says
    assert "“His worker met him” To be looked at again on 1 September 2026." in now_says
    assert say(officer, path, **(kept | {"outcome": "has_capacity"})) == 302
    assert "asked about their own plan themselves" in officer.get(page).text


def test_only_the_newest_finding_is_to_be_looked_at_again_and_only_once_its_day_has_come(
    officer: StrictClient, session: Session, zain: Child
) -> None:
    zain.born_on = date(2008, 5, 4)
    today, list_page = AT.date(), "/staff/families/to-find-out"
    for days, path in ((1, "Nobody waits"), (0, "Look again by")):
        zain.capacity_records.append(
            CapacityRecord(
                outcome=Capacity.HAS_CAPACITY,
                basis="Her worker met her",
                recorded_by="staff:9",
                recorded_at=AT,
                review_on=today + timedelta(days=days),
            )
        )
        session.commit()
        assert path in officer.get(list_page).text
    assert "young people’s capacity" in officer.get("/staff/today").text
    assert f"/staff/families/{zain.id}/capacity" in officer.get(list_page).text
    zain.capacity_records.append(
        CapacityRecord(
            outcome=Capacity.LACKS_CAPACITY,
            basis="Seen again",
            recorded_by="staff:9",
            recorded_at=AT,
            review_on=today + timedelta(days=90),
        )
    )
    session.commit()
    assert "Nobody waits" in officer.get(list_page).text
