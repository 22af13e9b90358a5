"""Check your answers, send them once, and what happens next."""

from flask import redirect, render_template, url_for
from flask import request as http
from flask.typing import ResponseReturnValue

from engage.campaigns import beginnings
from engage.campaigns.about_you import held_about
from engage.campaigns.answering import Door, family_actor
from engage.campaigns.models import Beginning
from engage.cases.deadlines import deadlines
from engage.cases.intake import send_answers
from engage.core.clock import london_date
from engage.core.languages import current
from engage.surveys import routing
from engage.surveys.about_you import speaks_of_own_family, ticket_for
from engage.surveys.answers import unanswered
from engage.surveys.models import ContactChoice, Response
from engage.surveys.services import texts_of
from engage.surveys.wording import answer_rows
from engage.web.formats import easy_words
from engage.web.request import house, now, session
from engage.web.respond import about_you, blueprint, passes
from engage.web.respond.question_page import CHECK
from engage.web.respond.several import next_choice
from engage.web.respond.visit import Visit, left_over, question_url, to_beginning, to_carry_on, visit
from engage.web.survey_pages import as_typed, checked_row

BEGUN = "begun"


@blueprint.get("/check")
def check() -> ResponseReturnValue:
    """All that was answered, each with a way to change it. Whoever left out a needed answer is taken to it."""
    here = visit()
    if here.door is not Door.STARTED:
        return to_beginning()
    if not here.is_mine:
        return to_carry_on()
    answers = here.response.answers
    missing = unanswered(here.survey, answers)
    if missing:
        return redirect(question_url(missing[0], missing="yes", back=CHECK), 303)
    last = routing.pages(here.survey, answers)[-1]
    easy = easy_words(here.survey)
    rows = answer_rows(here.survey, answers, texts_of(here.response), current(), easy)
    assert here.mine is not None
    return render_template(
        "respond/easy/check.html" if easy else "respond/check.html",
        rows=[checked_row(row, answers, easy, change=question_url(row.question, back=CHECK)) for row in rows],
        begun=here.mine.id,
        back=question_url(last.question),
    )


@blueprint.post("/send")
def send() -> ResponseReturnValue:
    """Send the answers. Sent twice, from two tabs or after a phone call, there is still one response and no error."""
    here = visit()
    if here.door is Door.ANSWERED:
        return redirect(url_for("respond.thank_you"), 303)
    if here.door is not Door.STARTED:
        return to_beginning()
    checked = _checked(here)
    if checked is None or unanswered(here.survey, checked.response.answers):
        return redirect(url_for("respond.check"), 303)
    beginnings.take_up(session(), here.invitation, checked)
    sent = send_answers(
        session(),
        here.invitation,
        here.survey,
        house().catalogue,
        credited=here.link.contact,
        by=family_actor(here.invitation),
        now=now(),
    )
    passes.give(passes.SENT, here.invitation.id, extra=_ticket(here, sent))
    return redirect(url_for("respond.thank_you"), 303)


def _ticket(here: Visit, sent: Response) -> dict[str, object]:
    """What lets this browser say something about the person too, where a family answered."""
    if house().catalogue.equality is None or not speaks_of_own_family(here.survey, sent.answers):
        return {}
    return {about_you.TICKET: ticket_for(sent, held=held_about(here.invitation)).as_data()}


def _checked(here: Visit) -> Beginning | None:
    """What the page showed that they sent from: sent hours later it is still that, and no page shows it again."""
    every = beginnings.beginnings_of(session(), here.invitation)
    named = http.form.get(BEGUN, "")
    shown = next((one for one in every if str(one.id) == named and one.link_id is not None), None)
    return shown or here.mine or here.begun


@blueprint.get("/thank-you")
def thank_you() -> ResponseReturnValue:
    """What happens next and when, and where else to turn. Only the browser that sent the answers reads of them; where the
    link was cut, there is nothing left to quote."""
    here = visit()
    if here.door is not Door.ANSWERED:
        return to_beginning()
    held = passes.shown()
    told = held is not None and held.kind == passes.SENT and held.about == here.invitation.id
    response = here.invitation.response if told else None
    sent_on = london_date(here.invitation.answered_at or now())
    wants_contact = response is not None and response.contact_choice is ContactChoice.CONTACT
    return render_template(
        "respond/easy/thank_you.html" if easy_words(here.survey) else "respond/thank_you.html",
        reference=response.reference if response else None,
        is_cut=told and response is None,
        not_added=[as_typed(words) for words in left_over(here)],
        contact_by=deadlines(sent_on, urgent=False).contact_due_on if wants_contact else None,
        routes=here.survey.thank_you_routes,
        another=next_choice(here),
        may_ask_about_you=about_you.minutes_for(here),
    )
