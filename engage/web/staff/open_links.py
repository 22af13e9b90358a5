"""Open links: surveys at public addresses, how many answer by each, posters, and answers by phone or on paper."""

import re

from flask import flash, redirect, render_template, url_for
from flask import request as http
from flask.typing import ResponseReturnValue
from govuk_frontend_wtf.wtforms_widgets import GovCheckboxInput, GovRadioInput, GovSubmitInput, GovTextInput
from markupsafe import Markup
from wtforms import BooleanField, RadioField, StringField, SubmitField

from engage.accounts.permissions import Permission
from engage.activities import open_links as links
from engage.activities.models import OpenLink
from engage.activities.open_link_queries import LinkCount, answers_by_mode, answers_by_week
from engage.activities.open_link_queries import open_links as all_open_links
from engage.cases.services import consider
from engage.core.clock import london_date
from engage.core.errors import Invalid, NotFound
from engage.surveys.definition import Mode
from engage.surveys.loader import Catalogue
from engage.surveys.wording import SOURCE_LANGUAGE, survey_words
from engage.web.dates import ThreeBoxDate
from engage.web.forms import Form, SelectChoice, trimmed
from engage.web.rendering import day, number
from engage.web.request import actor, house, now, session
from engage.web.security import needs
from engage.web.squares import square
from engage.web.staff import ROW, about_you, blueprint
from engage.web.survey_pages import PhoneAnswers, as_on_paper, phone_errors, phone_fields, read_phone_answers

BY_HAND = {
    Mode.PHONE: "Take answers by phone",
    Mode.PAPER: "Type in a paper form",
    Mode.FACE_TO_FACE: "Take answers face to face",
}
MODES = {
    Mode.LINK: "on the page",
    Mode.PHONE: "by phone",
    Mode.PAPER: "on paper",
    Mode.FACE_TO_FACE: "face to face",
}


class OpenLinkForm(Form):
    """A public address for one survey."""

    survey = RadioField("Which survey?", widget=GovRadioInput(), choices=[], validate_choice=False)
    name = StringField(
        "Name for this link",
        widget=GovTextInput(),
        filters=[trimmed],
        description="Only staff see it. Say where it is used, such as “Spring newsletter”.",
    )
    opens_on = ThreeBoxDate("Open from")
    closes_on = ThreeBoxDate("Last day (optional)", description="Without it the link stays open until you close it.")
    is_listed = BooleanField(
        "Lead to it from the public home page",
        widget=GovCheckboxInput(),
        description="Not for those who came to an event.",
    )
    save = SubmitField("Make this link", widget=GovSubmitInput())

    def offer(self, catalogue: Catalogue) -> "OpenLinkForm":
        """Offer every published survey that anybody may answer."""
        published = sorted({code for code, _ in catalogue.published})
        offered = [catalogue.current(code) for code in published]
        self.survey.choices = [
            SelectChoice(each.code, each.title)
            for each in offered
            if each.audience in links.BY_OPEN_LINK and Mode.LINK in each.modes
        ]
        return self

    def is_whole(self) -> bool:
        """Whether all of it can be used; each field that cannot says why."""
        self.validate()
        if not self.survey.data:
            self.survey.errors = ["Select a survey"]
        if self.opens_on.data is None:
            self.opens_on.errors = ["Enter a real date, like 27 3 2026"]
        if self.closes_on.data is None and not self.closes_on.is_blank:
            self.closes_on.errors = ["Enter a real date, like 27 3 2026"]
        return not self.errors


@blueprint.get("/open-links")
@needs(Permission.RUN_CAMPAIGNS)
def open_links() -> ResponseReturnValue:
    """Every open link, and how many answered by it."""
    return render_template(
        "staff/open_links/open_links.html", links=[_row(each) for each in all_open_links(session(), now=now())]
    )


@blueprint.get("/open-links/new")
@needs(Permission.RUN_CAMPAIGNS)
def new_open_link() -> ResponseReturnValue:
    """A form, open from today."""
    return _new(OpenLinkForm(data={"opens_on": london_date(now())}).offer(house().catalogue))


@blueprint.post("/open-links/new")
@needs(Permission.RUN_CAMPAIGNS)
def save_open_link() -> ResponseReturnValue:
    """Make it: from its first day anybody may answer."""
    form = OpenLinkForm().offer(house().catalogue)
    if not form.is_whole() or form.opens_on.data is None:
        return _new(form), 422
    try:
        link = links.create_open_link(
            session(),
            house().catalogue,
            survey=form.survey.data,
            name=form.name.data or "",
            local_authority=house().settings.local_authority,
            opens_on=form.opens_on.data,
            closes_on=form.closes_on.data,
            is_listed=bool(form.is_listed.data),
            by=actor(),
            now=now(),
        )
    except Invalid as error:
        form.show(error)
        return _new(form), 422
    flash(f"The address is {_address(link)}", "success")
    return redirect(url_for("staff.one_open_link", link_id=link.id))


@blueprint.get(f"/open-links/<{ROW}:link_id>")
@needs(Permission.RUN_CAMPAIGNS)
def one_open_link(link_id: int) -> ResponseReturnValue:
    """One link: its address, and the answers week by week."""
    link = links.open_link_by_id(session(), link_id)
    survey = links.survey_of(link, house().catalogue)
    row = next(_row(each) for each in all_open_links(session(), now=now()) if each.link is link)
    modes = answers_by_mode(session(), link)
    ways = ", ".join(f"{number(n)} {MODES[mode]}" for mode, n in sorted(modes.items())) or "none yet"
    return render_template(
        "staff/open_links/open_link.html",
        link=link,
        survey=survey,
        row=row,
        is_closed=link.closed_at is not None,
        may_ask=about_you.is_offered(),
        said=[
            ("Address", _may_break(_address(link))),
            ("Answers", ways),
            ("On the home page", "Yes, while it is open" if link.is_listed else "No"),
        ],
        weeks=[(f"Week of {day(monday)}", n) for monday, n in answers_by_week(session(), link, now=now())],
        enter=[(mode.value, text) for mode, text in BY_HAND.items() if mode in survey.modes],
    )


@blueprint.get(f"/open-links/<{ROW}:link_id>/poster")
@needs(Permission.RUN_CAMPAIGNS)
def open_link_poster(link_id: int) -> ResponseReturnValue:
    """A page to print: the address in words, and as a square for a camera."""
    link = links.open_link_by_id(session(), link_id)
    survey, address = links.survey_of(link, house().catalogue), _address(link)
    return render_template(
        "staff/open_links/poster.html",
        link=link,
        words=survey_words(survey, SOURCE_LANGUAGE),
        minutes=survey.minutes,
        address=_may_break(address.partition("://")[2]),
        square=square(address),
    )


@blueprint.post(f"/open-links/<{ROW}:link_id>/close")
@needs(Permission.RUN_CAMPAIGNS)
def shut_open_link(link_id: int) -> ResponseReturnValue:
    """Nobody begins by it any more."""
    link = links.open_link_by_id(session(), link_id)
    links.close_open_link(session(), link, by=actor(), now=now())
    flash(f"{link.name} is closed.", "success")
    return redirect(url_for("staff.one_open_link", link_id=link.id))


@blueprint.post(f"/open-links/<{ROW}:link_id>/open-again")
@needs(Permission.RUN_CAMPAIGNS)
def open_link_again(link_id: int) -> ResponseReturnValue:
    """Take the close back."""
    link = links.open_link_by_id(session(), link_id)
    links.open_again(session(), link, by=actor(), now=now())
    flash(f"{link.name} is open again.", "success")
    return redirect(url_for("staff.one_open_link", link_id=link.id))


@blueprint.get(f"/open-links/<{ROW}:link_id>/enter/<any(phone, paper, face_to_face):mode>")
@needs(Permission.MAKE_CALLS)
def enter_open_answer(link_id: int, mode: str) -> ResponseReturnValue:
    """The whole survey on one page. What is typed in here counts with this link; a blank booklet, which belongs to no
    link, is typed in under Paper, in its language and format and with the day on which it came."""
    return _entering(_that_takes(link_id, mode), Mode(mode))


@blueprint.post(f"/open-links/<{ROW}:link_id>/enter/<any(phone, paper, face_to_face):mode>")
@needs(Permission.MAKE_CALLS)
def take_open_answer(link_id: int, mode: str) -> ResponseReturnValue:
    """Keep the answers as one response; words that worry somebody open a case, as from any page."""
    link = _that_takes(link_id, mode)
    survey = links.survey_of(link, house().catalogue)
    form = {name: http.form.getlist(name) for name in http.form}
    typed = read_phone_answers(survey, form)
    if Mode(mode) is Mode.PAPER:
        typed = as_on_paper(typed)
    if typed.mistakes or not any(typed.given.values()):
        return _entering(link, Mode(mode), typed), 422
    response = links.enter(session(), link, house().catalogue, typed.given, mode=Mode(mode), by=actor(), now=now())
    consider(session(), response, survey, flagged=house().catalogue.flagged_words, now=now())
    if Mode(mode) is not Mode.PAPER:
        about_you.offer(None, response)
    flash("Their answers are kept.", "success")
    return redirect(url_for("staff.one_open_link", link_id=link.id))


def _that_takes(link_id: int, mode: str) -> OpenLink:
    link = links.open_link_by_id(session(), link_id)
    if Mode(mode) not in links.survey_of(link, house().catalogue).modes:
        raise NotFound("This survey is not answered in this way.")
    return link


def _entering(link: OpenLink, mode: Mode, typed: PhoneAnswers | None = None) -> str:
    survey = links.survey_of(link, house().catalogue)
    errors: list[dict[str, str]] = []
    if typed is not None:
        errors = phone_errors(survey, typed) or [{"text": "Type in at least one answer"}]
    return render_template(
        "staff/open_links/enter.html",
        link=link,
        title=BY_HAND[mode],
        fields=phone_fields(survey, typed),
        errors=errors,
    )


def _new(form: OpenLinkForm) -> str:
    return render_template("staff/open_links/new.html", form=form)


def _address(link: OpenLink) -> str:
    return f"{house().settings.base_url}/s/{link.slug}"


def _may_break(address: str) -> Markup:
    """An address that a narrow screen may break after any of its signs."""
    parts = re.split(r"(?<=[/.-])", address)
    return Markup("<wbr>").join(parts)


def _row(each: LinkCount) -> dict[str, object]:
    link, today = each.link, london_date(now())
    if each.is_open:
        state, tone = "Open", "green"
    elif link.closed_at is None and link.opens_on > today:
        state, tone = "Not yet open", "yellow"
    else:
        state, tone = "Closed", "grey"
    until = f" to {day(link.closes_on)}" if link.closes_on else ""
    return {
        "id": link.id,
        "name": link.name,
        "survey": house().catalogue.newest(link.survey).title,
        "state": state,
        "tone": tone,
        "days": f"from {day(link.opens_on)}{until}",
        "answers": each.answers,
        "this_week": each.this_week,
    }
