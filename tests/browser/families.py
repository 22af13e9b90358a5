"""Families, and everybody else who comes without signing in, in each state that a page shows in its own way."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import Any, NamedTuple
from urllib.parse import urlencode

import pytest
from flask import Flask, Response, request
from sqlalchemy.orm import Session

from engage.app import create_app
from engage.campaigns.models import CloseReason, InvitationState
from engage.core.audit import SYSTEM
from engage.core.config import Settings
from engage.core.db import Database
from engage.core.tokens import digest
from engage.demonstration.run import SetClock
from engage.jobs.wiring import House, open_house
from engage.notify.models import MessageState
from engage.notify.templates import Templates
from engage.people.models import ParentCarer, Person
from engage.plans.models import PlanEventKind
from engage.register.models import RegistrationState
from engage.surveys.definition import Audience, Mode, Question, Survey
from engage.surveys.formats import Format
from engage.surveys.to_translate import for_families
from engage.web.respond.passes import cookie_name
from engage.you_said_we_did.models import CommitmentState, Impact, PublicationState
from engage.you_said_we_did.services import TranslatedWords, translate
from tests import factories
from tests.browser.routes import is_of_families, pages
from tests.browser_client import StrictClient
from tests.conftest import MONDAY, make_settings
from tests.serving import serving
from tests.web.respond.family import Asked, ask, post

ONCE = re.compile(r'name="once" value="(\w+)"')
UNKNOWN = "a" * 26
LONG_WORD = "\u0b85" * 120
"""In the letters of Tamil, so that it counts as English on no page."""
WORDS = f"{LONG_WORD}\n\n\u202e\u0646\u06a9\u0644\u0627"
TOO_LONG = "\u0b85" * 40_000
LANGUAGES = ("en", "ar", "ta")
EVERY_FORMAT = tuple(Format)
IN_BRIEF = (Format.STANDARD, Format.EASY_READ)


@dataclass(frozen=True)
class Place:
    """One page, as somebody comes to it."""

    path: str
    formats: Sequence[Format] = (Format.STANDARD,)
    sends: Mapping[str, str] | None = None
    """What is typed there, for a page that only a form leads to."""
    is_at_work: bool = False
    """Whether people at work read it, who are asked in English alone."""
    is_alike: bool = False
    """Whether other pages are drawn as it is, so that only its own words can do anything wrong."""

    def address(self, language: str, in_format: Format = Format.STANDARD) -> str:
        """Where it is in a language and a format."""
        said = {"lang": language} | ({"format": in_format.value} if in_format is not Format.STANDARD else {})
        return f"{self.path}{'&' if '?' in self.path else '?'}{urlencode(said)}"


class Cookie(NamedTuple):
    """What lets a browser see the pages of one link."""

    name: str
    value: str
    path: str


@dataclass(frozen=True)
class Families:
    """The web service they come to, and every page that they meet there."""

    url: str
    app: Flask
    house: House
    places: Sequence[Place]
    cookies: Sequence[Cookie]
    shown: set[str] = field(default_factory=set)
    """The routes of families that have shown a page by now, and not only led on to another."""

    def another_link(self) -> str:
        """The path of a link into a survey that nobody has begun."""
        with Session(self.house.database.engine) as session:
            return ask(session, self.house.settings, version=self.house.catalogue.current("post_issuance").version).url

    @property
    def never_shown(self) -> set[str]:
        """The routes of families that show pages, and of which none was seen."""
        every = {rule.rule for rule in pages(self.app) if is_of_families(rule) and not _only_leads_on(rule.endpoint)}
        return every - self.shown


def _only_leads_on(endpoint: str) -> bool:
    """Whether a route never shows a page of its own: an address that only a form leads to, and the way back in."""
    return endpoint.endswith((".not_by_looking", "visit.resume"))


@contextmanager
def opened(database: Database) -> Iterator[Families]:
    """Fill an empty database with them, and serve their pages in English, Arabic and Tamil."""
    house = replace(open_house(make_settings(database_url=database.url)), clock=SetClock(MONDAY))
    app = create_app(house=house)
    shown: set[str] = set()

    def note(response: Response) -> Response:
        if request.url_rule is not None and response.mimetype == "text/html" and response.status_code not in (302, 303):
            shown.add(request.url_rule.rule)
        return response

    app.after_request(note)
    with Session(house.database.engine) as session:
        street = Street(app, house, session)
        places = [place for part in street.parts() for place in part]
        session.commit()
    shown.clear()
    try:
        with serving(app) as url, pytest.MonkeyPatch.context() as patch:
            patch.setattr(Templates, "offered", lambda _self: LANGUAGES)  # wherever their translators stand
            yield Families(url, app, house, places, street.cookies, shown)
    finally:
        house.database.dispose()


def an_answer(question: Question) -> str:
    """The first that can be chosen, or words that no page may let run out of it."""
    return question.options[0].code if question.is_coded else WORDS


def link_to(survey: Survey, session: Session, settings: Settings) -> str:
    """The path of a fresh link into a survey."""
    if not survey.audience.is_known:
        path = f"/s/{factories.open_link(session, survey=survey.code).slug}"
        session.commit()
        return path
    child, parent = factories.family(session)
    person: Person = parent
    if survey.audience is Audience.YOUNG_PERSON:
        person, child.born_on = child, date(2007, 5, 5)
    elif survey.audience.is_at_work:
        person = factories.role_mailbox(session)
    kind = PlanEventKind(survey.about[0])
    event = factories.plan_event(session, factories.plan(session, child), kind=kind)
    campaign = factories.campaign(session, survey=survey.code, audience=survey.audience, event_kind=kind)
    return ask(session, settings, person, event, campaign_=campaign, version=survey.version).url


class Street:
    """Where they live: each part of it is the pages of some of them."""

    def __init__(self, app: Flask, house: House, session: Session) -> None:
        self.app, self.house, self.session, self.settings = app, house, session, house.settings
        assert isinstance(house.clock, SetClock)
        self.clock = house.clock
        self.client = StrictClient(app, app.response_class, before=session.commit)
        """The browser whose cookies the others are given."""
        self.another = StrictClient(app, app.response_class, before=session.commit)
        self.cookies: list[Cookie] = []

    def parts(self) -> Iterable[list[Place]]:
        """Every page of every one of them."""
        factories.question_video(self.session)
        factories.question_video(self.session, question="involved")
        self.survey = self.house.catalogue.current("post_issuance")
        yield self.asked_by_nobody()
        yield self.you_said_we_did()
        yield self.register()
        yield self.not_begun()
        yield self.begun()
        yield self.sent()
        yield self.ended()
        yield self.asked_about_several()
        yield self.coming_back()
        for audience in (Audience.SETTING, Audience.HEALTH_PROFESSIONAL):
            yield self.at_work(audience)
        yield self.open_links()
        yield self.by_an_open_link()
        yield self.every_question()

    # anybody

    def asked_by_nobody(self) -> list[Place]:
        whole = [rule.rule for rule in pages(self.app) if is_of_families(rule) and not rule.arguments]
        return [
            *map(Place, whole),
            Place("/nowhere"),
            Place("/booklet", sends={"code": "ABC"}),
            Place("/register/join", sends={}),
            Place("/register/join", sends={"another": "yes"}),
            Place("/register/join", sends={"csrf_token": "of another day"}),
        ]

    def you_said_we_did(self) -> list[Place]:
        values: dict[str, Any] = {"publication": PublicationState.PUBLISHED, "published_at": MONDAY}
        translated = factories.commitment(self.session, **values, impact=Impact.SEEN, impact_note="It is shorter.")
        for language, words in (("ar", "\u0645\u0643\u062a\u0648\u0628"), ("ta", LONG_WORD)):
            said = TranslatedWords(you_said=words, we_did=words, impact_note=words)
            translate(self.session, translated, language, said, reviewed=True, by=SYSTEM, now=MONDAY)
        because = {"because": "There is no money for it.", "we_did": "", "theme": "communication"}
        factories.commitment(self.session, **values, state=CommitmentState.COULD_NOT, **because)
        factories.commitment(self.session, **values, state=CommitmentState.DOING, due_on=date(2026, 9, 1), year=2025)
        return [Place(f"/you-said-we-did?{asked}") for asked in ("theme=communication", "theme=plan&year=2025")]

    def register(self) -> list[Place]:
        for letter, given in (
            ("b", {"state": RegistrationState.PENDING}),
            ("c", {}),
            ("d", {"state": RegistrationState.PENDING, "expires_at": MONDAY - timedelta(days=1)}),
        ):
            factories.registration(self.session, digest=digest(letter * 26), **given)
        waiting, confirmed, old = (f"/register/link/{letter * 26}" for letter in "bcd")
        return [Place(path) for path in (waiting, confirmed, f"{confirmed}/leave", old, f"/register/link/{UNKNOWN}")]

    # families with a link of their own

    def ask(self, person: ParentCarer | None = None, **given: Any) -> Asked:
        return ask(self.session, self.settings, person, version=self.survey.version, **given)

    def start(self, asked: Asked) -> str:
        """Press Start; where the first question is."""
        return str(post(self.client, f"{asked.url}/start").location)

    def answer(self, where: str, survey: Survey) -> list[str]:
        """Answer page by page from there; the paths of the questions."""
        passed = []
        while "/question/" in where:
            passed.append(where)
            question = survey.question(where.split("/question/")[1].split("?")[0])
            assert question is not None
            where = str(post(self.client, where, {"answer": an_answer(question)}).location)
        return passed

    def send(self, asked: Asked, survey: Survey) -> None:
        """Answer all of it and send it; the browser may then read what happens next."""
        self.answer(self.start(asked), survey)
        post(self.client, f"{asked.url}/send")
        self.keep(asked.url)

    def keep(self, path: str) -> None:
        """Keep the cookie of one link's pages."""
        cookie = self.client.get_cookie(cookie_name(self.settings), path=path)
        assert cookie is not None, path
        self.cookies.append(Cookie(cookie.key, cookie.value, path))

    def not_begun(self) -> list[Place]:
        fresh = self.ask()
        return [
            Place(fresh.url, EVERY_FORMAT),
            Place(f"{fresh.url}/not-for-me"),
            Place(f"{fresh.url}/not-for-me", sends={}),
            Place(f"{fresh.url}/stop"),
        ]

    def begun(self) -> list[Place]:
        asked = self.ask()
        self.answer(self.start(asked), self.survey)
        self.keep(asked.url)
        question = f"{asked.url}/question"
        return [
            Place(asked.url, EVERY_FORMAT),
            *(Place(f"{question}/{one}", EVERY_FORMAT) for one in ("involved", "comment")),
            Place(f"{question}/contact"),
            Place(f"{question}/involved?missing=yes"),
            Place(f"{question}/involved", IN_BRIEF, sends={}),
            Place(f"{question}/comment", sends={"answer": TOO_LONG}),
            Place(f"{asked.url}/check", EVERY_FORMAT),
        ]

    def sent(self) -> list[Place]:
        asked, cut = self.ask(), self.ask()
        self.send(asked, self.survey)
        self.answer(self.start(cut), self.survey)
        post(self.client, f"{cut.url}/question/contact", {"answer": "do_not_link"})
        post(self.client, f"{cut.url}/send")
        self.keep(cut.url)
        return [
            Place(asked.url),
            Place(f"{asked.url}/thank-you", EVERY_FORMAT),
            Place(f"{asked.url}/question/comment", sends={"answer": WORDS}),
            *self.about_you(asked.url),
            Place(f"{cut.url}/thank-you"),
        ]

    def about_you(self, url: str) -> list[Place]:
        """Everything that can be asked of the person themselves."""
        where = str(post(self.client, f"{url}/about-you", {"want": "yes", "all": "yes"}).location)
        self.keep(url)
        asked = []
        while "/about-you/" in where:
            asked.append(Place(where))
            given = "asian" if where.endswith("/ethnic_group") else "yes" if where.endswith("/health_condition") else ""
            where = str(post(self.client, where, {"answer": given}).location)
        wrong = [Place(f"{url}/about-you/{one}", sends={"answer": "x"}) for one in ("ethnic_group", "community")]
        return [Place(f"{url}/about-you"), *asked, *wrong]

    def ended(self) -> list[Place]:
        closed = self.ask(state=InvitationState.CLOSED, close_reason=CloseReason.HELD)
        stopped, back, told = (self.ask() for _ in range(3))
        post(self.client, f"{stopped.url}/stop")
        post(self.client, f"{back.url}/not-for-me", {"why": "wrong_person"})
        post(self.client, f"{told.url}/not-for-me", {"why": "not_this_one"})
        urls = (closed.url, stopped.url, f"{stopped.url}/stop", back.url, told.url, f"{told.url}/not-for-me/told")
        return [Place(path) for path in (*urls, f"/r/{UNKNOWN}")]

    def asked_about_several(self) -> list[Place]:
        fresh, begun, half, done = (self.two() for _ in range(4))
        for first, _ in (begun, half, done):
            self.start(first)
        for one in (half[1], *done):
            self.answer(str(post(self.client, f"{one.url}/begin").location), self.survey)
            post(self.client, f"{one.url}/send")
        self.keep(half[1].url)
        return [
            Place(fresh[0].url),
            Place(f"{fresh[0].url}/not-for-me"),
            Place(begun[0].url),
            Place(f"{begun[0].url}/surveys"),
            Place(f"{half[1].url}/thank-you"),
            Place(f"{done[0].url}/surveys"),
        ]

    def two(self) -> tuple[Asked, Asked]:
        """One message about two children."""
        parent = factories.parent_carer(self.session)
        first, second = self.ask(parent), self.ask(parent)
        holds = {"about_kind": "ladder_contact", "about_id": first.contact.id}
        message = factories.message(self.session, person_id=parent.id, state=MessageState.DELIVERED, **holds)
        first.contact.message = second.contact.message = message
        return first, second

    def coming_back(self) -> list[Place]:
        amina = factories.amina(self.session)
        sent, waiting, often = (self.begun_by_another(amina) for _ in range(3))
        by_no_message = self.begun_by_another()
        for asked, codes in ((waiting, 1), (often, 3)):
            for _ in range(codes):
                post(self.client, f"{asked.url}/carry-on", {"how": "code"})
        return [
            Place(f"{sent.url}/carry-on"),
            Place(f"{sent.url}/carry-on?kept=yes"),
            Place(f"{sent.url}/carry-on?old=yes"),
            Place(f"{sent.url}/question/comment", sends={"answer": TOO_LONG}),
            Place(f"{waiting.url}/carry-on/code"),
            Place(f"{waiting.url}/carry-on/code?wrong=yes"),
            Place(f"{often.url}/carry-on"),
            Place(f"{by_no_message.url}/carry-on"),
        ]

    def begun_by_another(self, person: ParentCarer | None = None) -> Asked:
        """Somebody else's browser gave the first answer."""
        asked = self.ask(person)
        if person is not None:
            went = {"recipient": "amina@example.org", "state": MessageState.DELIVERED}
            asked.contact.message = factories.message(self.session, person_id=person.id, **went)
        first = str(post(self.another, f"{asked.url}/start").location)
        post(self.another, first, {"answer": an_answer(self.survey.questions[0])})
        return asked

    # settings and health services

    def at_work(self, audience: Audience) -> list[Place]:
        survey = self.house.catalogue.current(audience.value)
        fresh, begun, sent = (link_to(survey, self.session, self.settings) for _ in range(3))
        post(self.client, f"{begun}/start")
        questions = self.answer(str(post(self.client, f"{begun}/begin").location), survey)
        self.keep(begun)
        self.answer(str(post(self.client, f"{sent}/begin").location), survey)
        post(self.client, f"{sent}/send")
        self.keep(sent)
        paths = [fresh, f"{fresh}/not-for-me", f"{begun}/surveys", *questions, f"{begun}/check", f"{sent}/thank-you"]
        return [Place(path, is_at_work=True) for path in paths]

    # open links

    def open_links(self) -> list[Place]:
        later = factories.open_link(self.session, opens_on=MONDAY.date() + timedelta(days=7))
        closed = factories.open_link(self.session, closes_on=MONDAY.date() - timedelta(days=1))
        families = factories.open_link(self.session, survey="sen_support", is_listed=True)
        at_work = factories.open_link(self.session, survey="training", is_listed=True)
        return [
            Place(f"/s/{families.slug}", IN_BRIEF),
            *(Place(f"/s/{link.slug}") for link in (at_work, later, closed)),
            Place("/s/nothing-here"),
        ]

    def by_an_open_link(self) -> list[Place]:
        survey = self.house.catalogue.current("sen_support")
        sent, at_work = self.answered_openly("sen_support"), self.answered_openly("training")
        self.clock.at += timedelta(minutes=1)  # nobody who reads is quicker
        for url in (sent, at_work):
            post(self.client, f"{url}/send")
        self.keep(sent)
        quick = self.answered_openly("sen_support")
        questions = [survey.questions[0], *(one for one in survey.questions if not one.is_coded)]
        return [
            *(Place(f"{quick}/question/{one.id}") for one in questions),
            Place(f"{quick}/question/{questions[0].id}?missing=yes"),
            Place(f"{quick}/question/{questions[0].id}", sends={}),
            Place(f"{quick}/check", IN_BRIEF),
            Place(f"{quick}/send", sends={}),
            Place(f"{sent}/thank-you"),
            *self.about_you(sent)[:2],
            Place(f"{at_work}/thank-you"),
            Place(f"/o/{UNKNOWN}"),
        ]

    def answered_openly(self, code: str) -> str:
        """Answer all that an open link asks; the address of the answer."""
        survey = self.house.catalogue.current(code)
        url = self.start_openly(link_to(survey, self.session, self.settings))
        self.answer(str(self.client.get(url).location), survey)
        return url

    def start_openly(self, path: str) -> str:
        """Press Start on the page of an open link; the address of the answer."""
        once = ONCE.search(self.client.get(path).text)
        assert once is not None
        return str(post(self.client, f"{path}/start", {"once": once[1]}).location)

    # all of them

    def every_question(self) -> list[Place]:
        """Each question that families are asked: pages alike, whose words are not."""
        places = []
        for code in sorted({code for code, _ in self.house.catalogue.published}):
            survey = self.house.catalogue.current(code)
            if for_families(survey) and Mode.LINK in survey.modes:
                questions = self.questions_of(survey)
                places += [Place(path, IN_BRIEF, is_alike=True) for path in questions]
        return places

    def questions_of(self, survey: Survey) -> list[str]:
        """The paths of the questions of a survey that somebody has just answered."""
        link = link_to(survey, self.session, self.settings)
        if not survey.audience.is_known:
            return self.answer(str(self.client.get(self.start_openly(link)).location), survey)
        passed = self.answer(str(post(self.client, f"{link}/start").location), survey)
        self.keep(link)
        return passed
