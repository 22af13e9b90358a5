"""Letters and messages: read by those who look after them, signed by each organisation's own people, through either door."""

from collections.abc import Callable

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from engage.accounts.models import Staff
from engage.accounts.permissions import Role
from engage.accounts.queries import organisations_signed_for
from engage.notify import signing
from engage.notify.models import MessageChannel
from engage.notify.signing_models import Decision, SignOff
from engage.notify.templates import Template, Templates
from tests import factories
from tests.browser_client import StrictClient

SignIn = Callable[[StrictClient, Staff], StrictClient]
WHERE = "/letters/letter/joint_invitation/en"


@pytest.fixture
def joint(templates: Templates) -> Template:
    return templates.find("joint_invitation", MessageChannel.LETTER, "en")


@pytest.fixture
def iona(session: Session) -> Staff:
    """Iona of the Integrated Care Board."""
    return factories.staff(session, "Iona Board", Role.SIGNATORY, signs_for=["icb"])


@pytest.fixture
def both(session: Session) -> Staff:
    """Rhys, who signs for the council and for Achieving for Children."""
    return factories.staff(session, "Rhys Both", Role.SIGNATORY, signs_for=["afc", "council"])


def words(session: Session) -> list[tuple[str, Decision, str]]:
    session.rollback()
    rows = session.scalars(select(SignOff).order_by(SignOff.id))
    return [(row.organisation, row.decision, row.reason) for row in rows]


def test_every_message_is_listed_and_what_waits_for_signatures_stands_first(
    client: StrictClient, bronwen: Staff, sign_in: SignIn, templates: Templates
) -> None:
    page = sign_in(client, bronwen).get("/staff/letters").text
    for template in templates.all():
        assert f"/staff/letters/{template.channel.value}/{template.name}/{template.language}" in page
    assert "waits for signatures: nothing of it goes to anybody" in page
    assert "No letters go out" in page


def test_every_message_can_be_read_as_its_reader_sees_it(
    client: StrictClient, bronwen: Staff, sign_in: SignIn, templates: Templates
) -> None:
    officer = sign_in(client, bronwen)
    for template in templates.all():
        page = officer.get(f"/staff/letters/{template.channel.value}/{template.name}/{template.language}").text
        assert template.version[:8] in page
        assert f'<div lang="{template.language}" dir=' in page
        assert "((" not in page
        assert "qr:" not in page
    assert officer.get("/staff/letters/letter/nothing/en").status_code == 404
    assert officer.get("/staff/letters/letter/joint_invitation/ta").status_code == 404


def test_an_officer_reads_but_does_not_sign(
    client: StrictClient, bronwen: Staff, sign_in: SignIn, joint: Template
) -> None:
    officer = sign_in(client, bronwen)
    assert "Sign, or object" not in officer.get(f"/staff{WHERE}").text
    answer = officer.post(f"/staff{WHERE}", data={"decision": "sign", "version": joint.version})
    assert answer.status_code == 403


def test_a_signatory_signs_for_their_own_organisation(
    client: StrictClient, iona: Staff, sign_in: SignIn, joint: Template, session: Session
) -> None:
    board = sign_in(client, iona)
    page = board.get(f"/staff{WHERE}").text
    assert "You speak for <strong>NHS South West London Integrated Care Board</strong>" in page
    assert joint.version in page
    answer = board.post(f"/staff{WHERE}", data={"decision": "sign", "version": joint.version})
    assert answer.location == f"/staff{WHERE}"
    assert words(session) == [("icb", Decision.SIGNED, "")]
    page = board.get(f"/staff{WHERE}").text
    assert "It still waits for Kingston Parent Carer Forum, The Royal Borough" in page
    assert "NHS South West London Integrated Care Board signed" in page


@pytest.mark.parametrize("code", ["council", "forum", "guild", ""])
def test_nobody_signs_for_another_organisation(
    client: StrictClient, both: Staff, sign_in: SignIn, joint: Template, session: Session, code: str
) -> None:
    both.signs_for = ["afc", "icb"]
    browser = sign_in(client, both)
    data = {"organisation": code, "decision": "sign", "version": joint.version}
    answer = browser.post(f"/staff{WHERE}", data=data)
    assert answer.status_code == 422
    assert "Select whom you sign for" in answer.text
    assert words(session) == []


def test_who_signs_for_two_says_for_which(
    client: StrictClient, both: Staff, sign_in: SignIn, joint: Template, session: Session
) -> None:
    browser = sign_in(client, both)
    data = {"organisation": "afc", "decision": "sign", "version": joint.version}
    assert browser.post(f"/staff{WHERE}", data=data).status_code == 302
    assert words(session) == [("afc", Decision.SIGNED, "")]


def test_an_objection_needs_a_reason_and_is_seen_by_all(
    client: StrictClient, iona: Staff, bronwen: Staff, sign_in: SignIn, joint: Template, session: Session
) -> None:
    board = sign_in(client, iona)
    refused = board.post(f"/staff{WHERE}", data={"decision": "object", "version": joint.version, "reason": " "})
    assert refused.status_code == 422
    assert "Enter what would have to change" in refused.text
    said = {"decision": "object", "version": joint.version, "reason": "<b>Name our helpline.</b>"}
    assert board.post(f"/staff{WHERE}", data=said).status_code == 302
    page = sign_in(client, bronwen).get(f"/staff{WHERE}").text
    assert "&lt;b&gt;Name our helpline.&lt;/b&gt;" in page
    assert "has an objection" in client.get("/staff/letters").text
    assert signing.not_signed(session, joint) == list(joint.signatories)


def test_words_that_changed_meanwhile_are_not_signed(
    client: StrictClient, iona: Staff, sign_in: SignIn, session: Session
) -> None:
    board = sign_in(client, iona)
    assert board.post(f"/staff{WHERE}", data={"decision": "sign", "version": "0" * 64}).status_code == 409
    assert board.post(f"/staff{WHERE}", data={"decision": "sign"}).status_code == 409
    assert words(session) == []


def test_a_message_that_names_nobody_cannot_be_signed(client: StrictClient, iona: Staff, sign_in: SignIn) -> None:
    board = sign_in(client, iona)
    answer = board.post("/staff/letters/letter/survey_invitation/en", data={"decision": "sign", "version": ""})
    assert answer.status_code == 422


def test_the_forum_signs_through_its_own_door(
    client: StrictClient, devi: Staff, sign_in: SignIn, joint: Template, session: Session
) -> None:
    forum = sign_in(client, devi)
    assert f"/forum{WHERE}" in forum.get("/forum/letters").text
    assert "You speak for <strong>Kingston Parent Carer Forum</strong>" in forum.get(f"/forum{WHERE}").text
    said = {"decision": "object", "version": joint.version, "reason": "Too long.", "organisation": "council"}
    assert forum.post(f"/forum{WHERE}", data=said).location == f"/forum{WHERE}"
    said = {"decision": "sign", "version": joint.version}
    assert forum.post(f"/forum{WHERE}", data=said).location == f"/forum{WHERE}"
    assert words(session) == [("forum", Decision.OBJECTED, "Too long."), ("forum", Decision.SIGNED, "")]


def test_the_forum_reads_no_letter_that_does_not_name_it(client: StrictClient, devi: Staff, sign_in: SignIn) -> None:
    forum = sign_in(client, devi)
    assert forum.get("/forum/letters/letter/survey_invitation/en").status_code == 404
    assert forum.get("/staff/letters").status_code == 403


@pytest.mark.parametrize(
    ("roles", "signs_for", "may"),
    [
        ([Role.SIGNATORY], ["icb"], ["icb"]),
        ([Role.SIGNATORY], ["icb", "forum"], ["icb"]),
        ([Role.SIGNATORY], [], []),
        ([Role.ENGAGEMENT_OFFICER], ["council"], []),
        ([Role.ENGAGEMENT_OFFICER, Role.SIGNATORY], ["council"], ["council"]),
        ([Role.FORUM_STEERING_GROUP], [], ["forum"]),
        ([Role.FORUM_STEERING_GROUP], ["council"], ["forum"]),
        ([Role.ADMINISTRATOR], ["council"], []),
    ],
)
def test_who_may_sign_for_whom(roles: list[Role], signs_for: list[str], may: list[str]) -> None:
    assert organisations_signed_for(Staff(roles=[role.value for role in roles], signs_for=signs_for)) == may


@pytest.mark.parametrize(
    ("roles", "signs_for", "said"),
    [
        (["signatory"], [], "Select whom this signatory signs for"),
        (["analyst"], ["icb"], "Only a signatory signs letters"),
        (["signatory"], ["icb", "afc"], None),
    ],
)
def test_an_administrator_says_who_signs_for_whom(
    client: StrictClient,
    administrator: Staff,
    esther: Staff,
    sign_in: SignIn,
    session: Session,
    roles: list[str],
    signs_for: list[str],
    said: str | None,
) -> None:
    browser, number = sign_in(client, administrator), esther.id
    answer = browser.post(f"/staff/people/{number}", data={"roles": roles, "signs_for": signs_for})
    session.rollback()
    kept = session.get_one(Staff, number, populate_existing=True).signs_for
    if said:
        assert answer.status_code == 422
        assert said in answer.text
        assert kept == []
    else:
        assert answer.status_code == 302
        assert kept == sorted(signs_for)
        assert "signs for Achieving for Children and NHS South West London" in browser.get("/staff/people").text
