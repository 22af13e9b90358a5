"""Cases: the lists SEND QA works from, and one case with what was said, what is promised, and what to do next."""

from collections.abc import Callable
from dataclasses import dataclass

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from engage.accounts.permissions import Permission
from engage.cases import queries, services
from engage.cases.models import CaseEntry, CaseEntryKind, CaseState, DissatisfactionCase
from engage.cases.queries import CaseView
from engage.core.clock import london_date
from engage.core.errors import Invalid, NotFound
from engage.core.themes import THEME_LABELS, Theme
from engage.people.contactability import standing_hold, usable
from engage.people.models import Channel, Person
from engage.people.reach import in_words
from engage.surveys.models import Mode
from engage.surveys.services import texts_of
from engage.surveys.wording import AnswerRow, answer_rows
from engage.web.forms import Form
from engage.web.rendering import day, london
from engage.web.request import actor, house, now, record_view, session
from engage.web.security import may, needs
from engage.web.staff import blueprint
from engage.web.staff.actors import namer
from engage.web.staff.case_steps import BY_CODE, KINDS, MEANS, STEPS, Step
from engage.web.staff.words import EVENTS

PAGE = 50
VIEWS = {
    CaseView.MINE: "My cases",
    CaseView.OVERDUE: "Overdue",
    CaseView.NEW_THIS_WEEK: "New this week",
    CaseView.OPEN: "All open cases",
    CaseView.CLOSED: "Closed cases",
}
EMPTY = {
    CaseView.MINE: (
        "You have no open cases",
        "A case you take is listed here.",
        "Open a case and press Take this case.",
    ),
    CaseView.OVERDUE: ("Nothing is overdue", "A case whose promised day has passed is listed here.", ""),
    CaseView.NEW_THIS_WEEK: ("No new cases this week", "An unhappy answer opens a case by itself, at once.", ""),
    CaseView.OPEN: ("No open cases", "An unhappy answer opens a case by itself, at once.", ""),
    CaseView.CLOSED: ("No closed cases", "Cases that came to an end are listed here.", ""),
}
MODES = {
    Mode.LINK: "by the link we sent",
    Mode.PHONE: "on the phone",
    Mode.PAPER: "on paper",
    Mode.FACE_TO_FACE: "face to face",
}


@dataclass(frozen=True)
class Family:
    """Who may be contacted, and how; no number and no address while they are on hold."""

    facts: list[tuple[str, str]]
    on_hold: bool
    href: str


@blueprint.get("/cases")
@needs(Permission.SEE_CASES)
def cases() -> ResponseReturnValue:
    """One list of cases: mine, overdue, new this week, open or closed, of every theme or one."""
    view = _view()
    theme = Theme(request.args["theme"]) if request.args.get("theme") in set(Theme) else None
    by_theme = queries.counts_by_theme(session())
    total = queries.count(session(), view, who=actor(), now=now(), theme=theme)
    page = min(max(1, request.args.get("page", 1, type=int)), max(1, -(-total // PAGE)))
    found = queries.cases(session(), view, who=actor(), now=now(), theme=theme, limit=PAGE, offset=PAGE * (page - 1))
    return render_template(
        "staff/cases/list.html",
        title=VIEWS[view],
        view=view,
        theme=theme,
        cards=_cards(),
        cases=found,
        total=total,
        owner_of=_owner_of(),
        due_on=queries.due_on,
        is_overdue=lambda case: queries.is_overdue(case, today=london_date(now())),
        empty_words=EMPTY[view],
        theme_choices=[("", "Every theme"), *((known.value, THEME_LABELS[known]) for known, _ in by_theme)],
        view_choices=list(VIEWS.items()),
        by_theme=[(THEME_LABELS[known], number) for known, number in by_theme],
        page=page,
        last=-(-total // PAGE),
        page_href=lambda at: url_for("staff.cases", view=view, theme=theme, page=at),
    )


@blueprint.get("/cases/<reference>")
@needs(Permission.SEE_CASES)
def case(reference: str) -> ResponseReturnValue:
    """One case. Reading it is itself recorded."""
    found = queries.case_with_story(session(), reference)
    record_view("case.viewed", "case", found.id)
    return _case(found)


@blueprint.post("/cases/<reference>/take")
@needs(Permission.WORK_CASES)
def take_case(reference: str) -> ResponseReturnValue:
    """Become the one who sees it through."""
    found = queries.case_with_story(session(), reference)
    services.take(session(), found, owner=actor(), by=actor(), now=now())
    flash("This case is yours.", "success")
    return redirect(url_for("staff.case", reference=reference))


@blueprint.post("/cases/<reference>/<step>")
@needs(Permission.WORK_CASES)
def case_step(reference: str, step: str) -> ResponseReturnValue:
    """Take one step, if it is lawful as the case now stands."""
    chosen = BY_CODE.get(step)
    if chosen is None:
        raise NotFound("There is no such step.")
    found = queries.case_with_story(session(), reference)
    form = chosen.form(prefix=chosen.code)
    try:
        if not form.validate():
            return _case(found, chosen, form), 422
        chosen.take(session(), found, form, by=actor(), now=now())
    except Invalid as error:
        form.show(error)
        return _case(found, chosen, form), 422
    flash(chosen.said, "success")
    return redirect(url_for("staff.case", reference=reference))


def _case(found: DissatisfactionCase, tried: Step | None = None, tried_form: Form | None = None) -> str:
    today = london_date(now())
    offered = [step for step in STEPS if step.offered(found)] if may(Permission.WORK_CASES) else []
    survey = house().catalogue.get(found.response.survey, found.response.version)
    name = namer(session())
    return render_template(
        "staff/cases/case.html",
        case=found,
        survey=survey,
        mode=MODES[found.response.mode],
        answers=_said(answer_rows(survey, found.response.answers, texts_of(found.response), "en")),
        family=_family(found),
        owner=name(found.owner) if found.owner else None,
        may_see_family=may(Permission.SEE_FAMILIES),
        is_mine=found.owner == str(actor()),
        may_work=may(Permission.WORK_CASES),
        kind=KINDS[found.triage][0] if found.triage else None,
        theme=THEME_LABELS[found.theme] if found.theme else None,
        promises=_promises(found, overdue=queries.is_overdue(found, today=today)),
        appeal=_appeal(found),
        steps=[(step, tried_form if step is tried else step.form(prefix=step.code, formdata=None)) for step in offered],
        tried=tried,
        form=tried_form,
        kind_hints=[{"hint": {"text": hint}} for _, hint in KINDS.values()],
        story=_story(found, name),
    )


def _view() -> CaseView:
    asked = request.args.get("view", "")
    if asked in set(CaseView):
        return CaseView(asked)
    mine = queries.count(session(), CaseView.MINE, who=actor(), now=now())
    return CaseView.MINE if mine else CaseView.OPEN


def _cards() -> list[dict[str, object]]:
    return [
        {
            "value": queries.count(session(), view, who=actor(), now=now()),
            "label": words,
            "href": url_for("staff.cases", view=view),
            "pressing": view is CaseView.OVERDUE,
        }
        for view, words in VIEWS.items()
        if view is not CaseView.CLOSED
    ]


def _owner_of() -> Callable[[DissatisfactionCase], str]:
    name = namer(session())
    return lambda case: name(case.owner) if case.owner else "Nobody yet"


def _said(rows: list[AnswerRow]) -> list[tuple[str, str, bool]]:
    """Each question, what was answered, and whether it is in their own words."""
    return [(row.heading, row.answer, not row.question.is_coded) for row in rows if row.answer]


def _family(found: DissatisfactionCase) -> Family | None:
    if found.invitation is None:
        return None
    person, event = found.invitation.person, found.invitation.plan_event
    on_hold = standing_hold(person.holds) is not None
    facts = [
        ("Name", person.full_name),
        ("About", f"{event.plan.child.full_name}: {EVENTS[event.kind].lower()}, {day(event.happened_on)}"),
    ]
    if not on_hold:
        facts.append(("Reach them by", " or ".join(_ways(person)) or "We have no number and no address that works"))
    if person.interpreter_needed:
        facts.append(("Language", "They need an interpreter"))
    return Family(facts, on_hold, url_for("staff.family", child_id=event.plan.child_id))


def _ways(person: Person) -> list[str]:
    numbers = {Channel.MOBILE, Channel.LANDLINE}
    return [
        in_words(point.value) if point.channel in numbers else point.value for point in usable(person.contact_points)
    ]


def _promises(found: DissatisfactionCase, *, overdue: bool) -> list[tuple[str, str, bool]]:
    """Each promise still to keep with its day, the next one marked when it has passed."""
    if found.state is CaseState.CLOSED:
        return []
    due = queries.due_on(found)
    promises = [("Close by", found.close_due_on)]
    if found.state in {CaseState.NEW, CaseState.TRIAGED} and found.may_contact:
        promises.insert(0, ("First contact by", found.contact_due_on))
    if found.state is CaseState.NEW:
        promises.insert(0, ("Sort by", found.triage_due_on))
    return [(words, day(on), overdue and on == due) for words, on in promises]


def _appeal(found: DissatisfactionCase) -> str | None:
    if found.appeal_until is None:
        return None
    last = day(found.appeal_until)
    if found.appeal_until < london_date(now()):
        return f"The time to appeal without a mediation certificate ended on {last}."
    return (
        f"The family can appeal to the SEND Tribunal until {last}, or for a month after a mediation certificate if that is "
        "later. Tell them. Nothing you do here stops or delays an appeal."
    )


def _story(found: DissatisfactionCase, name: Callable[[str], str]) -> list[dict[str, str]]:
    opened = {"title": "Answer sent, case opened", "when": london(found.opened_at), "text": "", "kind": "done"}
    return [opened, *(_line(entry, name) for entry in found.entries)]


def _line(entry: CaseEntry, name: Callable[[str], str]) -> dict[str, str]:
    if entry.kind is CaseEntryKind.OWNER:
        title, text = f"Taken by {name(entry.text)}", ""
    elif entry.kind is CaseEntryKind.CONTACT and entry.how is not None:
        title, text = f"{MEANS[entry.how]}: {'spoke with them' if entry.reached else 'not reached'}", entry.text
    elif entry.kind is CaseEntryKind.MOVED and entry.state is not None:
        title, text = entry.state.value.replace("_", " ").capitalize(), entry.text
    else:
        title, text = "Note", entry.text
    kind = "stopped" if entry.kind is CaseEntryKind.CONTACT and not entry.reached else "done"
    return {"title": title, "when": f"{london(entry.at)}, {name(entry.by)}", "text": text, "kind": kind}
