"""Every published survey in every way it may be answered, through the door that people really use, to a counted answer.

The ways are those that the surveys name themselves: a new survey, or a new way, without a journey fails here.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from itertools import product
from urllib.parse import urlsplit

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from engage.accounts.models import Staff
from engage.campaigns.models import Invitation, Step
from engage.core.config import PROJECT, Settings
from engage.insight.sheets import MODE_LABELS
from engage.notify.templates import Templates
from engage.people.models import Child, MailboxKind, ParentCarer, RoleMailbox
from engage.plans.models import PlanEventKind
from engage.surveys.definition import Audience, Mode, Survey
from engage.surveys.formats import Format
from engage.surveys.loader import Catalogue, load
from engage.surveys.models import Response
from engage.surveys.to_translate import for_families
from tests import factories
from tests.browser_client import StrictClient
from tests.conftest import SettableClock
from tests.journeys.person import Person
from tests.journeys.test_every_instrument import an_answer
from tests.journeys.test_sessions import answers_faces, plans_a_session, says_yes
from tests.web.respond.family import Asked, ask

AtABrowser = Callable[..., Person]
CODE = re.compile(r"[A-Z2-9]{3}-[A-Z2-9]{3}-[A-Z2-9]{4}")
ONCE = re.compile(r'name="once" value="(\w+)"')


@dataclass
class Area:
    """The people and the place of one journey."""

    survey: Survey
    session: Session
    settings: Settings
    clock: SettableClock
    client: StrictClient
    officer: Callable[[], Person]
    stranger: Callable[[], Person]

    @property
    def language(self) -> str:
        """Families read Arabic here, and people at work English."""
        return "ar" if for_families(self.survey) else "en"

    @property
    def said_in(self) -> str:
        """As an address says the language and Easy Read; what a survey does not have is not taken up."""
        return f"?lang={self.language}&format=easy_read"

    @property
    def given(self) -> dict[str, str]:
        """An answer to each question, as a page with all of them sends it."""
        return {f"answer-{one.id}": an_answer(one) for one in self.survey.questions}


Kept = tuple[str, Format]
"""The language and the format that the answer must have."""
Journey = Callable[[Area], Kept]
ENGLISH: Kept = ("en", Format.STANDARD)


def asked_by_name(area: Area) -> Asked:
    """Somebody who is being asked after a plan event: a parent carer, a young person, or a mailbox."""
    session, audience = area.session, area.survey.audience
    born = date(2007, 5, 5) if audience is Audience.YOUNG_PERSON else date(2016, 4, 1)
    child = factories.child(session, forename="Zain", surname="Invented", born_on=born, setting_urn="100001")
    kind = PlanEventKind(area.survey.about[0])
    event = factories.plan_event(session, factories.plan(session, child), kind=kind)
    campaign = factories.campaign(session, survey=area.survey.code, audience=audience, event_kind=kind)
    person: Child | ParentCarer | RoleMailbox = child
    if audience is Audience.PARENT_CARER:
        person = parent = factories.parent_carer(session)
        factories.relationship(session, child, parent)
    elif audience.is_at_work:
        serves = MailboxKind.SETTING if audience is Audience.SETTING else MailboxKind.HEALTH
        person = factories.role_mailbox(session, serves=serves, urn="100001", is_default=True)
    asked = ask(session, area.settings, person, event, campaign_=campaign, version=None, next_step=Step.CLOSE)
    factories.ladder_contact(session, asked.invitation, step=Step.CALL, channel="phone")
    session.commit()
    return asked


def answers_page_by_page(area: Area, where: str) -> None:
    """From the first question to the press of Send, each form sent to the address of its own page."""
    for _ in area.survey.questions:
        if "/question/" not in where:
            break
        question = area.survey.question(where.split("/question/")[1].split("?")[0])
        assert question is not None
        where = area.client.post(where, data={"answer": an_answer(question)}, csrf=False).location
    assert "/check" in where
    assert area.client.get(where).status_code == 200
    area.clock.advance(minutes=2)
    sent = area.client.post(where.replace("/check", "/send"), csrf=False)
    assert area.client.get(sent.location).status_code == 200


def easy(area: Area, catalogue: Catalogue) -> Format:
    return Format.EASY_READ if catalogue.easy_read(area.survey) else Format.STANDARD


def by_their_own_link(area: Area) -> Kept:
    asked = asked_by_name(area)
    area.stranger().opens(asked.url)
    begun = area.client.post(f"{asked.url}/start{area.said_in}", csrf=False)
    answers_page_by_page(area, begun.location)
    return area.language, easy(area, PUBLISHED)


def by_the_link_of_a_mailbox(area: Area) -> Kept:
    case = area.stranger().opens(asked_by_name(area).url).does_not_see("Zain", "Z.I.").presses("Start").sees("Z.I.")
    answers_page_by_page(area, urlsplit(case.presses("Start").url).path)
    return ENGLISH


def by_an_open_link(area: Area) -> Kept:
    slug = factories.open_link(area.session, survey=area.survey.code).slug
    area.session.commit()
    area.stranger()
    once = ONCE.search(area.client.get(f"/s/{slug}{area.said_in}").text)
    assert once is not None
    begun = area.client.post(f"/s/{slug}/start{area.said_in}", data={"once": once[1]}, csrf=False)
    answers_page_by_page(area, area.client.get(begun.location).location)
    return area.language, easy(area, PUBLISHED)


def on_the_phone(area: Area) -> Kept:
    area.officer().opens(asked_by_name(area).call_url).presses("Send their answers", **area.given)
    return ENGLISH


def face_to_face_with_a_family(area: Area) -> Kept:
    child_id = asked_by_name(area).invitation.plan_event.plan.child_id
    page = area.officer().opens(f"/staff/families/{child_id}").follows("face to face")
    page.presses("Send their answers", **area.given)
    return ENGLISH


def in_a_booklet_with_a_code(area: Area) -> Kept:
    child_id = asked_by_name(area).invitation.plan_event.plan.child_id
    officer = area.officer().opens(f"/staff/families/{child_id}/booklets")
    officer.presses("Make it", language=area.language, format=easy(area, PUBLISHED).value)
    code = CODE.search(area.client.get(officer.url).text)
    assert code is not None
    officer.opens("/staff/booklets").presses("Open it", code=code[0])
    officer.presses("Send these answers", **area.given).sees("are in")
    return area.language, easy(area, PUBLISHED)


def in_a_blank_booklet(area: Area) -> Kept:
    chosen = f"survey={area.survey.code}&language={area.language}&format=large_print"
    area.officer().opens(f"/staff/booklets/blank?{chosen}").does_not_see("Code")
    page = area.officer().opens(f"/staff/booklets/blank/answers?{chosen}")
    page.presses("Send these answers", **area.given).sees("The answers are in")
    return area.language, Format.LARGE_PRINT


def on_the_phone_after_an_open_link(area: Area) -> Kept:
    return _told(area, "Take answers by phone")


def face_to_face_by_an_open_link(area: Area) -> Kept:
    return _told(area, "Take answers face to face")


def _told(area: Area, button: str) -> Kept:
    link = factories.open_link(area.session, survey=area.survey.code, name="Spring")
    page = area.officer().opens(f"/staff/open-links/{link.id}").follows(button)
    page.presses("Send their answers", **area.given).sees("Their answers are kept")
    return ENGLISH


def on_a_slip_at_an_activity(area: Area) -> Kept:
    activity = factories.activity(area.session, survey=area.survey.code)
    page = area.officer().opens(f"/staff/activities/{activity.id}").follows("Ask somebody face to face")
    page.presses("Continue", **area.given).sees("1 slip in")
    return ENGLISH


def in_passing(area: Area) -> Kept:
    page = area.officer().opens("/staff/activities/remarks/new")
    page.presses("Keep it", heard_on=["2", "3", "2026"], **area.given).sees("1 remark")
    return ENGLISH


def by_pointing_at_faces(area: Area) -> Kept:
    adult = plans_a_session(area.officer(), "group").follows("Start with a child")
    says_yes(adult)
    faces = [one.options[0].code for one in area.survey.questions if one.is_coded]
    answers_faces(adult, *faces).presses("Continue").follows("Continue").presses("Yes, keep it")
    adult.sees("1 child heard")
    return ENGLISH


ASKED_BY_NAME: Mapping[Mode, Journey] = {
    Mode.LINK: by_their_own_link,
    Mode.PHONE: on_the_phone,
    Mode.PAPER: in_a_booklet_with_a_code,
    Mode.FACE_TO_FACE: face_to_face_with_a_family,
}
AT_A_MAILBOX: Mapping[Mode, Journey] = {Mode.LINK: by_the_link_of_a_mailbox, Mode.PHONE: on_the_phone}
JOURNEYS: Mapping[Audience, Mapping[Mode, Journey]] = {
    Audience.PARENT_CARER: ASKED_BY_NAME,
    Audience.YOUNG_PERSON: ASKED_BY_NAME,
    Audience.SETTING: AT_A_MAILBOX,
    Audience.HEALTH_PROFESSIONAL: AT_A_MAILBOX,
    Audience.ANYONE: {
        Mode.LINK: by_an_open_link,
        Mode.PHONE: on_the_phone_after_an_open_link,
        Mode.PAPER: in_a_blank_booklet,
        Mode.FACE_TO_FACE: face_to_face_by_an_open_link,
    },
    Audience.ATTENDEE: {
        Mode.LINK: by_an_open_link,
        Mode.PAPER: in_a_blank_booklet,
        Mode.FACE_TO_FACE: on_a_slip_at_an_activity,
    },
    Audience.CHILD: {Mode.FACE_TO_FACE: by_pointing_at_faces},
}
OF_THEIR_OWN: Mapping[tuple[str, Mode], Journey] = {("remark", Mode.FACE_TO_FACE): in_passing}
"""Surveys that nobody is asked: what they hold comes by a page of their own."""
UNCOUNTED = frozenset({"remark"})
"""What was said in passing is nobody's answer to a survey, and stands in no figure; it is listed instead."""

PUBLISHED = load(PROJECT / "surveys")
IN_USE = [PUBLISHED.current(code) for code in sorted({code for code, _ in PUBLISHED.published})]
WAYS = [(survey, mode) for survey, mode in product(IN_USE, Mode) if mode in survey.modes]


@pytest.fixture(autouse=True)
def arabic(monkeypatch: pytest.MonkeyPatch) -> None:
    """Families may read Arabic, wherever its translators stand."""
    monkeypatch.setattr(Templates, "offered", lambda _self: ("en", "ar"))


@pytest.mark.parametrize(("survey", "mode"), WAYS, ids=[f"{survey.code}-{mode}" for survey, mode in WAYS])
def test_it_is_answered_in_this_way_and_counted(
    at_a_browser: AtABrowser,
    client: StrictClient,
    session: Session,
    settings: Settings,
    clock: SettableClock,
    bronwen: Staff,
    callum: Staff,
    survey: Survey,
    mode: Mode,
) -> None:
    journey = OF_THEIR_OWN.get((survey.code, mode)) or JOURNEYS[survey.audience].get(mode)
    assert journey is not None, f"nobody has tried whether {survey.code} can be answered by {mode}"
    officer = lambda: at_a_browser(bronwen)  # noqa: E731 - she sits down when it is her turn
    language, in_format = journey(Area(survey, session, settings, clock, client, officer, at_a_browser))

    session.rollback()
    kept = session.scalars(select(Response).where(Response.submitted_at.is_not(None))).one()
    assert (kept.survey, kept.version, kept.mode) == (survey.code, survey.version, mode)
    assert (kept.language, kept.format) == (language, in_format)
    assert kept.is_open is (survey.audience is Audience.ANYONE or "open link" in journey.__name__.replace("_", " "))
    assert bool(session.scalars(select(Invitation)).all()) is survey.audience.is_known
    if survey.audience is Audience.CHILD:
        at_a_browser(callum).opens("/staff/figures/children").sees("1/1").does_not_see("No child has been met yet")
    elif survey.code not in UNCOUNTED:
        figures = at_a_browser(callum).opens(f"/staff/figures?survey={survey.code}").sees("1/1")
        figures.sees(MODE_LABELS[mode] if survey.audience.is_known else "counted apart")


def test_professionals_are_asked_neither_on_paper_nor_face_to_face() -> None:
    at_work = [survey for survey in IN_USE if survey.audience.is_at_work]
    assert {survey.code: set(survey.modes) for survey in at_work} == {
        code: {Mode.LINK, Mode.PHONE} for code in ("setting", "health_professional")
    }
