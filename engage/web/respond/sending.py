"""Check your answers, send them once, and what happens next."""

from flask import redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from engage.campaigns.answering import Door, family_actor
from engage.cases.deadlines import deadlines
from engage.cases.intake import send_answers
from engage.core.clock import london_date
from engage.surveys import routing
from engage.surveys.answers import unanswered
from engage.surveys.models import ContactChoice
from engage.surveys.services import texts_of
from engage.surveys.wording import AnswerRow, answer_rows
from engage.web.request import house, now, session
from engage.web.respond import blueprint
from engage.web.respond.asking import CHECK
from engage.web.respond.several import next_choice
from engage.web.respond.visit import question_url, to_beginning, visit
from engage.web.survey_pages import LANGUAGE, as_typed


@blueprint.get("/check")
def check() -> ResponseReturnValue:
    """All that was answered, each with a way to change it. Whoever left out a needed answer is taken to it."""
    here = visit()
    if here.door is not Door.STARTED:
        return to_beginning()
    answers = here.response.answers
    missing = unanswered(here.survey, answers)
    if missing:
        return redirect(question_url(missing[0], missing="yes", back=CHECK), 303)
    last = routing.pages(here.survey, answers)[-1]
    rows = answer_rows(here.survey, answers, texts_of(here.response), LANGUAGE)
    return render_template("respond/check.html", rows=[_row(row) for row in rows], back=question_url(last.question))


def _row(row: AnswerRow) -> dict[str, object]:
    return {
        "heading": row.heading,
        "answer": as_typed(row.answer) if row.answer else None,
        "change": question_url(row.question, back=CHECK),
    }


@blueprint.post("/send")
def send() -> ResponseReturnValue:
    """Send the answers. Sent twice, from two tabs or after a phone call, there is still one response and no error."""
    here = visit()
    if here.door is Door.ANSWERED:
        return redirect(url_for("respond.thank_you"), 303)
    if here.door is not Door.STARTED:
        return to_beginning()
    if unanswered(here.survey, here.response.answers):
        return redirect(url_for("respond.check"), 303)
    send_answers(
        session(),
        here.invitation,
        here.survey,
        house().catalogue,
        credited=here.link.contact,
        by=family_actor(here.invitation),
        now=now(),
    )
    return redirect(url_for("respond.thank_you"), 303)


@blueprint.get("/thank-you")
def thank_you() -> ResponseReturnValue:
    """What happens next and when, and where else to turn. Where the link was cut, there is nothing left to quote."""
    here = visit()
    if here.door is not Door.ANSWERED:
        return to_beginning()
    response = here.invitation.response
    sent_on = london_date(here.invitation.answered_at or now())
    wants_contact = response is not None and response.contact_choice is ContactChoice.CONTACT
    return render_template(
        "respond/thank_you.html",
        reference=response.reference if response else None,
        contact_by=deadlines(sent_on, urgent=False).contact_due_on if wants_contact else None,
        routes=here.survey.thank_you_routes,
        another=next_choice(here),
    )
