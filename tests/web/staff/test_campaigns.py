"""Campaigns at their door: set up, started, watched, paused, ended."""

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from engage.accounts.models import Staff
from engage.campaigns.ladder import LadderSettings
from engage.campaigns.models import Campaign, CampaignState, CloseReason, Invitation, InvitationState, Step
from engage.core.audit import AuditEvent
from engage.people.models import ParentCarer
from engage.plans.models import PlanEvent
from engage.surveys.definition import Audience
from tests import factories
from tests.browser_client import StrictClient
from tests.factories import AT

SignIn = Callable[[StrictClient, Staff], StrictClient]
NEW = {
    "name": "After a new plan",
    "asks": "post_issuance:plan_issued",
    "asks_from": ["1", "2", "2026"],
    "wait_days": "14",
    "reminder_after_days": "7",
    "other_channel_after_days": "14",
    "call_after_days": "21",
    "close_after_days": "35",
    "smallest_gap_days": "3",
    "stale_after_days": "90",
    "opens": "09:00",
    "closes": "19:00",
    "saturdays": "y",
    "letters": "y",
    "skip_school_holidays": "y",
}


@pytest.fixture
def officer(client: StrictClient, bronwen: Staff, sign_in: SignIn) -> StrictClient:
    """Bronwen's browser."""
    return sign_in(client, bronwen)


def only_campaign(session: Session) -> Campaign:
    """The one campaign there is, as it now stands."""
    session.rollback()
    return session.scalars(select(Campaign).execution_options(populate_existing=True)).one()


def test_the_ladder_of_a_mailbox_asks_nothing_of_calls_and_letters_and_keeps_what_it_does_not_ask(
    officer: StrictClient, session: Session
) -> None:
    campaign = factories.campaign(session, survey="setting", audience=Audience.SETTING, ladder={"call_after_days": 30})
    session.commit()
    path = f"/staff/campaigns/{campaign.id}/ladder"
    asked = set(re.findall(r'name="(\w+)"', officer.get(path).text))
    assert not asked & {"other_channel_after_days", "call_after_days", "letters", "joint_letter"}
    typed = {name: value for name, value in NEW.items() if name in asked}
    refused = officer.post(path, data={**typed, "reminder_after_days": "9", "close_after_days": "9"})
    assert refused.status_code == 422
    assert "Each step must come later than the one before it" in refused.text
    assert officer.post(path, data={**typed, "reminder_after_days": "5", "close_after_days": "9"}).status_code == 302
    kept = only_campaign(session).ladder
    assert (kept["reminder_after_days"], kept["close_after_days"], kept["call_after_days"]) == (5, 9, 30)
    assert officer.get(f"/staff/campaigns/{campaign.id}").status_code == 200


def test_the_pages_of_a_campaign_that_asks_settings_speak_of_no_family(officer: StrictClient, session: Session) -> None:
    campaign = factories.campaign(session, survey="setting", audience=Audience.SETTING, state=CampaignState.PAUSED)
    session.commit()
    for page in ("", "/ladder", "/messages", "/go-on", "/end", "/next", "/first"):
        shown = officer.get(f"/staff/campaigns/{campaign.id}{page}").text
        words = shown[shown.index("<main") : shown.index("</main>")].lower()
        assert not re.search("famil(y|ies)[^/-]|parent", words), page


def test_a_campaign_is_set_up_as_a_draft_that_asks_nobody(
    officer: StrictClient, session: Session, amina: ParentCarer
) -> None:
    assert "No campaign yet" in officer.get("/staff/campaigns").text
    sent = officer.post("/staff/campaigns/new", data=NEW)
    campaign = only_campaign(session)
    assert sent.location == f"/staff/campaigns/{campaign.id}"
    assert campaign.state is CampaignState.DRAFT
    assert LadderSettings.model_validate(campaign.ladder) == LadderSettings()
    assert "Nobody is waiting to be asked" in officer.get(sent.location).text
    assert session.scalars(select(Invitation)).all() == []


def test_the_form_starts_with_answers_that_are_safe(officer: StrictClient) -> None:
    page = officer.get("/staff/campaigns/new").text
    for value in (14, 7, 21, 35, 3, 90, 2026):
        assert f'value="{value}"' in page
    assert '<option value="09:00" selected>' in page
    assert '<option value="19:00" selected>' in page


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"name": " "}, "Enter a name"),
        ({"asks": ""}, "Select what you want to ask about"),
        ({"asks": "post_issuance:nonsense"}, "Not a valid choice"),
        ({"asks_from": ["31", "2", "2026"]}, "Enter a real date, like 27 3 2026"),
        ({"asks_from": ["", "", ""]}, "Enter a day"),
        ({"wait_days": "91"}, "Enter a whole number of days from 0 to 90"),
        ({"reminder_after_days": "soon"}, "Enter a whole number of days from 1 to 60"),
        ({"call_after_days": ""}, "Enter a whole number of days from 3 to 120"),
        ({"reminder_after_days": "14"}, "Each step must come later than the one before it"),
        ({"opens": "20:00"}, "Messages must stop later in the day than they start"),
    ],
)
def test_what_cannot_be_used_is_said_and_what_was_typed_is_kept(
    officer: StrictClient, session: Session, change: dict[str, object], words: str
) -> None:
    answer = officer.post("/staff/campaigns/new", data={**NEW, "stale_after_days": "77", **change})
    assert answer.status_code == 422
    assert words in answer.text
    assert "<title>Error: " in answer.text
    assert 'value="77"' in answer.text
    for typed in change.values():
        for text in typed if isinstance(typed, list) else [typed]:
            assert not str(text).strip().isdecimal() or f'value="{text}"' in answer.text
    assert session.scalars(select(Campaign)).all() == []


def test_two_campaigns_cannot_have_one_name(officer: StrictClient, session: Session) -> None:
    factories.campaign(session, name="After a new plan")
    answer = officer.post("/staff/campaigns/new", data=NEW)
    assert answer.status_code == 422
    assert "Enter a name no other campaign has" in answer.text


def test_starting_says_exactly_who_will_be_asked_and_then_plans_them(
    officer: StrictClient, session: Session, amina: ParentCarer
) -> None:
    held = factories.family(session)
    factories.hold(session, held[1])
    factories.plan_event(session, factories.plan(session, held[0]))
    campaign = factories.campaign(session, state=CampaignState.DRAFT)
    path = f"/staff/campaigns/{campaign.id}"
    asked = officer.get(f"{path}/start").text
    assert "1 parent carer will be asked, the first on Monday 2 March 2026." in asked
    assert "1 more is on hold, and must wait." in asked
    assert session.scalars(select(Invitation)).all() == []

    assert officer.post(f"{path}/start").location == path
    assert only_campaign(session).state is CampaignState.RUNNING
    assert session.scalar(select(func.count()).select_from(Invitation)) == 2
    page = officer.get(path).text
    assert "Amina Invented" in page
    assert "Invitation by email" in page
    assert "On hold: another reason not to send" in page


def test_a_campaign_is_paused_goes_on_and_ends_and_each_is_written_down(
    officer: StrictClient, session: Session
) -> None:
    campaign = factories.campaign(session)
    factories.invitation(session, campaign, next_due_at=AT - timedelta(days=1))
    path = f"/staff/campaigns/{campaign.id}"
    officer.post(f"{path}/pause")
    assert only_campaign(session).state is CampaignState.PAUSED
    assert "The campaign is not running" in officer.get(path).text
    assert "1 person is due already, and contacted next." in officer.get(f"{path}/go-on").text
    officer.post(f"{path}/go-on")
    assert (
        "1 person is still being asked. None of them hears from us about this again" in officer.get(f"{path}/end").text
    )
    officer.post(f"{path}/end")
    assert only_campaign(session).state is CampaignState.ENDED
    kinds = session.scalars(
        select(AuditEvent.kind).where(AuditEvent.subject_kind == "campaign").order_by(AuditEvent.id)
    )
    assert list(kinds) == ["campaign.paused", "campaign.resumed", "campaign.ended"]


@pytest.mark.parametrize("act", ["start", "go-on", "pause"])
def test_what_no_longer_fits_the_campaigns_state_is_refused(officer: StrictClient, session: Session, act: str) -> None:
    campaign = factories.campaign(session, state=CampaignState.ENDED)
    assert officer.get(f"/staff/campaigns/{campaign.id}/{act}").status_code == 409
    assert officer.post(f"/staff/campaigns/{campaign.id}/{act}").status_code == 409
    assert officer.get(f"/staff/campaigns/{campaign.id}/ladder").status_code == 409


def test_the_page_says_whether_it_works(officer: StrictClient, session: Session) -> None:
    campaign = factories.campaign(session)
    answered = factories.invitation(session, campaign)
    factories.ladder_contact(session, answered, brought_answer_at=AT)
    factories.response(session, answered)
    answered.answered_at = answered.first_asked_at = AT
    factories.invitation(
        session, campaign, state=InvitationState.CLOSED, close_reason=CloseReason.OPTED_OUT, next_step=None
    )
    page = officer.get(f"/staff/campaigns/{campaign.id}").text
    assert "50% (1/2)" in page
    assert "1 time so far; brought 1 answer." in page
    assert "This week so far" in page
    assert "Asked us to stop" in page


def test_who_is_next_is_paged_and_never_beyond_the_end(officer: StrictClient, session: Session) -> None:
    campaign = factories.campaign(session)
    for days in range(30):
        factories.invitation(session, campaign, next_due_at=AT + timedelta(days=days))
    path = f"/staff/campaigns/{campaign.id}/next"
    first, second = officer.get(path).text, officer.get(f"{path}?page=2").text
    assert "30 people still being asked" in first
    assert first.count('<th scope="row">') == 25
    assert second.count('<th scope="row">') == 5
    assert officer.get(f"{path}?page=99").text.count('<th scope="row">') == 5
    assert officer.get(f"{path}?page=nonsense").text.count('<th scope="row">') == 25


def test_messages_are_shown_as_the_next_person_reads_them_with_what_a_text_costs(
    officer: StrictClient, session: Session, amina: ParentCarer
) -> None:
    campaign = factories.campaign(session)
    path = f"/staff/campaigns/{campaign.id}/messages"
    assert "As a parent carer would read them" in officer.get(path).text
    event = session.scalars(select(PlanEvent)).one()
    factories.invitation(session, campaign, amina, event)
    page = officer.get(path).text
    assert "As Amina Invented, who is next" in page
    assert "Hello Amina" in page
    assert "Text, 1 part" in page
    assert "((" not in page


def test_the_ladder_is_changed_and_its_mistakes_are_said(officer: StrictClient, session: Session) -> None:
    campaign = factories.campaign(session)
    path = f"/staff/campaigns/{campaign.id}/ladder"
    assert 'value="35"' in officer.get(path).text
    ladder = {name: value for name, value in NEW.items() if name not in ("name", "asks", "asks_from")}
    assert officer.post(path, data={**ladder, "close_after_days": "20"}).status_code == 422
    assert officer.post(path, data={**ladder, "close_after_days": "42"}).status_code == 302
    assert LadderSettings.model_validate(only_campaign(session).ladder).day_of(Step.CLOSE) == 42


def test_a_campaign_that_is_not_there_is_not_found(officer: StrictClient) -> None:
    for path in ("", "/next", "/messages", "/ladder", "/start"):
        assert officer.get(f"/staff/campaigns/77{path}").status_code == 404
    assert officer.get("/staff/campaigns/1/destroy").status_code == 404


def test_before_it_starts_everybody_is_shown_with_the_day_the_way_and_what_they_would_read(
    officer: StrictClient, session: Session, amina: ParentCarer
) -> None:
    campaign = factories.campaign(session, state=CampaignState.DRAFT)
    child, parent = factories.family(session)
    event = factories.plan_event(session, factories.plan(session, child))
    factories.hold(session, parent, reason="complaint_or_tribunal")
    session.commit()
    path = f"/staff/campaigns/{campaign.id}/first"
    assert path in officer.get(f"/staff/campaigns/{campaign.id}/start").text
    everybody = officer.get(path).text
    assert amina.full_name in everybody
    assert "By email" in everybody
    assert "A complaint or tribunal is open" in everybody
    reads = officer.get(f"{path}/{event.id}/{parent.id}").text
    assert "You may answer or not, just as you like." in reads
    assert "Reminder" not in reads.partition("<h1")[2]
    assert session.scalars(select(Invitation)).all() == []
    assert officer.get(f"{path}/{event.id}/{amina.id}").status_code == 409


def test_the_page_says_what_the_messages_cost(officer: StrictClient, session: Session) -> None:
    child = factories.child(session)
    parent = factories.parent_carer(session, email=None)
    factories.relationship(session, child, parent)
    event = factories.plan_event(session, factories.plan(session, child))
    asked = factories.invitation(session, person=parent, event=event)
    session.commit()
    page = officer.get(f"/staff/campaigns/{asked.campaign_id}").text
    assert "0 of 10,000 free parts of texts are used since 1 April 2025" in page
    assert "£0.07" in page  # three texts of one part at 2.4 pence


def test_a_campaign_whose_joint_letter_lacks_signatures_says_whose(officer: StrictClient, session: Session) -> None:
    plain = factories.campaign(session)
    joint = factories.campaign(session, name="With the letter", ladder={"joint_letter": True})
    young = factories.campaign(
        session,
        name="Young people",
        audience=Audience.YOUNG_PERSON,
        ladder={"joint_letter": True},
    )
    waits = "The jointly signed letter waits for"
    assert waits in officer.get(f"/staff/campaigns/{joint.id}").text
    for without in (plain, young):
        assert waits not in officer.get(f"/staff/campaigns/{without.id}").text
