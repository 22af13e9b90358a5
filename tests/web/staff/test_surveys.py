"""Surveys of staff: every version, previews that store nothing, bringing one in, publishing and retiring it."""

import io
import re
from collections.abc import Callable

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from engage.accounts.models import Staff
from engage.campaigns.models import CampaignState, InvitationState
from engage.core.audit import AuditEvent
from engage.core.config import PROJECT
from engage.jobs.wiring import House
from engage.surveys.models import Response, SurveyVersion, VersionState
from tests import factories
from tests.browser_client import StrictClient

V3 = (PROJECT / "surveys" / "post_issuance" / "v3.yaml").read_text()
V4 = V3.replace("version: 3", "version: 4").replace(
    "statement: Is there anything you want to tell us?", "statement: What else do you want to tell us?"
)
OURS = """
survey: coffee_morning
version: 1
title: Tell us about the coffee morning
topic: the coffee morning
audience: attendee
modes: [link]
minutes: 1
intro: [Thank you for coming.]
questions:
  - id: liked
    kind: scale
    core: true
    measure: liked
    tracked: How good or poor was the coffee morning?
    hint: Think of all of it.
    scale: good_or_poor
"""
UPLOAD = "/staff/surveys/upload"


@pytest.fixture
def admin(
    client: StrictClient, administrator: Staff, sign_in: Callable[[StrictClient, Staff], StrictClient]
) -> StrictClient:
    return sign_in(client, administrator)


def bring_in(admin: StrictClient, text: str, measures: str = "") -> int:
    return admin.post(UPLOAD, data={"survey": text, "measures": measures}).status_code


def test_every_version_is_listed_with_its_state_its_users_and_its_answers(
    admin: StrictClient, session: Session
) -> None:
    campaign = factories.campaign(session, name="After a new plan", state=CampaignState.RUNNING)
    factories.case(session)
    session.commit()
    page = admin.get("/staff/surveys").text
    assert "post_issuance" in page
    assert campaign.name in page
    for who in ("For parent carers", "For children", "For education settings", "For health professionals"):
        assert who in page
    assert page.count("in use") >= 12


def test_a_version_shows_what_it_asks_and_gives_its_words_back(admin: StrictClient) -> None:
    page = admin.get("/staff/surveys/setting/1").text
    assert "Confident in the assessment process and the quality of final EHC plans" in page
    kept = admin.get("/staff/surveys/post_issuance/3/survey.yaml")
    assert kept.text == V3
    assert "post_issuance-v3.yaml" in kept.headers["Content-Disposition"]
    assert "baseline" in admin.get("/staff/surveys/post_issuance/3/measures.yaml").text


@pytest.mark.parametrize("code", ["post_issuance", "young_person", "child_plan", "event", "setting", "sen_support"])
def test_every_page_can_be_read_in_every_language_and_format_and_nothing_is_stored(
    admin: StrictClient, session: Session, house: House, code: str
) -> None:
    survey = house.catalogue.current(code)
    for page in ["start", *(question.id for question in survey.questions), "check", "thank-you"]:
        for asked in ("", "?lang=ar", "?lang=ur&format=large_print", "?format=easy_read"):
            shown = admin.get(f"/staff/surveys/{code}/{survey.version}/preview/{page}{asked}")
            assert shown.status_code == 200
            assert "Nothing is stored" in shown.text
            assert 'method="post"' not in shown.text
            assert "/r/preview" not in shown.text
    assert 'dir="rtl"' in admin.get(f"/staff/surveys/{code}/{survey.version}/preview/start?lang=ar").text
    assert session.scalar(select(func.count()).select_from(Response)) == 0


def test_the_buttons_of_a_preview_lead_through_it(admin: StrictClient) -> None:
    page = admin.get("/staff/surveys/post_issuance/3/preview/start").text
    assert 'action="/staff/surveys/post_issuance/3/preview/assessment_positive"' in page
    assert admin.get("/staff/surveys/post_issuance/3/preview/nowhere").status_code == 404


def test_a_version_brought_in_is_a_draft_that_nobody_is_asked_with(
    admin: StrictClient, session: Session, house: House
) -> None:
    assert bring_in(admin, V4) == 302
    page = admin.get("/staff/surveys/post_issuance/4").text
    assert "Draft" in page
    assert house.catalogue.current("post_issuance").version == 3
    assert admin.get("/staff/surveys/post_issuance/4/preview/comment").status_code == 200
    assert admin.get("/staff/surveys/post_issuance/4/survey.yaml").text == V4
    assert session.scalars(select(AuditEvent.kind).where(AuditEvent.subject_kind == "survey")).all() == [
        "survey.uploaded"
    ]


def test_what_nobody_has_translated_is_marked_as_english_where_answers_are_checked(admin: StrictClient) -> None:
    bring_in(admin, V4)
    page = admin.get("/staff/surveys/post_issuance/4/preview/check?lang=ar").text
    assert '<span lang="en" dir="ltr">What else do you want to tell us?</span>' in page
    assert page.count('<span lang="ar" dir="rtl">') > 4


def test_a_changed_wording_of_a_measure_must_be_decided_on(admin: StrictClient) -> None:
    page = admin.post(
        UPLOAD,
        data={
            "survey": V4.replace("version: 4", "version: 5").replace(
                "tracked: The EHC assessment process has been positive", "tracked: The process was positive"
            ),
            "measures": "",
        },
    )
    assert page.status_code == 422
    assert "Add a crosswalk" in page.text


def test_every_mistake_is_named_with_its_line_and_nothing_typed_is_lost(admin: StrictClient, session: Session) -> None:
    spoiled = V4.replace("scale: good_or_poor", "scale: good_or_bad_or", 1).replace(
        "about: [plan_issued]", "about: [x]"
    )
    page = admin.post(UPLOAD, data={"survey": spoiled, "measures": "survey: other\nmeasures: {}\n"})
    assert page.status_code == 422
    line = spoiled[: spoiled.index("good_or_bad_or")].count("\n") + 1
    assert f"line {line}" in page.text
    assert "There is no scale &#34;good_or_bad_or&#34;" in page.text
    assert "No event is called &#34;x&#34;" in page.text
    assert "scale: good_or_bad_or" in page.text
    assert "survey: other" in page.text
    assert session.scalar(select(func.count()).select_from(SurveyVersion)) == 0


SAYS_NOTHING = OURS.replace("    tracked: How good or poor was the coffee morning?\n", "")


@pytest.mark.parametrize(
    "text", ["", "[" * 90_000, "a: *b", "survey: [", "\0", "- 1", "x" * 300_000, "survey: ‮x", "&a [*a]", SAYS_NOTHING]
)
def test_whatever_is_sent_is_answered_calmly(admin: StrictClient, text: str) -> None:
    assert bring_in(admin, text) in (413, 422)
    assert bring_in(admin, V4, text) in (302, 413, 422)


@pytest.mark.parametrize("code", ["..", "x%22%3B%20filename=%22x.exe", "x%0D%0ASet-Cookie: a=b", "nowhere"])
@pytest.mark.parametrize("part", ["survey", "measures"])
def test_no_address_leads_to_another_file_or_into_the_name_of_one(admin: StrictClient, code: str, part: str) -> None:
    assert admin.get(f"/staff/surveys/{code}/3/{part}.yaml").status_code == 404


@pytest.mark.parametrize("version", ["9" * 5_000, "²", "-1", "7"])
def test_there_is_no_version_to_start_from_but_those_that_are_here(admin: StrictClient, version: str) -> None:
    assert admin.get(f"{UPLOAD}?survey=post_issuance&version={version}").status_code == 404
    assert admin.get(f"{UPLOAD}?survey=../x&version=3").status_code == 404


def test_a_file_takes_the_place_of_what_was_typed(admin: StrictClient) -> None:
    sent = {"survey": "", "measures": "", "file": (io.BytesIO(V4.encode()), "v4.yaml")}
    assert admin.post(UPLOAD, data=sent, content_type="multipart/form-data").status_code == 302


def test_a_version_that_is_here_keeps_its_number_and_its_words(admin: StrictClient) -> None:
    page = admin.post(UPLOAD, data={"survey": V3, "measures": ""})
    assert page.status_code == 422
    assert "Make it version 4" in page.text
    begun = admin.get(f"{UPLOAD}?survey=post_issuance&version=3").text
    assert "version: 4" in begun


def test_publishing_says_what_changes_and_for_whom_and_then_does_it(
    admin: StrictClient, session: Session, house: House
) -> None:
    campaign = factories.campaign(session, name="After a new plan")
    factories.invitation(session, campaign, state=InvitationState.PLANNED, version=None)
    session.commit()
    bring_in(admin, V4)
    page = admin.get("/staff/surveys/post_issuance/4/publish").text
    assert "“Is there anything you want to tell us?” becomes “What else do you want to tell us?”" in page
    assert "1 person planned and not yet asked will be asked with it" in page
    assert admin.post("/staff/surveys/post_issuance/4/publish").status_code == 302
    admin.get("/staff/surveys")
    assert house.catalogue.current("post_issuance").version == 4
    assert bring_in(admin, V4.replace("minutes: 2", "minutes: 3")) == 422


def test_another_process_knows_of_it_without_a_restart(admin: StrictClient, house: House) -> None:
    other = House(house.settings, house.database, house.clock, house.shelf.files, house.templates)
    bring_in(admin, V4)
    admin.post("/staff/surveys/post_issuance/4/publish")
    other.follow_surveys()
    assert other.catalogue.current("post_issuance").version == 4


def test_a_survey_of_a_councils_own_needs_no_measures_file(admin: StrictClient, house: House) -> None:
    assert bring_in(admin, OURS) == 302
    assert admin.post("/staff/surveys/coffee_morning/1/publish").status_code == 302
    admin.get("/staff/surveys")
    assert house.catalogue.measures("coffee_morning")["liked"].name == "How good or poor was the coffee morning?"


def test_a_retired_version_asks_nobody_new_and_can_come_back(admin: StrictClient, house: House) -> None:
    assert "Version 2 is then the one in use" in admin.get("/staff/surveys/post_issuance/3/retire").text
    assert admin.post("/staff/surveys/post_issuance/3/retire").status_code == 302
    admin.get("/staff/surveys")
    assert house.catalogue.current("post_issuance").version == 2
    assert house.catalogue.get("post_issuance", 3).version == 3
    assert admin.post("/staff/surveys/post_issuance/3/publish").status_code == 302
    admin.get("/staff/surveys")
    assert house.catalogue.current("post_issuance").version == 3


def test_the_only_version_of_a_survey_in_use_is_not_retired(admin: StrictClient, session: Session) -> None:
    factories.campaign(session, survey="setting", name="Ask the settings", state=CampaignState.RUNNING)
    session.commit()
    page = admin.get("/staff/surveys/setting/1/retire")
    assert page.status_code == 409
    assert "Ask the settings" in page.text


def test_a_draft_can_be_sent_again_until_it_is_published(admin: StrictClient, session: Session) -> None:
    bring_in(admin, V4)
    assert bring_in(admin, V4.replace("minutes: 2", "minutes: 3")) == 302
    row = session.scalars(select(SurveyVersion)).one()
    assert (row.state, row.revision) == (VersionState.DRAFT, 2)
    assert re.search("minutes: 3", row.yaml or "")
