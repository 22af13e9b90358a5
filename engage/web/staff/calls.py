"""Calls: whom to ring now, and one call: script, the survey, and what came of it, all on one page."""

from dataclasses import dataclass
from datetime import datetime, time, timedelta

import phonenumbers
from babel import Locale, UnknownLocaleError
from flask import flash, redirect, render_template, url_for
from flask import request as http
from flask.typing import ResponseReturnValue

from engage.accounts.permissions import Permission
from engage.campaigns import answering, calls, gate
from engage.campaigns.answering import Door
from engage.campaigns.asking import Asking
from engage.campaigns.calls import CallItem
from engage.campaigns.household import cap_of
from engage.campaigns.models import CallOutcome, Invitation
from engage.campaigns.professionals import case_label
from engage.cases.intake import send_phone_answers
from engage.core.clock import london_date, london_moment
from engage.core.errors import Conflict, Invalid
from engage.people.models import Person, RoleMailbox
from engage.plans.models import PlanEventKind
from engage.surveys.answers import clean_text
from engage.surveys.definition import Audience, Survey
from engage.web.rendering import day, london, plural, weekday
from engage.web.request import actor, house, now, record_view, session
from engage.web.security import needs
from engage.web.staff import ROW, about_you, blueprint
from engage.web.survey_pages import (
    PhoneAnswers,
    as_typed,
    phone_errors,
    phone_fields,
    read_phone_answers,
    said_in_words,
    showable,
)

WHY_NOW = {
    "first_call": "No answer to our messages yet",
    "try_again": "Not reached yet",
    "call_back": "Asked to be called back now",
    "no_working_contact": "No working address or number: find one first",
}
HAPPENED = {
    PlanEventKind.PLAN_ISSUED: "Plan issued",
    PlanEventKind.ANNUAL_REVIEW: "Plan reviewed",
}
OUTCOMES = {
    CallOutcome.NO_REPLY: ("Nobody answered", ""),
    CallOutcome.LEFT_MESSAGE: ("I left a message", ""),
    CallOutcome.CALL_BACK: ("They asked to be called back", "Say when, below."),
    CallOutcome.PREFERS_LINK: ("They would rather use the link", "We send it to them once more."),
    CallOutcome.WRONG_NUMBER: ("It is the wrong number", "This number is never rung again."),
    CallOutcome.DECLINED: ("They do not want to answer this survey", "We do not ask them about it again."),
    CallOutcome.STOP_ASKING: ("They do not want to be asked again at all", "We send them no more surveys."),
    CallOutcome.DISTRESS: ("They were upset", "All contact stops until somebody has looked into it."),
}
WRITTEN_DOWN = {outcome: f"Written down: {label[0].lower()}{label[1:]}." for outcome, (label, _) in OUTCOMES.items()}
WHOM = {Audience.SETTING: "setting", Audience.HEALTH_PROFESSIONAL: "health service"}
"""Who is rung, where it is no family."""
CALL_BACK_DAYS = 14
CALL_BACK_TIMES = [time(hour, minute) for hour in range(8, 20) for minute in (0, 30)]


@dataclass(frozen=True)
class TypedCall:
    """The call page's form as it was sent: nothing of it is lost when it is shown again."""

    answers: PhoneAnswers
    outcome: CallOutcome | None
    note: str
    back_on: str
    back_at: str

    @property
    def call_back_at(self) -> datetime | None:
        """The chosen moment, or None when the day or the time is missing."""
        try:
            on = datetime.strptime(self.back_on, "%Y-%m-%d").date()  # noqa: DTZ007  # a day has no time zone
            return london_moment(on, time.fromisoformat(self.back_at))
        except ValueError:
            return None


@blueprint.get("/calls")
@needs(Permission.MAKE_CALLS)
def call_list() -> ResponseReturnValue:
    """Whom to ring now."""
    items = calls.call_list(session(), now=now(), cap=cap_of(house().settings))
    return render_template(
        "staff/calls/list.html", may_ask=about_you.is_offered(), cards=[_card(item) for item in items]
    )


@blueprint.get(f"/calls/<{ROW}:invitation_id>")
@needs(Permission.MAKE_CALLS)
def call(invitation_id: int) -> ResponseReturnValue:
    """One family's call."""
    item = calls.call_item(session(), invitation_id)
    record_view("call.viewed", "invitation", invitation_id)
    return _page(item)


@blueprint.post(f"/calls/<{ROW}:invitation_id>")
@needs(Permission.MAKE_CALLS)
def save_call(invitation_id: int) -> ResponseReturnValue:
    """Take the answers, or write down what came of the call."""
    item = calls.call_item(session(), invitation_id)
    invitation = gate.locked(session(), item.invitation)
    typed = _read(answering.survey_of(invitation, house().catalogue))
    action = http.form.get("action", "")
    answered = answering.door(invitation) is Door.ANSWERED
    if answered and action != "note":
        return _page(item, typed), 409
    if action == "send":
        return _take_answers(item, typed)
    return _log(item, typed, alone=action == "outcome_alone", after_answer=answered)


def _take_answers(item: CallItem, typed: TypedCall) -> ResponseReturnValue:
    if typed.answers.mistakes:
        survey = answering.survey_of(item.invitation, house().catalogue)
        return _page(item, typed, phone_errors(survey, typed.answers)), 422
    try:
        response = send_phone_answers(
            session(),
            item.invitation,
            house().catalogue,
            typed.answers.given,
            note=typed.note,
            by=actor(),
            now=now(),
        )
    except Conflict as conflict:
        return _page(item, typed, [{"text": conflict.message}]), 409
    about_you.offer(item.invitation, response)
    flash(f"The answers of {item.invitation.person.full_name} are in.", "success")
    return redirect(url_for("staff.call_list"), 303)


def _log(item: CallItem, typed: TypedCall, *, alone: bool, after_answer: bool) -> ResponseReturnValue:
    """Write the call down. Answers that were filled in are not thrown away without asking."""
    outcome = CallOutcome.ANSWERED_SURVEY if after_answer else typed.outcome
    if outcome is None:
        return _page(item, typed, [{"text": "Select what came of the call", "href": "#outcome"}]), 422
    if typed.answers.any_typed and not alone and not after_answer:
        text = "You have filled in answers. Send them, or save what came of the call without them"
        return _page(item, typed, [{"text": text, "href": "#send"}], offer_alone=True), 422
    before = len(item.invitation.contacts)
    try:
        calls.log_call(
            session(),
            item.invitation,
            outcome,
            by=actor(),
            now=now(),
            note=typed.note,
            call_back_at=typed.call_back_at,
            asking_with=Asking(house().catalogue, house().settings.secrets, letters=house().settings.sends_letters),
        )
    except Invalid as error:
        errors = [{"text": words, "href": "#back_on"} for words in error.fields.values()]
        return _page(item, typed, errors), 422
    except Conflict as conflict:
        return _page(item, typed, [{"text": conflict.message}]), 409
    flash(WRITTEN_DOWN.get(outcome, "Written down: the call."), "success")
    if outcome is CallOutcome.PREFERS_LINK and len(item.invitation.contacts) == before:
        flash("The link could not be sent again: there is no working address, or it was sent again before.", "error")
    return redirect(url_for("staff.call_list"), 303)


def _read(survey: Survey) -> TypedCall:
    chosen = http.form.get("outcome", "")
    return TypedCall(
        answers=read_phone_answers(survey, http.form.to_dict(flat=False)),
        outcome=CallOutcome(chosen) if chosen in set(OUTCOMES) else None,
        note=clean_text(http.form.get("note", "")).strip(),
        back_on=http.form.get("back_on", ""),
        back_at=http.form.get("back_at", ""),
    )


def _page(
    item: CallItem,
    typed: TypedCall | None = None,
    errors: list[dict[str, str]] | None = None,
    *,
    offer_alone: bool = False,
) -> str:
    invitation = item.invitation
    event = invitation.plan_event
    survey = answering.survey_of(invitation, house().catalogue)
    door = answering.door(invitation)
    verdict = gate.foreseen(session(), invitation, now=now())
    return render_template(
        "staff/calls/call.html",
        card=_card(item),
        back=url_for("staff.call_list"),
        errors=errors or [],
        held=verdict.because if verdict and not verdict.is_over else None,
        answered=door is Door.ANSWERED,
        closed=door is Door.CLOSED,
        begun=door is Door.STARTED,
        about=f"{HAPPENED[event.kind]} on {day(event.happened_on)}",
        child=event.plan.child.forename,
        whom=WHOM.get(survey.audience, "family"),
        at_work=survey.audience.is_at_work,
        known_as=_known_as(invitation),
        survey=survey,
        fields=phone_fields(survey, typed.answers if typed else None),
        typed_before=said_in_words(survey, typed.answers) if typed else [],
        outcome_items=_outcome_items(typed),
        note=showable(typed.note) if typed else "",
        back_days=_days(),
        back_times=[(at.isoformat("minutes"), f"{at:%-I:%M%p}".lower()) for at in CALL_BACK_TIMES],
        back_on=typed.back_on if typed else "",
        back_at=typed.back_at if typed else "",
        offer_alone=offer_alone,
    )


def _card(item: CallItem) -> dict[str, object]:
    person = item.invitation.person
    last = item.last
    return {
        "id": item.invitation.id,
        "name": person.full_name,
        "why": "Asked by email, at its mailbox" if isinstance(person, RoleMailbox) else WHY_NOW[item.why_now],
        "phone": _as_dialled(item.number.value) if item.number else None,
        "facts": [
            ("Language", _language(person)),
            ("Tries", plural(item.tries, "call") if item.tries else "None yet"),
            ("Last call", f"{_outcome(last.outcome)}, {london(last.called_at)}" if last else "None yet"),
            *([("What was noted", as_typed(last.note))] if last and last.note else []),
        ],
    }


def _known_as(invitation: Invitation) -> str:
    """By what a professional knows the case, said aloud: what their own page says of it, and no more."""
    label = case_label(invitation)
    return f"{label.initials}, born in {label.born_in}" if label.born_in else label.initials


def _outcome(outcome: CallOutcome) -> str:
    return OUTCOMES[outcome][0] if outcome in OUTCOMES else "They answered"


def _language(person: Person) -> str:
    tag = person.spoken_language or person.written_language
    try:
        name = Locale.parse(tag, sep="-").get_display_name("en") or tag
    except (UnknownLocaleError, ValueError):
        name = tag
    return f"{name}. Book an interpreter first" if person.interpreter_needed else name


def _as_dialled(number: str) -> str:
    return phonenumbers.format_number(phonenumbers.parse(number, "GB"), phonenumbers.PhoneNumberFormat.NATIONAL)


def _outcome_items(typed: TypedCall | None) -> list[dict[str, object]]:
    chosen = typed.outcome if typed else None
    return [
        {
            "value": outcome.value,
            "text": label,
            "checked": outcome is chosen,
            **({"hint": {"text": hint}} if hint else {}),
        }
        for outcome, (label, hint) in OUTCOMES.items()
    ]


def _days() -> list[tuple[str, str]]:
    today = london_date(now())
    return [
        ((today + timedelta(days=ahead)).isoformat(), weekday(today + timedelta(days=ahead)))
        for ahead in range(CALL_BACK_DAYS)
    ]
