"""One message about several surveys: which of them there are is shown only to whoever has pressed Start."""

from collections.abc import Sequence
from dataclasses import dataclass

from flask import g, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from engage.campaigns import answering, links
from engage.campaigns.answering import Door
from engage.campaigns.models import Invitation, SurveyLink
from engage.core.languages import current
from engage.surveys.models import Mode
from engage.surveys.wording import survey_words
from engage.web.formats import easy_words
from engage.web.rendering import day
from engage.web.request import house, now, session
from engage.web.respond import blueprint, passes
from engage.web.respond.colleagues import is_colleague, known_by
from engage.web.respond.colleagues import start_page as start_page_of_colleague
from engage.web.respond.visit import Visit, to_beginning, to_carry_on, to_first_unanswered, visit

UNANSWERED = frozenset({Door.OPEN, Door.STARTED})


@dataclass(frozen=True)
class Choice:
    """One of the surveys, as the chooser shows it."""

    name: str
    """The child's first name, for a professional only initials; nothing for somebody who is asked about themselves."""
    topic: str
    on: str
    door: Door
    begin: str

    @property
    def is_unanswered(self) -> bool:
        return self.door in UNANSWERED


def together(here: Visit) -> Sequence[SurveyLink]:
    """The links into every survey that the message asked about; one that has been closed is not among them."""
    return [link for link in links.beside(session(), here.link) if answering.door(link.invitation) is not Door.CLOSED]


def fewest(here: Visit) -> int:
    """How many surveys make a list: for a professional even one does, for the list alone says which case it is."""
    return 1 if is_colleague(here.invitation) else 2


def waiting(here: Visit) -> Sequence[SurveyLink]:
    """Those that can still be answered, behind the link that the message holds; none behind a link into one survey."""
    every = links.beside(session(), here.link)
    if len(every) < fewest(here) or every[0] is not here.link:
        return []
    return [link for link in every if answering.door(link.invitation) in UNANSWERED]


def has_started(every: Sequence[SurveyLink]) -> bool:
    """Whether somebody pressed Start on the page that names nobody."""
    return any(link.started_at is not None for link in every)


def start_page(here: Visit, some: Sequence[SurveyLink]) -> str:
    """Who is asking, and how many surveys there are; of whom, it does not say."""
    minutes = sum(answering.survey_of(link.invitation, house().catalogue).minutes for link in some)
    if is_colleague(here.invitation):
        has_begun = here.link.started_at is not None
        return start_page_of_colleague(here.invitation, surveys=len(some), minutes=minutes, begun=has_begun)
    return render_template(
        "respond/start_several.html",
        surveys=len(some),
        minutes=minutes,
        begun=here.link.started_at is not None,
        start=url_for("respond.start"),
    )


def open_chooser(here: Visit) -> ResponseReturnValue:
    """Start was pressed: from now on this link leads to the list."""
    here.link.started_at = here.link.started_at or now()
    for link in together(here):
        if link is not here.link:
            links.renew(link, house().settings.secrets)
    return redirect(url_for("respond.choose"), 303)


@blueprint.get("/surveys")
def choose() -> ResponseReturnValue:
    """Every survey the message asked for, and how far each has come."""
    here = visit()
    choices = choices_of(here)
    if not choices:
        return to_beginning()
    return render_template("respond/choose.html", choices=choices, left=any(one.is_unanswered for one in choices))


@blueprint.post("/begin")
def begin() -> ResponseReturnValue:
    """Begin the survey that this very link leads into, or carry on where they stopped."""
    here = visit()
    if here.door not in UNANSWERED:
        return to_beginning()
    if here.belongs_to_a_visitor:
        return to_carry_on()
    answering.start(
        session(),
        here.invitation,
        house().catalogue,
        mode=Mode.LINK,
        language=current(),
        now=now(),
        link=here.link,
    )
    begun = visit()
    begun.response.format = g.format
    passes.only_in_cookie()
    return to_first_unanswered(begun)


def choices_of(here: Visit) -> list[Choice]:
    """What the list holds; nothing for a link into one survey, or before Start."""
    every = links.beside(session(), here.link)
    if len(every) < fewest(here) or not has_started(every):
        return []
    return [_choice(link, here) for link in together(here)]


def next_choice(here: Visit) -> Choice | None:
    """Another survey that waits, for whoever has sent one."""
    return next((choice for choice in choices_of(here) if choice.is_unanswered), None)


def before_the_questions(here: Visit) -> str:
    """The page that comes before the first question."""
    return url_for("respond.choose") if choices_of(here) else url_for("respond.landing")


def _choice(link: SurveyLink, here: Visit) -> Choice:
    token = g.token if link is here.link else links.token_of(link, house().settings.secrets)
    invitation = link.invitation
    survey = answering.survey_of(invitation, house().catalogue)
    return Choice(
        name=_name(invitation),
        topic=survey_words(survey, current(), easy_words(survey)).topic,
        on=day(invitation.plan_event.happened_on),
        door=answering.door(invitation),
        begin=url_for("respond.begin", token=token),
    )


def _name(invitation: Invitation) -> str:
    if is_colleague(invitation):
        return known_by(invitation)
    child = invitation.plan_event.plan.child
    return "" if child.id == invitation.person_id else child.forename
