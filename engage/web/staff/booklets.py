"""Booklets: surveys printed on paper, for one family, for the call list, or blank for anybody."""

from collections.abc import Sequence

from flask import flash, redirect, render_template, url_for
from flask import request as http
from flask.typing import ResponseReturnValue

from engage.accounts.permissions import Permission
from engage.campaigns import booklets, calls
from engage.campaigns.answering import survey_of
from engage.campaigns.booklet_models import Booklet
from engage.campaigns.household import cap_of
from engage.campaigns.models import Invitation, InvitationState
from engage.campaigns.queries import invitations_about
from engage.cases.paper import WITHOUT_INVITATION
from engage.core import languages
from engage.core.errors import Conflict, Invalid, NotFound
from engage.people.models import Person
from engage.people.queries import child as one_child
from engage.surveys.definition import Mode, Survey
from engage.surveys.formats import Format
from engage.web.booklet_pages import (
    FORMATS,
    blank_sheet,
    chosen_format,
    chosen_language,
    language_choices,
    sheet_of,
)
from engage.web.language import offered
from engage.web.rendering import day, plural
from engage.web.request import actor, house, now, record_view, session
from engage.web.security import needs
from engage.web.staff import ROW, blueprint
from engage.web.staff.words import EVENTS, wait
from engage.web.survey_pages import showable

OPEN = frozenset({InvitationState.PLANNED, InvitationState.ASKING})
BATCH_LIMIT = 100


@blueprint.get("/booklets")
@needs(Permission.TAKE_PAPER)
def booklets_page() -> ResponseReturnValue:
    """Type in a booklet that came back, or print some."""
    return _desk()


@blueprint.post("/booklets")
@needs(Permission.TAKE_PAPER)
def find_booklet() -> ResponseReturnValue:
    """Find the booklet with this code. It is a POST, so that no code stands in an address that is logged or kept."""
    typed = http.form.get("code", "")
    try:
        booklet = booklets.booklet_with(session(), typed, house().settings.secrets)
    except Invalid as error:
        return _desk(typed, [{"text": words, "href": "#code"} for words in error.fields.values()]), 422
    return redirect(url_for("staff.enter_booklet", booklet_id=booklet.id), 303)


def _desk(typed: str = "", errors: list[dict[str, str]] | None = None) -> str:
    return render_template(
        "staff/booklets/desk.html",
        typed=showable(typed),
        errors=errors or [],
        blank=[(survey.code, survey.title) for survey in blank_surveys()],
        languages_offered=language_choices(),
        formats=[(kind.value, name) for kind, name in FORMATS.items()],
        waiting=len(_to_print_for()),
    )


def blank_surveys() -> list[Survey]:
    """The surveys that anybody may answer on paper, in the version in use."""
    catalogue = house().catalogue
    current = [catalogue.current(code) for code in sorted({code for code, _ in catalogue.published})]
    return [survey for survey in current if survey.audience in WITHOUT_INVITATION and Mode.PAPER in survey.modes]


def blank_survey() -> Survey:
    """The one that this request names, the first of them without a name; `NotFound` for a survey whose people are asked by
    name."""
    code = http.args.get("survey")
    survey = next((one for one in blank_surveys() if code in (None, one.code)), None)
    if survey is None:
        raise NotFound("There are no blank booklets of this survey.")
    return survey


@blueprint.get("/booklets/blank")
@needs(Permission.TAKE_PAPER)
def blank_booklet() -> ResponseReturnValue:
    """A booklet without a code, to be laid out or given to anybody."""
    survey = blank_survey()
    sheet = blank_sheet(survey, chosen_language(), chosen_format())
    return render_template(
        "booklets/sheets.html", title=survey.title, sheets=[sheet], back=url_for("staff.booklets_page")
    )


@blueprint.get(f"/families/<{ROW}:child_id>/booklets")
@needs(Permission.TAKE_PAPER)
def family_booklets(child_id: int) -> ResponseReturnValue:
    """What can be printed for this family, and what has been."""
    return _family_page(child_id)


@blueprint.post(f"/families/<{ROW}:child_id>/booklets")
@needs(Permission.TAKE_PAPER)
def print_for_family(child_id: int) -> ResponseReturnValue:
    """Make a booklet for one person who is asked about this child."""
    invitation = next((one for one in _open(child_id) if str(one.id) == http.form.get("invitation")), None)
    if invitation is None:
        return _family_page(child_id, [{"text": "Select whom it is for", "href": "#invitation"}]), 422
    try:
        booklet = booklets.print_booklet(
            session(),
            invitation,
            house().catalogue,
            house().settings.secrets,
            language=chosen_language(),
            in_format=chosen_format(),
            by=actor(),
            now=now(),
        )
    except Conflict as conflict:
        return _family_page(child_id, [{"text": conflict.message}]), 409
    except Invalid as error:
        return _family_page(child_id, [{"text": words, "href": "#format"} for words in error.fields.values()]), 422
    return redirect(url_for("staff.print_page", booklet_id=booklet.id), 303)


def _open(child_id: int) -> list[Invitation]:
    return [one for one in invitations_about(session(), child_id) if one.state in OPEN]


def _family_page(child_id: int, errors: list[dict[str, str]] | None = None) -> str:
    child, asked = one_child(session(), child_id), _open(child_id)
    printed = booklets.booklets_for(session(), [one.id for one in invitations_about(session(), child_id)])
    may = [one for one in asked if booklets.why_not_printed(session(), one, now=now()) is None]
    on_paper = [one for one in may if booklets.formats_of(house().catalogue, one)]
    return render_template(
        "staff/booklets/family.html",
        child=child,
        errors=errors or [],
        choices=[(str(one.id), _about(one), _reads(one.person)) for one in on_paper],
        held=[(_about(one), _why_not(one)) for one in asked if one not in may],
        language=offered_language(on_paper[0].person) if on_paper else "en",
        languages_offered=language_choices(),
        formats=[(kind.value, name) for kind, name in FORMATS.items()],
        printed=[_line(one) for one in printed],
    )


def _about(invitation: Invitation) -> str:
    event = invitation.plan_event
    return f"{invitation.person.full_name}: {EVENTS[event.kind].lower()} on {day(event.happened_on)}"


def _reads(person: Person) -> str:
    known = languages.known(person.written_language)
    return f"Reads {languages.LANGUAGES[known].in_english}" if known else ""


def _why_not(invitation: Invitation) -> str:
    verdict = booklets.why_not_printed(session(), invitation, now=now())
    return wait(verdict.because, verdict.until) if verdict else ""


def offered_language(person: Person) -> str:
    """The language this person reads, if families are offered it, and otherwise English."""
    known = languages.known(person.written_language)
    return known if known is not None and known in offered() else languages.SOURCE


def _line(booklet: Booklet) -> dict[str, object]:
    return {
        "id": booklet.id,
        "to": booklet.invitation.person.full_name,
        "printed": day(booklet.printed_at),
        "as": f"{FORMATS[booklet.format]}, {languages.LANGUAGES[booklet.language].in_english}",
        "came": day(booklet.received_on) if booklet.received_on else "",
    }


@blueprint.get(f"/booklets/<{ROW}:booklet_id>")
@needs(Permission.TAKE_PAPER)
def print_page(booklet_id: int) -> ResponseReturnValue:
    """One booklet to print. The gate is asked again: whoever is held now is not sent it."""
    booklet = booklets.one_booklet(session(), booklet_id)
    child_id = booklet.invitation.plan_event.plan.child_id
    record_view("booklet.viewed", "invitation", booklet.invitation_id)
    return _sheets([booklet], "A booklet to print", back=url_for("staff.family", child_id=child_id))


@blueprint.get("/booklets/printed/<batch>")
@needs(Permission.TAKE_PAPER)
def printed_batch(batch: str) -> ResponseReturnValue:
    """The booklets of one printing, those left out whose family may no longer be sent one."""
    found = booklets.printed_together(session(), batch)
    for booklet in found:
        record_view("booklet.viewed", "invitation", booklet.invitation_id)
    return _sheets(found, back=url_for("staff.booklets_page"))


def _sheets(found: Sequence[Booklet], title: str = "", *, back: str) -> ResponseReturnValue:
    may = [one for one in found if booklets.why_not_printed(session(), one.invitation, now=now()) is None]
    if not may:
        return render_template(
            "staff/booklets/not_now.html", why=[_why_not(one.invitation) for one in found], back=back
        ), 409
    return render_template(
        "booklets/sheets.html",
        title=title or f"{plural(len(may), 'booklet')} to print",
        sheets=[sheet_of(one) for one in may],
        back=back,
    )


@blueprint.get("/booklets/call-list")
@needs(Permission.TAKE_PAPER)
def call_list_booklets() -> ResponseReturnValue:
    """A booklet for each family that nobody has reached: each in the language they read."""
    return _batch_page()


@blueprint.post("/booklets/call-list")
@needs(Permission.TAKE_PAPER)
def print_for_call_list() -> ResponseReturnValue:
    """Print for those that were selected."""
    chosen = set(http.form.getlist("invitation"))
    asked = [one for one in _to_print_for() if str(one.id) in chosen]
    if not asked:
        return _batch_page([{"text": "Select at least one family", "href": "#invitation"}]), 422
    batch, wanted = booklets.new_batch(), chosen_format()
    for invitation in asked:
        has_it = wanted in booklets.formats_of(house().catalogue, invitation)
        booklets.print_booklet(
            session(),
            invitation,
            house().catalogue,
            house().settings.secrets,
            language=offered_language(invitation.person),
            in_format=wanted if has_it else Format.STANDARD,
            by=actor(),
            now=now(),
            batch=batch,
        )
    flash(f"{plural(len(asked), 'booklet')} made.", "success")
    return redirect(url_for("staff.printed_batch", batch=batch), 303)


def _batch_page(errors: list[dict[str, str]] | None = None) -> str:
    families = [
        {"value": str(one.id), "text": _about(one), "hint": {"text": _reads(one.person)}} for one in _to_print_for()
    ]
    return render_template(
        "staff/booklets/call_list.html",
        families=families,
        formats=[(kind.value, name) for kind, name in FORMATS.items()],
        errors=errors or [],
    )


def _to_print_for() -> list[Invitation]:
    """Families on the call list who have no booklet yet and may be sent one."""
    listed = [item.invitation for item in calls.call_list(session(), now=now(), cap=cap_of(house().settings))]
    have = {one.invitation_id for one in booklets.booklets_for(session(), [one.id for one in listed])}
    without = [one for one in listed if one.id not in have and Mode.PAPER in survey_of(one, house().catalogue).modes]
    return [one for one in without if booklets.why_not_printed(session(), one, now=now()) is None][:BATCH_LIMIT]
