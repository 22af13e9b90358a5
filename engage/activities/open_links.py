"""Open links: making and closing them, and an answer by one, from the press of Start to the press of Send."""

import re
import secrets as chance
from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from engage.activities.models import OpenLink, OpenVisit
from engage.core import audit, tokens
from engage.core.audit import Actor
from engage.core.clock import london_date
from engage.core.db import lock
from engage.core.errors import Conflict, Invalid, NotFound
from engage.surveys.definition import Audience, Mode, Survey
from engage.surveys.loader import Catalogue
from engage.surveys.models import Response
from engage.surveys.services import save_answer, start_response, submit_response

PURPOSE = "open"
BY_OPEN_LINK = (Audience.ANYONE, Audience.ATTENDEE)
"""Audiences that nobody is asked by name: who answers says for themselves who they are."""
ONE_PRESS = timedelta(seconds=20)
"""Start pressed again within this time, before anything was answered, is the same press."""
QUICKEST = timedelta(seconds=4)
"""From Start to Send: no person reads even one question in less."""
_PLAIN_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"  # without those that are read as another
_ONCE = re.compile(r"[0-9a-f]{32}")


def create_open_link(
    session: Session,
    catalogue: Catalogue,
    *,
    survey: str,
    name: str,
    local_authority: str,
    opens_on: date,
    closes_on: date | None = None,
    about_on: date | None = None,
    is_listed: bool = False,
    by: Actor,
    now: datetime,
) -> OpenLink:
    """A public address of one survey; `Invalid` for a survey that goes to people we know, or days in the wrong order."""
    asked = catalogue.current(survey)
    wrong: dict[str, str] = {}
    if asked.audience not in BY_OPEN_LINK or Mode.LINK not in asked.modes:
        wrong["survey"] = "This survey is not asked by an open link"
    if not name.strip():
        wrong["name"] = "Enter a name for this link"
    if closes_on is not None and closes_on < opens_on:
        wrong["closes_on"] = "The last day must not come before the first"
    if wrong:
        raise Invalid("This link cannot be made.", wrong)
    link = OpenLink(
        slug=_new_slug(session, survey),
        survey=survey,
        name=name.strip(),
        local_authority=local_authority,
        about_on=about_on,
        is_listed=is_listed and asked.audience is Audience.ANYONE,
        opens_on=opens_on,
        closes_on=closes_on,
        created_at=now,
        created_by=str(by),
    )
    session.add(link)
    session.flush()
    audit.record(session, "open_link.created", "open_link", link.id, by=by, now=now, survey=survey)
    return link


def close_open_link(session: Session, link: OpenLink, *, by: Actor, now: datetime) -> None:
    """Nobody begins by it any more; whoever has begun may still send. `Conflict` when it is closed already."""
    lock(session, link)
    if link.closed_at is not None:
        raise Conflict("This link has been closed already.")
    link.closed_at, link.closed_by = now, str(by)
    audit.record(session, "open_link.closed", "open_link", link.id, by=by, now=now)


def open_again(session: Session, link: OpenLink, *, by: Actor, now: datetime) -> None:
    """Take a close back. `Conflict` when it is not closed, or its last day has passed."""
    lock(session, link)
    if link.closed_at is None:
        raise Conflict("This link is not closed.")
    if link.closes_on is not None and link.closes_on < london_date(now):
        raise Conflict("The last day of this link has passed. Make a new one.")
    link.closed_at = link.closed_by = None
    audit.record(session, "open_link.opened_again", "open_link", link.id, by=by, now=now)


def is_open(link: OpenLink, *, now: datetime) -> bool:
    """Whether an answer can be begun by it now; both its first and its last day are inside."""
    today = london_date(now)
    return link.closed_at is None and link.opens_on <= today and (link.closes_on is None or today <= link.closes_on)


def open_link(session: Session, slug: str) -> OpenLink:
    """The link at a public address; `NotFound` when there never was one."""
    found = session.scalar(select(OpenLink).where(OpenLink.slug == slug.lower()))
    if found is None:
        raise NotFound("There is no survey at this address.")
    return found


def open_link_by_id(session: Session, link_id: int) -> OpenLink:
    """One link, by its number; `NotFound` when there is none."""
    found = session.get(OpenLink, link_id)
    if found is None:
        raise NotFound("There is no such open link.")
    return found


def survey_of(link: OpenLink, catalogue: Catalogue) -> Survey:
    """What is asked by it now: the newest published version."""
    return catalogue.current(link.survey)


def new_once() -> str:
    """A number for one start page."""
    return chance.token_hex(16)


def begin(
    session: Session,
    link: OpenLink,
    catalogue: Catalogue,
    secrets: Sequence[bytes],
    *,
    once: str,
    language: str,
    now: datetime,
) -> str:
    """An answer of its own, and the token of its address. A second press of the same Start finds the same answer, but
    never one in which something was said: the next person may be at the same screen.

    `Conflict` when the link is not open.
    """
    if not is_open(link, now=now):
        raise Conflict("This survey is closed.")
    standing = session.scalar(select(OpenVisit).where(OpenVisit.once == once, OpenVisit.open_link_id == link.id))
    if standing is not None and _is_same_press(standing, now):
        token = tokens.remake(secrets, PURPOSE, standing.nonce, standing.digest)
        if token is not None:
            return token
    fresh = once if _ONCE.fullmatch(once) and _is_unused(session, once) else new_once()
    response = _start(session, link, catalogue, mode=Mode.LINK, language=language, now=now)
    minted = tokens.mint(secrets, PURPOSE)
    session.add(OpenVisit(open_link=link, response=response, once=fresh, nonce=minted.nonce, digest=minted.digest))
    session.flush()
    return minted.text


def _is_same_press(visit: OpenVisit, now: datetime) -> bool:
    said = bool(visit.response.answers or visit.response.texts)
    return not said and visit.response.submitted_at is None and now - visit.response.started_at <= ONE_PRESS


def _is_unused(session: Session, once: str) -> bool:
    return session.scalar(select(OpenVisit.id).where(OpenVisit.once == once)) is None


def _start(
    session: Session,
    link: OpenLink,
    catalogue: Catalogue,
    *,
    mode: Mode,
    language: str,
    now: datetime,
    interviewer: str | None = None,
) -> Response:
    response = start_response(
        session,
        survey_of(link, catalogue),
        about_on=link.about_on or london_date(now),
        local_authority=link.local_authority,
        mode=mode,
        language=language,
        now=now,
        interviewer=interviewer,
    )
    response.is_open = True
    return response


def open_visit(session: Session, token: str) -> OpenVisit:
    """The answer under this address; `NotFound` for one that never was."""
    found = None
    if tokens.looks_like_token(token):
        found = session.scalar(select(OpenVisit).where(OpenVisit.digest == tokens.digest(token)))
    if found is None:
        raise NotFound("We do not know this address.")
    return found


def is_too_quick(visit: OpenVisit, *, now: datetime) -> bool:
    """Whether less time has passed since Start than a person needs."""
    return now - visit.response.started_at < QUICKEST


def send(session: Session, visit: OpenVisit, survey: Survey, *, now: datetime) -> Response:
    """Send the answers. `Conflict` when they have been sent before."""
    lock(session, visit.response)
    submit_response(visit.response, survey, now=now)
    session.flush()
    return visit.response


def enter(
    session: Session,
    link: OpenLink,
    catalogue: Catalogue,
    given: Mapping[str, str | None],
    *,
    mode: Mode,
    by: Actor,
    now: datetime,
) -> Response:
    """An answer that somebody gave by phone or on paper, taken down by staff, by question id. `Invalid` where the survey
    is not answered so. A link that is closed still takes paper in: slips come by post."""
    survey = survey_of(link, catalogue)
    if mode not in survey.modes:
        raise Invalid("This survey is not answered in this way.", {"mode": "Select another way"})
    response = _start(session, link, catalogue, mode=mode, language="en", now=now, interviewer=str(by))
    for question in survey.questions:
        save_answer(response, question, given.get(question.id), now=now)
    session.add(
        OpenVisit(open_link=link, response=response, once=new_once(), nonce=chance.token_hex(16), digest=_no_address())
    )
    submit_response(response, survey, now=now)
    session.flush()
    audit.record(session, "open_answer.entered", "open_link", link.id, by=by, now=now, mode=mode)
    return response


def _no_address() -> str:
    """A digest that no token has: what staff typed is opened by no link."""
    return tokens.digest(chance.token_hex(32))


def _new_slug(session: Session, survey: str) -> str:
    while True:
        slug = f"{survey.replace('_', '-')}-{''.join(chance.choice(_PLAIN_LETTERS) for _ in range(4))}"
        if session.scalar(select(OpenLink.id).where(OpenLink.slug == slug)) is None:
            return slug
