"""The steps that may be taken on a case: each its form, when it is offered, and what it does."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from govuk_frontend_wtf.wtforms_widgets import GovRadioInput, GovSelect, GovTextArea
from sqlalchemy.orm import Session
from wtforms import RadioField, SelectField, TextAreaField
from wtforms.validators import InputRequired

from engage.cases import services
from engage.cases.models import (
    CASE_TRANSITIONS,
    CaseEntryKind,
    CaseState,
    ContactMeans,
    DissatisfactionCase,
    TriageKind,
)
from engage.core.audit import Actor
from engage.core.themes import THEME_LABELS, Theme
from engage.web.forms import Form, SelectChoice, trimmed

KINDS = {
    TriageKind.SERVICE_REQUEST: ("Something to put right", "They need something done or answered."),
    TriageKind.COMPLAINT: ("A complaint", "Tell them how to complain. It goes on only if they agree."),
    TriageKind.FEEDBACK_ONLY: ("Feedback only", "Nothing to do for this family, but something to learn."),
    TriageKind.APPEALABLE: ("Something they can appeal", "Tell them about the appeal and its last day first."),
    TriageKind.SAFEGUARDING: (
        "A worry about somebody’s safety",
        "Ring the Single Point of Access now, before anything else.",
    ),
}
MEANS = {
    ContactMeans.PHONE: "By phone",
    ContactMeans.EMAIL: "By email",
    ContactMeans.LETTER: "By letter",
    ContactMeans.MEETING: "In person",
}
THEMES = [SelectChoice("", "Choose a theme"), *(SelectChoice(theme.value, THEME_LABELS[theme]) for theme in Theme)]


def _words(label: str, hint: str = "") -> TextAreaField:
    return TextAreaField(label, widget=GovTextArea(), filters=[trimmed], description=hint)


class TriageForm(Form):
    """What kind of case it is."""

    kind = RadioField(
        "What is this?",
        widget=GovRadioInput(),
        choices=[SelectChoice(kind.value, words) for kind, (words, _) in KINDS.items()],
        validators=[InputRequired("Select what this is")],
    )
    theme = SelectField("What is it about? (optional)", widget=GovSelect(), choices=THEMES)
    text = _words("Note (optional)")


class ContactForm(Form):
    """One try to speak with the family."""

    how = RadioField(
        "How?",
        widget=GovRadioInput(),
        choices=[SelectChoice(means.value, words) for means, words in MEANS.items()],
        validators=[InputRequired("Select how you tried")],
    )
    reached = RadioField(
        "Did you speak with them?",
        widget=GovRadioInput(),
        choices=[SelectChoice("yes", "Yes"), SelectChoice("no", "No")],
        validators=[InputRequired("Select whether you spoke with them")],
    )
    what = _words("What was said, or what happened?")


class ActionForm(Form):
    text = _words("What will be done?", "Say by whom and by when.")


class ResolveForm(Form):
    text = _words("What came of it?")


class EscalateForm(Form):
    text = _words("Who is it passed to, and why?")


class DeclineForm(Form):
    text = _words("Note (optional)", "The family does not want to take it further.")


class UnableForm(Form):
    text = _words("Note (optional)", "Every try is in the log already.")


class NoteForm(Form):
    text = _words("Note", "For the log. Do not write about a member of staff by name.")


class CloseForm(Form):
    """How it ended and what it teaches."""

    text = _words("What came of it?")
    theme = SelectField(
        "What does it teach us about?",
        widget=GovSelect(),
        choices=THEMES,
        validators=[InputRequired("Select a theme")],
        description="Themes show what to change for every family.",
    )


@dataclass(frozen=True)
class Step:
    """One thing that may be done next; `leads_to` is the state it moves to, if it moves at all."""

    code: str
    title: str
    form: type[Form]
    take: Callable[..., None]
    leads_to: CaseState | None = None
    said: str = "Saved."
    only_if: Callable[[DissatisfactionCase], bool] = lambda case: True  # noqa: ARG005

    def offered(self, case: DissatisfactionCase) -> bool:
        """Whether it is lawful now."""
        return self.only_if(case) and (self.leads_to is None or CASE_TRANSITIONS.allows(case.state, self.leads_to))


def _text_step(verb: Callable[..., None]) -> Callable[..., None]:
    def take(session: Session, case: DissatisfactionCase, form: Any, *, by: Actor, now: datetime) -> None:
        verb(session, case, form.text.data or "", by=by, now=now)

    return take


def _triage(session: Session, case: DissatisfactionCase, form: TriageForm, *, by: Actor, now: datetime) -> None:
    services.triage(
        session,
        case,
        TriageKind(form.kind.data),
        theme=Theme(form.theme.data) if form.theme.data else None,
        note=form.text.data or "",
        by=by,
        now=now,
    )


def _contact(session: Session, case: DissatisfactionCase, form: ContactForm, *, by: Actor, now: datetime) -> None:
    services.log_contact(
        session,
        case,
        how=ContactMeans(form.how.data),
        what=form.what.data or "",
        reached=form.reached.data == "yes",
        by=by,
        now=now,
    )


def _close(session: Session, case: DissatisfactionCase, form: CloseForm, *, by: Actor, now: datetime) -> None:
    services.close(session, case, outcome=form.text.data or "", theme=Theme(form.theme.data), by=by, now=now)


def _may_be_rung(case: DissatisfactionCase) -> bool:
    return case.may_contact and case.state not in services.NO_CONTACT_IN


def _was_tried(case: DissatisfactionCase) -> bool:
    return any(entry.kind is CaseEntryKind.CONTACT for entry in case.entries)


STEPS = (
    Step("triage", "Sort this case", TriageForm, _triage, CaseState.TRIAGED, "Sorted."),
    Step("contact", "Log a contact", ContactForm, _contact, said="Logged.", only_if=_may_be_rung),
    Step(
        "action",
        "Write down what was agreed",
        ActionForm,
        _text_step(services.agree_action),
        CaseState.ACTION_AGREED,
    ),
    Step("resolve", "It is resolved", ResolveForm, _text_step(services.resolve), CaseState.RESOLVED),
    Step("escalate", "Escalate", EscalateForm, _text_step(services.escalate), CaseState.ESCALATED, "Escalated."),
    Step(
        "decline",
        "The family declined",
        DeclineForm,
        _text_step(services.decline),
        CaseState.DECLINED,
        only_if=lambda case: case.may_contact,
    ),
    Step(
        "unable",
        "We cannot reach them",
        UnableForm,
        _text_step(services.unable_to_contact),
        CaseState.UNABLE_TO_CONTACT,
        only_if=_was_tried,
    ),
    Step("close", "Close this case", CloseForm, _close, CaseState.CLOSED, "Closed."),
    Step("note", "Add a note", NoteForm, _text_step(services.note), said="Note added."),
)
BY_CODE = {step.code: step for step in STEPS}
