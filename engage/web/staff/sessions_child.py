"""Beside a child, on a tablet: their own yes before anything, one thing a page, and a way to stop on every one of them.

What the child said and what the facilitator saw are two fields of two colours, and only the first is an answer.
"""

from dataclasses import dataclass
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from engage.accounts.permissions import Permission
from engage.activities import session_queries as queries
from engage.activities import sessions as services
from engage.activities.session_models import ChildVoice, FacilitatedSession, SessionState, Shown
from engage.activities.session_models import Permission as Allowed
from engage.cases.services import consider
from engage.core.errors import Conflict
from engage.surveys.answers import AnswerMistake, clean_text, read_answer
from engage.surveys.definition import Question, Survey
from engage.surveys.routing import next_page, page, pages, previous_page
from engage.surveys.services import texts_of
from engage.surveys.wording import SOURCE_LANGUAGE, answer_rows, question_words
from engage.web.request import actor, house, now, record_view, session
from engage.web.security import needs
from engage.web.staff import CHANCE_ROW, blueprint
from engage.web.staff.activity_words import PERMISSIONS, SHOWN
from engage.web.staff.sessions import found_session, survey_of
from engage.web.survey_pages import as_typed, showable

CHILD = f"/sessions/<{CHANCE_ROW}:session_id>/children/<int(max=9999):number>"


@dataclass(frozen=True)
class Part:
    """One child's part in a session, and the words they are asked with."""

    meeting: FacilitatedSession
    voice: ChildVoice
    survey: Survey

    @property
    def address(self) -> dict[str, Any]:
        """What every address of this part holds."""
        return {"session_id": self.meeting.id, "number": self.voice.number}

    @property
    def asked(self) -> list[Question]:
        """The questions that apply and have set answers: each is a page with faces."""
        return [each.question for each in pages(self.survey, self.voice.response.answers) if each.question.is_coded]

    @property
    def in_words(self) -> list[Question]:
        """The questions answered in the child's own words, all on one page."""
        return [question for question in self.survey.questions if not question.is_coded]


def found_part(session_id: int, number: int, *, unfinished: bool = True) -> Part:
    """The part of the address; `NotFound` when there is none, `Conflict` when it is over and the page would change it."""
    meeting = found_session(session_id)
    voice = queries.voice(meeting, number)
    if unfinished and (voice.finished_at is not None or meeting.state is not SessionState.PLANNED):
        raise Conflict("This child has finished. What they said stays as they said it.")
    return Part(meeting, voice, survey_of(meeting))


@blueprint.get(f"/sessions/<{CHANCE_ROW}:session_id>/begin")
@needs(Permission.FACILITATE_SESSIONS)
def begin_child(session_id: int) -> ResponseReturnValue:
    """On whose word the child may be asked."""
    return _begin(found_session(session_id), {})


@blueprint.post(f"/sessions/<{CHANCE_ROW}:session_id>/begin")
@needs(Permission.FACILITATE_SESSIONS)
def save_assent(session_id: int) -> ResponseReturnValue:
    """First on whose word, then the child's own. Yes leads to the first question; no is counted, and nothing else kept."""
    meeting = found_session(session_id)
    typed = {name: clean_text(request.form.get(name, "")).strip() for name in ("assent", "permission", "shown", "note")}
    if typed["assent"] == "no":
        services.said_no(session(), meeting, by=actor(), now=now())
        flash("That is fine. We counted that somebody did not want to, and kept nothing else.", "success")
        return redirect(url_for("staff.session", session_id=session_id), 303)
    if wrong := _no_permission(typed):
        return _begin(meeting, typed, wrong), 422
    if not request.form.get("asked"):
        return _assent(meeting, typed)
    errors = []
    if typed["assent"] != "yes":
        errors.append({"text": "Select if the child wants to take part", "href": "#assent"})
    elif typed["shown"] not in set(Shown):
        errors.append({"text": "Select how the child showed yes", "href": "#shown"})
    if errors:
        return _assent(meeting, typed, errors), 422
    voice = services.begin(
        session(),
        meeting,
        survey_of(meeting),
        permission=Allowed(typed["permission"]),
        note=typed["note"],
        shown=Shown(typed["shown"]),
        by=actor(),
        now=now(),
    )
    first = Part(meeting, voice, survey_of(meeting))
    return redirect(_ask(first, first.asked[0]), 303)


@blueprint.get(f"{CHILD}/questions/<asked>")
@needs(Permission.FACILITATE_SESSIONS)
def child_question(session_id: int, number: int, asked: str) -> ResponseReturnValue:
    """One question, with its pictures and their words."""
    part = found_part(session_id, number)
    return _question(part, page(part.survey, part.voice.response.answers, asked).question)


@blueprint.post(f"{CHILD}/questions/<asked>")
@needs(Permission.FACILITATE_SESSIONS)
def save_child_answer(session_id: int, number: int, asked: str) -> ResponseReturnValue:
    """Keep the answer, or that the child left it out, and go on."""
    part = found_part(session_id, number)
    question = page(part.survey, part.voice.response.answers, asked).question
    left_out = request.form.get("leave_out") == "yes"
    value = None if left_out else read_answer(question, request.form.getlist("answer"))
    if isinstance(value, AnswerMistake):
        return _question(part, question, value), 422
    services.answer(session(), part.voice, question, value, now=now())
    return redirect(_after(part, question), 303)


@blueprint.get(f"{CHILD}/words")
@needs(Permission.FACILITATE_SESSIONS)
def child_words(session_id: int, number: int) -> ResponseReturnValue:
    """What the child said, and apart from it what the facilitator saw."""
    part = found_part(session_id, number)
    return _words(part, {**texts_of(part.voice.response), "observed": part.voice.observed})


@blueprint.post(f"{CHILD}/words")
@needs(Permission.FACILITATE_SESSIONS)
def save_child_words(session_id: int, number: int) -> ResponseReturnValue:
    """Keep both, apart."""
    part = found_part(session_id, number)
    typed = {name: clean_text(request.form.get(f"said-{name}", "")) for name in (q.id for q in part.in_words)}
    typed["observed"] = clean_text(request.form.get("observed", ""))
    read = {question: read_answer(question, [typed[question.id]]) for question in part.in_words}
    errors = [
        {"text": wrong.message, "href": f"#said-{wrong.question}"}
        for wrong in read.values()
        if isinstance(wrong, AnswerMistake) and typed[wrong.question].strip()
    ]
    if errors:
        return _words(part, typed, errors), 422
    for question, value in read.items():
        services.answer(session(), part.voice, question, value if isinstance(value, str) else None, now=now())
    services.observe(session(), part.voice, typed["observed"])
    return redirect(url_for("staff.child_drawings", **part.address), 303)


@blueprint.get(f"{CHILD}/who")
@needs(Permission.FACILITATE_SESSIONS)
def child_who(session_id: int, number: int) -> ResponseReturnValue:
    """Whether it may be known whose words these are: for the child to say."""
    part = found_part(session_id, number)
    return render_template("staff/sessions/who.html", part=part, chosen=part.voice.child_id, errors=[])


@blueprint.post(f"{CHILD}/who")
@needs(Permission.FACILITATE_SESSIONS)
def save_child_who(session_id: int, number: int) -> ResponseReturnValue:
    """Link it to one of those expected, or to nobody."""
    part = found_part(session_id, number)
    chosen = request.form.get("who", "")
    choices = {str(each.child_id): each.child_id for each in part.meeting.expected} | {"nobody": None}
    if chosen not in choices:
        errors = [{"text": "Select whose words these are, or nobody", "href": "#who"}]
        return render_template("staff/sessions/who.html", part=part, chosen=None, errors=errors), 422
    services.say_who(session(), part.voice, choices[chosen], by=actor(), now=now())
    return redirect(url_for("staff.child_part", **part.address), 303)


@blueprint.get(CHILD)
@needs(Permission.FACILITATE_SESSIONS)
def child_part(session_id: int, number: int) -> ResponseReturnValue:
    """All that this child left with us, to be looked at together before it is kept."""
    part = found_part(session_id, number, unfinished=False)
    record_view("child_voice.viewed", "session", session_id)
    response = part.voice.response
    rows = answer_rows(part.survey, response.answers, texts_of(response), SOURCE_LANGUAGE)
    return render_template(
        "staff/sessions/part.html",
        part=part,
        rows=[(row.question, row.heading, as_typed(row.answer) if row.answer else "") for row in rows],
        observed=as_typed(part.voice.observed) if part.voice.observed else "",
        permission=PERMISSIONS[part.voice.permission][0],
        shown=SHOWN[part.voice.shown][0],
        is_open=part.voice.finished_at is None and part.meeting.state is SessionState.PLANNED,
    )


@blueprint.post(f"{CHILD}/finish")
@needs(Permission.FACILITATE_SESSIONS)
def finish_child(session_id: int, number: int) -> ResponseReturnValue:
    """Keep what was said. Words that may mean harm open an urgent case, as they do for every answer."""
    part = found_part(session_id, number)
    stopped = request.form.get("stopped") == "yes"
    response = services.finish_child(session(), part.voice, part.survey, stopped=stopped, by=actor(), now=now())
    case = consider(session(), response, part.survey, flagged=house().catalogue.flagged_words, now=now())
    if case is not None and case.urgent:
        flash("Some of these words may mean that somebody is not safe. Read the page below now.", "error")
        return redirect(url_for("staff.worry", session_id=session_id, child=number), 303)
    flash(f"Thank you, Child {number}. It is kept.", "success")
    return redirect(url_for("staff.session", session_id=session_id), 303)


@blueprint.get(f"{CHILD}/stop")
@needs(Permission.FACILITATE_SESSIONS)
def stop_child(session_id: int, number: int) -> ResponseReturnValue:
    """The child wants to stop: keep what they said, or delete it all. Both are fine, at any moment."""
    part = found_part(session_id, number, unfinished=False)
    return render_template("staff/sessions/stop.html", part=part, is_open=part.voice.finished_at is None)


@blueprint.post(f"{CHILD}/changed-mind")
@needs(Permission.FACILITATE_SESSIONS)
def changed_mind(session_id: int, number: int) -> ResponseReturnValue:
    """Everything of theirs goes at once."""
    part = found_part(session_id, number, unfinished=False)
    services.changed_their_mind(session(), part.voice, by=actor(), now=now())
    flash("Deleted. Nothing of what they said or drew is left.", "success")
    return redirect(url_for("staff.session", session_id=session_id), 303)


def _no_permission(typed: dict[str, str]) -> list[dict[str, str]]:
    """What is missing before a child may be asked at all."""
    if typed["permission"] not in set(Allowed):
        return [{"text": "Select on whose word you may ask", "href": "#permission"}]
    if services.needs_note(Allowed(typed["permission"])) and not typed["note"]:
        return [{"text": services.HOW_YOU_KNOW, "href": "#note"}]
    return []


def _begin(meeting: FacilitatedSession, typed: dict[str, str], errors: list[dict[str, str]] | None = None) -> str:
    _still_open(meeting)
    return render_template(
        "staff/sessions/begin.html",
        meeting=meeting,
        number=meeting.last_number + 1,
        permissions=[(code.value, words, hint) for code, (words, hint) in PERMISSIONS.items()],
        typed=typed | {"note": showable(typed.get("note", ""))},
        errors=errors or [],
    )


def _assent(meeting: FacilitatedSession, typed: dict[str, str], errors: list[dict[str, str]] | None = None) -> str:
    _still_open(meeting)
    return render_template(
        "staff/sessions/assent.html",
        meeting=meeting,
        number=meeting.last_number + 1,
        intro=survey_of(meeting).intro,
        ways=[(code.value, words, drawn) for code, (words, drawn) in SHOWN.items()],
        typed=typed | {"note": showable(typed["note"])},
        errors=errors or [],
    )


def _still_open(meeting: FacilitatedSession) -> None:
    if meeting.state is not SessionState.PLANNED:
        raise Conflict("This session is over.")


def _question(part: Part, question: Question, mistake: AnswerMistake | None = None) -> str:
    before = previous_page(part.survey, part.voice.response.answers, question.id)
    return render_template(
        "staff/sessions/question.html",
        part=part,
        words=question_words(question, SOURCE_LANGUAGE),
        chosen=part.voice.response.answers.get(question.id),
        at=part.asked.index(question) + 1,
        of=len(part.asked),
        back=_ask(part, before.question) if before else url_for("staff.session", session_id=part.meeting.id),
        errors=[{"text": mistake.message, "href": "#answer"}] if mistake else [],
    )


def _words(part: Part, typed: dict[str, str], errors: list[dict[str, str]] | None = None) -> str:
    return render_template(
        "staff/sessions/words.html",
        part=part,
        said=[
            (question, question_words(question, SOURCE_LANGUAGE), showable(typed.get(question.id, "")))
            for question in part.in_words
        ],
        observed=showable(typed["observed"]),
        back=_ask(part, part.asked[-1]),
        errors=errors or [],
    )


def _ask(part: Part, question: Question) -> str:
    return url_for("staff.child_question", asked=question.id, **part.address)


def _after(part: Part, question: Question) -> str:
    following = next_page(part.survey, part.voice.response.answers, question.id)
    while following is not None and not following.question.is_coded:
        following = next_page(part.survey, part.voice.response.answers, following.question.id)
    return _ask(part, following.question) if following else url_for("staff.child_words", **part.address)
