"""The lists of mailboxes as staff keep them: by hand, from a spreadsheet, and what each lacks."""

import io
from collections.abc import Callable

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from engage.accounts.models import Staff
from engage.accounts.permissions import Role
from engage.people.contactability import standing_hold
from engage.people.models import ContactState, MailboxKind, RoleMailbox
from engage.surveys.definition import Audience
from tests import factories
from tests.browser_client import StrictClient

SIGN_IN = Callable[[StrictClient, Staff], StrictClient]
NEW = {"serves": "setting", "name": "Greenfield School", "urn": "100001", "email": "senco@greenfield.example.org"}


@pytest.fixture
def officer(client: StrictClient, sign_in: SIGN_IN, bronwen: Staff) -> StrictClient:
    return sign_in(client, bronwen)


def only(session: Session) -> RoleMailbox:
    session.expire_all()
    return session.scalars(select(RoleMailbox)).one()


def bring_in(client: StrictClient, text: str, serves: str = "setting", name: str = "list.csv") -> tuple[int, str]:
    file = (io.BytesIO(text.encode()), name)
    answer = client.post("/staff/mailboxes/import", data={"serves": serves, "file": file})
    return answer.status_code, answer.text


def test_a_mailbox_is_added_changed_and_listed(officer: StrictClient, session: Session) -> None:
    assert officer.post("/staff/mailboxes/add", data=NEW).status_code == 302
    kept = only(session)
    assert (kept.serves, kept.name, kept.urn, kept.full_name) == (
        MailboxKind.SETTING,
        "Greenfield School",
        "100001",
        "Greenfield School",
    )
    assert "senco@greenfield.example.org" in officer.get("/staff/mailboxes").text
    changed = NEW | {"email": "office@greenfield.example.org"}
    assert officer.post(f"/staff/mailboxes/{kept.id}", data=changed).status_code == 302
    states = {point.value: point.state for point in only(session).contact_points}
    assert states == {
        "senco@greenfield.example.org": ContactState.REPLACED,
        "office@greenfield.example.org": ContactState.USABLE,
    }


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"email": "jo@gmail.com"}, "somebody&#39;s own address"),
        ({"urn": "12"}, "six digits"),
        ({"name": ""}, "Enter the name"),
    ],
)
def test_a_mistake_stands_beside_its_field(officer: StrictClient, given: dict[str, str], said: str) -> None:
    answer = officer.post("/staff/mailboxes/add", data=NEW | given)
    assert answer.status_code == 422
    assert said in answer.text


def test_a_list_is_taken_in_as_a_whole_and_again_changes_only_what_is_new(
    officer: StrictClient, session: Session
) -> None:
    text = "School,URN,Mailbox\nGreenfield School,100001,senco@greenfield.example.org\nHilltop,,office@hilltop.example.org\n"
    assert bring_in(officer, text)[0] == 302
    assert "2 added, 0 changed, 0 as they were" in officer.get("/staff/mailboxes").text
    again = text.replace("office@hilltop", "senco@hilltop") + "Lakeside,100003,senco@lakeside.example.org\n"
    assert bring_in(officer, again)[0] == 302
    assert "1 added, 1 changed, 1 as they were" in officer.get("/staff/mailboxes").text
    assert len(session.scalars(select(RoleMailbox)).all()) == 3


def test_every_mistake_of_a_list_is_named_by_row_and_column_and_nothing_is_taken_in(
    officer: StrictClient, session: Session
) -> None:
    text = (
        "name,urn,email\nGreenfield School,100001,senco@greenfield.example.org\n"
        "Hilltop,12,office@hilltop.example.org\nLakeside,,jo@gmail.com\n,100004,a@b.example.org\n"
        "Greenfield Again,100001,x@greenfield.example.org\n"
    )
    status, page = bring_in(officer, text)
    assert status == 422
    for said in (
        "Row 3",
        "six digits",
        "Row 4",
        "public mail service",
        "Row 5",
        "The name is blank",
        "the same as row 2",
    ):
        assert said in page
    assert session.scalars(select(RoleMailbox)).all() == []


@pytest.mark.parametrize(
    ("text", "name", "said"),
    [
        ("who,where\na,b\n", "list.csv", "No column is headed name or email"),
        ("", "list.csv", "This file is empty"),
        ("name,email\n", "list.csv", "headings but no rows"),
        ("name,email\na,b@c.example.org\n", "list.pdf", "Engage reads files that end in"),
    ],
)
def test_what_is_no_list_says_so(officer: StrictClient, text: str, name: str, said: str) -> None:
    status, page = bring_in(officer, text, name=name)
    assert status == 422
    assert said in page


def test_health_services_come_with_their_needs_and_one_default(officer: StrictClient, session: Session) -> None:
    text = "service,email,needs,default\nDCO,dco@nhs.example.org,,yes\nSpeech,slt@nhs.example.org,SLCN HI,\n"
    assert bring_in(officer, text, serves="health_professional")[0] == 302
    kept = session.scalars(select(RoleMailbox).order_by(RoleMailbox.id)).all()
    assert [(one.name, one.sen_needs, one.is_default) for one in kept] == [
        ("DCO", [], True),
        ("Speech", ["SLCN", "HI"], False),
    ]
    status, page = bring_in(officer, text.replace("SLCN HI", "NOPE"), serves="health_professional")
    assert (status, "NOPE" in page) == (422, True)


def test_a_mailbox_is_stopped_and_a_second_person_lets_it_hear_again(
    officer: StrictClient, session: Session, sign_in: SIGN_IN
) -> None:
    officer.post("/staff/mailboxes/add", data=NEW)
    path = f"/staff/mailboxes/{only(session).id}"
    assert officer.post(f"{path}/stop").status_code == 302
    assert "Stopped by us" in officer.get(path).text
    assert officer.post(f"{path}/use-again").status_code == 403
    other = factories.staff(session, "Second Officer", Role.ENGAGEMENT_OFFICER)
    sign_in(officer, other)
    assert officer.post(f"{path}/use-again").status_code == 302
    assert standing_hold(only(session).holds) is None


def test_the_page_says_who_cannot_be_asked(officer: StrictClient, session: Session) -> None:
    factories.campaign(session, survey="setting", audience=Audience.SETTING)
    child = factories.child(session, setting_name="Hilltop School", setting_urn="100002")
    factories.plan_event(session, factories.plan(session, child))
    page = officer.get("/staff/mailboxes").text
    assert "Hilltop School (URN 100002)" in page
    assert "1 plan or review" in page


def test_a_campaign_for_settings_shows_who_is_first_and_what_they_read(officer: StrictClient, session: Session) -> None:
    officer.post("/staff/mailboxes/add", data=NEW)
    campaign = factories.campaign(session, survey="setting", audience=Audience.SETTING)
    child = factories.child(session, setting_name="x", setting_urn="100001", forename="Secretname")
    event = factories.plan_event(session, factories.plan(session, child))
    session.commit()
    path = f"/staff/campaigns/{campaign.id}"
    assert "Greenfield School" in officer.get(f"{path}/first").text
    shown = officer.get(f"{path}/first/{event.id}/{only(session).id}").text
    assert "SEN co-ordinator" in shown
    assert "Secretname" not in shown
    for page in ("", "/messages", "/next", "/ladder"):
        assert officer.get(f"{path}{page}").status_code == 200
