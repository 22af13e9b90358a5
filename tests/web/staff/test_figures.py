"""Figures, being heard and releases in the browser: who sees how much, and that nobody sees a name."""

import csv
import io
from collections.abc import Callable
from datetime import UTC, date, datetime

import pytest
from sqlalchemy.orm import Session

from engage.accounts.models import Staff
from engage.campaigns.models import InvitationState
from engage.insight.models import Release
from tests import factories
from tests.browser_client import StrictClient

SignIn = Callable[[StrictClient, Staff], StrictClient]
ETHNICITIES = ("WBRI", "WEEU", "ASLT", "BAFR")


@pytest.fixture
def a_year(session: Session) -> None:
    """Twenty plans issued in Q3 2025/26, each another family's; fifteen answered, twelve of them glad."""
    campaign = factories.campaign(session, asks_from=date(2025, 4, 1))
    for number in range(20):
        child = factories.child(session, forename="Zain", surname="Invented", ethnicity=ETHNICITIES[number % 4])
        parent = factories.parent_carer(session, forename="Amina", surname="Invented")
        factories.relationship(session, child, parent)
        event = factories.plan_event(session, factories.plan(session, child, started_on=date(2025, 11, 3)))
        invitation = factories.invitation(session, campaign, parent, event, state=InvitationState.CLOSED)
        if number < 15:
            factories.response(
                session,
                invitation,
                version=2,
                cohort_quarter=date(2025, 10, 1),
                answers={"assessment_positive": "4" if number < 12 else "1"},
            )
            invitation.answered_at = datetime(2026, 2, 10, tzinfo=UTC)
    session.commit()


PAGES = ("/staff/figures", "/staff/being-heard", "/staff/figures.csv?year=2025", "/staff/figures.json?year=2025")


def test_whoever_may_read_answers_sees_every_number(
    client: StrictClient, sign_in: SignIn, callum: Staff, a_year: None
) -> None:
    page = sign_in(client, callum).get("/staff/figures").text
    assert "12/15" in page
    assert "80%" in page
    assert "15/20" in page
    assert "AAPOR RR2" in page
    assert "Do not pass this page on" in page
    assert "Answers by week" in page


def test_the_analyst_sees_small_numbers_withheld_and_no_week_by_week(
    client: StrictClient, sign_in: SignIn, esther: Staff, a_year: None
) -> None:
    page = sign_in(client, esther).get("/staff/figures").text
    assert "12/15" not in page
    assert "[c]/15" in page
    assert "withheld so that nobody can be recognised" in page
    assert "Answers by week" not in page


@pytest.mark.parametrize("address", PAGES)
def test_no_name_is_on_any_page_or_in_any_file(
    client: StrictClient, sign_in: SignIn, esther: Staff, a_year: None, address: str
) -> None:
    text = sign_in(client, esther).get(address).text
    for name in ("Zain", "Amina", "Invented", "example.org/", "@example.org"):
        assert name not in text.replace(esther.email, "")


def test_downloads_follow_the_same_rules_as_the_page(
    client: StrictClient, sign_in: SignIn, esther: Staff, callum: Staff, a_year: None
) -> None:
    def shares(staff: Staff) -> list[str]:
        answer = sign_in(client, staff).get("/staff/figures.csv?survey=post_issuance&year=2025")
        assert "attachment" in answer.headers["Content-Disposition"]
        rows = list(csv.reader(io.StringIO(answer.text.removeprefix("\ufeff"))))
        return [row[2] for row in rows if row[:2] == ["The EHC assessment process has been positive", "Q3 2025/26"]]

    assert shares(esther) == ["[c]"]
    assert shares(callum) == ["12"]
    document = sign_in(client, callum).get("/staff/figures.json?survey=post_issuance&year=2025").get_json()
    assert [table["audience"] for table in document["tables"]] == ["internal"] * 3


@pytest.mark.parametrize(
    ("address", "status"),
    [
        ("/staff/figures?survey=nothing", 404),
        ("/staff/figures.csv?year=no", 422),
        ("/staff/figures.csv?year=1999", 404),
        ("/staff/figures?year=1999", 200),
        ("/staff/being-heard?minority=nothing", 200),
    ],
)
def test_a_mistyped_address_gets_a_plain_answer(
    client: StrictClient, sign_in: SignIn, callum: Staff, a_year: None, address: str, status: int
) -> None:
    assert sign_in(client, callum).get(address).status_code == status


@pytest.mark.parametrize("address", ["/staff/figures", "/staff/being-heard"])
def test_before_anybody_was_asked_the_pages_say_what_will_appear(
    client: StrictClient, sign_in: SignIn, callum: Staff, address: str
) -> None:
    assert "appear" in sign_in(client, callum).get(address).text


def test_being_heard_gives_a_verdict_in_words_under_either_definition(
    client: StrictClient, sign_in: SignIn, callum: Staff, a_year: None
) -> None:
    seen = sign_in(client, callum)
    page = seen.get("/staff/being-heard").text
    assert "Minority ethnic (not White British)" in page
    assert "Minority ethnic (non-White)" not in page
    assert "no evidence of difference" in page
    assert "Cannot tell" in page
    assert "Nobody has asked yet" in page
    assert "Tamil families" in page
    other = seen.get("/staff/being-heard?minority=non-White").text
    assert "Minority ethnic (non-White)" in other
    assert "Minority ethnic (not White British)" not in other


def test_the_forum_sees_nothing_until_somebody_releases_and_then_only_that(
    client: StrictClient, sign_in: SignIn, session: Session, bronwen: Staff, devi: Staff, a_year: None
) -> None:
    assert "No figures have been released yet" in sign_in(client, devi).get("/forum/figures").text
    officer = sign_in(client, bronwen)
    asked = officer.get("/staff/figures/release?survey=post_issuance").text
    assert "cannot be taken back" in asked
    assert "Release 2025/26 up to Q3?" in asked
    assert officer.post("/staff/figures/release?survey=post_issuance").status_code == 302
    page = sign_in(client, devi).get("/forum/figures").text
    assert "2025/26 up to Q3, released 2 March 2026" in page
    assert "[c]/15" in page
    assert "12/15" not in page
    assert session.query(Release).one().released_by == f"staff:{bronwen.id}"


def test_a_second_press_releases_nothing_again(
    client: StrictClient, sign_in: SignIn, bronwen: Staff, a_year: None
) -> None:
    officer = sign_in(client, bronwen)
    officer.post("/staff/figures/release?survey=post_issuance")
    assert officer.post("/staff/figures/release?survey=post_issuance").status_code == 409
    assert "Nothing to release now" in officer.get("/staff/figures/release?survey=post_issuance").text


def test_who_may_release_and_who_may_not(
    client: StrictClient, sign_in: SignIn, esther: Staff, callum: Staff, devi: Staff, a_year: None
) -> None:
    assert sign_in(client, esther).get("/staff/figures/release").status_code == 200
    for staff in (callum, devi):
        assert sign_in(client, staff).get("/staff/figures/release").status_code == 403
        assert client.post("/staff/figures/release?survey=post_issuance").status_code == 403


def test_the_forum_cannot_open_the_council_s_figures(client: StrictClient, sign_in: SignIn, devi: Staff) -> None:
    seen = sign_in(client, devi)
    for address in PAGES:
        assert seen.get(address).status_code == 403
