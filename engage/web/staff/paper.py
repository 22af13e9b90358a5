"""Typing in a booklet that came back: the whole survey on one page, in the order in which it stands on paper."""

from datetime import date

from flask import flash, redirect, render_template, url_for
from flask import request as http
from flask.typing import ResponseReturnValue

from engage.accounts.permissions import Permission
from engage.campaigns import answering, booklets, gate
from engage.campaigns.answering import Door
from engage.campaigns.booklet_models import Booklet
from engage.cases import paper
from engage.core import languages
from engage.core.clock import london_date
from engage.core.errors import Conflict, Invalid
from engage.surveys.definition import Survey
from engage.surveys.formats import Format
from engage.web.booklet_pages import FORMATS, chosen_format, chosen_language, easy_words
from engage.web.paper_entry import TypedPaper, days_back, mistakes_of, read_paper
from engage.web.rendering import day
from engage.web.request import actor, house, now, record_view, session
from engage.web.security import needs
from engage.web.staff import ROW, blueprint
from engage.web.staff.actors import namer
from engage.web.staff.booklets import blank_survey
from engage.web.survey_pages import phone_fields, said_in_words

IN_ENGLISH = "in_english"


@blueprint.get(f"/booklets/<{ROW}:booklet_id>/answers")
@needs(Permission.TAKE_PAPER)
def enter_booklet(booklet_id: int) -> ResponseReturnValue:
    """The booklet, empty: in the language and format in which it was printed, or in English beside it."""
    booklet = booklets.one_booklet(session(), booklet_id)
    record_view("booklet.opened", "invitation", booklet.invitation_id)
    return _page(booklet)


@blueprint.post(f"/booklets/<{ROW}:booklet_id>/answers")
@needs(Permission.TAKE_PAPER)
def keep_booklet(booklet_id: int) -> ResponseReturnValue:
    """Take its answers in. What came before by another door stands, and nothing is written over."""
    booklet = booklets.one_booklet(session(), booklet_id)
    gate.locked(session(), booklet.invitation)
    survey = answering.survey_of(booklet.invitation, house().catalogue)
    typed = read_paper(survey, http.form.to_dict(flat=False))
    if booklet.entered_at is not None or answering.door(booklet.invitation) in (Door.ANSWERED, Door.CLOSED):
        return _page(booklet, typed), 409
    if errors := mistakes_of(survey, typed):
        return _page(booklet, typed, errors), 422
    assert typed.received_on is not None
    try:
        paper.enter_booklet(
            session(),
            booklet,
            house().catalogue,
            typed.answers.given,
            received_on=typed.received_on,
            by=actor(),
            now=now(),
        )
    except Invalid as error:
        return _page(booklet, typed, _errors(error)), 422
    except Conflict as conflict:
        return _page(booklet, typed, [{"text": conflict.message}]), 409
    flash(
        f"The answers of {booklet.invitation.person.full_name} are in. Keep the paper as your rules for records say.",
        "success",
    )
    return redirect(url_for("staff.booklets_page"), 303)


def _page(booklet: Booklet, typed: TypedPaper | None = None, errors: list[dict[str, str]] | None = None) -> str:
    invitation, english = booklet.invitation, IN_ENGLISH in http.args
    survey = answering.survey_of(invitation, house().catalogue)
    door = answering.door(invitation)
    language = languages.SOURCE if english else booklet.language
    return render_template(
        "staff/booklets/enter.html",
        title=f"Booklet of {invitation.person.full_name}",
        facts=[
            ("About", f"{invitation.plan_event.plan.child.full_name}. {survey.title}"),
            ("Printed", f"{day(booklet.printed_at)}, {_as(booklet.language, booklet.format)}"),
        ],
        back=url_for("staff.booklets_page"),
        errors=errors or [],
        entered=_entered(booklet),
        answered_on=day(invitation.answered_at) if invitation.answered_at else "",
        answered=door is Door.ANSWERED,
        closed=door is Door.CLOSED,
        begun=door is Door.STARTED,
        typed_before=said_in_words(survey, typed.answers) if typed else [],
        **_form(
            survey, typed, language, Format.STANDARD if english else booklet.format, london_date(booklet.printed_at)
        ),
        other_language=_other_language(booklet, english=english),
    )


def _other_language(booklet: Booklet, *, english: bool) -> tuple[str, str] | None:
    """To read the same page in English, or again as it was printed."""
    if booklet.language == languages.SOURCE:
        return None
    if english:
        return url_for("staff.enter_booklet", booklet_id=booklet.id), "Show it as it was printed"
    return url_for("staff.enter_booklet", booklet_id=booklet.id, in_english="yes"), "Show it in English"


def _entered(booklet: Booklet) -> str:
    if booklet.entered_at is None:
        return ""
    return f"{namer(session())(booklet.entered_by or '')} typed it in on {day(booklet.entered_at)}"


def _form(
    survey: Survey, typed: TypedPaper | None, language: str, in_format: Format, first: date | None
) -> dict[str, object]:
    """What both entry pages hold: every question, and the day the paper came."""
    today = london_date(now())
    return {
        "language_of_survey": language,
        "fields": phone_fields(
            survey,
            typed.answers if typed else None,
            language=language,
            easy=easy_words(house().catalogue, survey, in_format),
        ),
        "days": days_back(today, first),
        "received_on": (typed.received_on if typed and typed.received_on else today).isoformat(),
        "blank": [question.heading for question in typed.blank] if typed and typed.must_look_again else [],
    }


def _errors(error: Invalid) -> list[dict[str, str]]:
    return [{"text": words, "href": f"#{name}"} for name, words in error.fields.items()] or [{"text": error.message}]


def _as(language: str, in_format: Format) -> str:
    return f"{FORMATS[in_format].lower()}, {languages.LANGUAGES[language].in_english}"


@blueprint.get("/booklets/blank/answers")
@needs(Permission.TAKE_PAPER)
def enter_blank() -> ResponseReturnValue:
    """A blank booklet that came back."""
    return _blank_page(blank_survey())


@blueprint.post("/booklets/blank/answers")
@needs(Permission.TAKE_PAPER)
def keep_blank() -> ResponseReturnValue:
    """Take its answers in, and bring the next."""
    survey = blank_survey()
    typed = read_paper(survey, http.form.to_dict(flat=False))
    if errors := mistakes_of(survey, typed):
        return _blank_page(survey, typed, errors), 422
    assert typed.received_on is not None
    try:
        paper.enter_blank(
            session(),
            survey,
            house().catalogue,
            typed.answers.given,
            local_authority=house().settings.local_authority,
            language=chosen_language(),
            in_format=chosen_format(),
            received_on=typed.received_on,
            by=actor(),
            now=now(),
        )
    except Invalid as error:
        return _blank_page(survey, typed, _errors(error)), 422
    flash("The answers are in. Here is the next.", "success")
    again = url_for("staff.enter_blank", survey=survey.code, language=chosen_language(), format=chosen_format().value)
    return redirect(again, 303)


def _blank_page(survey: Survey, typed: TypedPaper | None = None, errors: list[dict[str, str]] | None = None) -> str:
    language, in_format = chosen_language(), chosen_format()
    return render_template(
        "staff/booklets/enter.html",
        title="A blank booklet",
        facts=[("Survey", survey.title), ("Printed as", _as(language, in_format))],
        back=url_for("staff.booklets_page"),
        errors=errors or [],
        entered="",
        answered_on="",
        answered=False,
        closed=False,
        begun=False,
        typed_before=[],
        **_form(survey, typed, language, in_format, None),
        other_language=None,
    )
