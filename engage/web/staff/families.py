"""Families: find one, and see what was said to them, what comes next, and what holds it back."""

from collections.abc import Sequence

from babel import Locale, UnknownLocaleError
from flask import render_template, url_for
from flask import request as http
from flask.typing import ResponseReturnValue

from engage.accounts.permissions import Permission
from engage.campaigns.answering import Door, door
from engage.campaigns.booklets import booklets_for
from engage.campaigns.merging import riding, words_of
from engage.campaigns.models import CampaignState, Invitation
from engage.campaigns.queries import campaigns, carried_by, contact, invitations_about
from engage.campaigns.resuming import codes_sent
from engage.core.audit import events_about
from engage.core.clock import london_date
from engage.core.errors import NotFound
from engage.people.contactability import (
    NotAsked,
    newest_capacity_record,
    newest_check,
    why_not_asked,
    why_young_person_not_asked,
)
from engage.people.models import Child, ContactCheck, Person, Relationship
from engage.people.queries import child as one_child
from engage.people.queries import family_of, find_children, person, standing_holds
from engage.people.reach import in_words
from engage.people.vocabulary.ages import age_on
from engage.plans.queries import events_of
from engage.web.forms import trimmed
from engage.web.rendering import day, words
from engage.web.request import house, now, record_view, session
from engage.web.security import may, needs
from engage.web.staff import ROW, about_you, blueprint
from engage.web.staff.actors import namer
from engage.web.staff.campaigns import message_shown
from engage.web.staff.family_ahead import coming
from engage.web.staff.family_story import story, ways
from engage.web.staff.message_words import Sending, asks_about, said_of
from engage.web.staff.words import CAPACITY, HOLDS, reason

MOST_FOUND = 50


@blueprint.get("/families")
@needs(Permission.SEE_FAMILIES)
def families() -> ResponseReturnValue:
    """Find a family."""
    return render_template("staff/families/families.html", typed="", found=None, most=MOST_FOUND)


@blueprint.post("/families")
@needs(Permission.SEE_FAMILIES)
def find_family() -> ResponseReturnValue:
    """Whom the words describe. It is a POST, so that no name stands in an address that is logged or kept."""
    typed = trimmed(http.form.get("words")) or ""
    if not typed:
        errors = [{"text": "Enter a name, a reference, an email address or a telephone number", "href": "#words"}]
        return render_template(
            "staff/families/families.html", typed="", found=None, most=MOST_FOUND, errors=errors
        ), 422
    found = find_children(session(), typed[:200], limit=MOST_FOUND)
    return render_template(
        "staff/families/families.html",
        typed=typed,
        found=[(child, _age(child), [tie.parent_carer.full_name for tie in child.relationships]) for child in found],
        most=MOST_FOUND,
    )


@blueprint.get(f"/families/<{ROW}:child_id>")
@needs(Permission.SEE_FAMILIES)
def family(child_id: int) -> ResponseReturnValue:
    """One family: holds on top, who they are, what comes next, and everything that happened."""
    child = one_child(session(), child_id)
    events, invitations = events_of(session(), child_id), invitations_about(session(), child_id)
    running = [each for each in campaigns(session()) if each.state is CampaignState.RUNNING]
    record_view("family.viewed", "child", child_id)
    may_check = may(Permission.CHECK_CARERS)
    return render_template(
        "staff/families/family.html",
        child=child,
        age=_age(child),
        about_child=_about_child(child),
        holds=_holds(people_of(child)),
        parents=[_parent(child, tie) for tie in child.relationships],
        own_ways=ways(child, in_words),
        coming=coming(
            session(),
            events,
            invitations,
            running,
            now=now(),
            settings=house().settings,
            templates=house().templates,
        ),
        story=story(
            child_id,
            events,
            invitations,
            people_of(child),
            carried_by(session(), [contact for each in invitations for contact in each.contacts]),
            booklets_for(session(), [each.id for each in invitations]),
            codes_sent(session(), [person.id for person in people_of(child)]),
            events_about(session(), "relationship", [tie.id for tie in child.relationships]),
            name=namer(session()),
            sending=Sending.at(session(), now()),
        ),
        may_ask=about_you.JUST_MET in http.args and about_you.is_offered() and may(Permission.MAKE_CALLS),
        face_to_face=_answerable(invitations) if may(Permission.MAKE_CALLS) else [],
        themselves=_themselves(child, may_check=may_check),
        may_check=may_check and child.looked_after,
        may_hold=may(Permission.PLACE_HOLDS),
        may_print=may(Permission.TAKE_PAPER),
        may_lift=may(Permission.LIFT_HOLDS),
    )


def _answerable(invitations: Sequence[Invitation]) -> list[tuple[int, str]]:
    """Whose answers may still be taken face to face: the invitation, and who was asked."""
    return [(each.id, each.person.full_name) for each in invitations if door(each) in (Door.OPEN, Door.STARTED)]


@blueprint.get(f"/families/<{ROW}:child_id>/messages/<{ROW}:contact_id>")
@needs(Permission.SEE_FAMILIES)
def family_message(child_id: int, contact_id: int) -> ResponseReturnValue:
    """What one message said, made again from its template with the link hidden."""
    child, taken = one_child(session(), child_id), contact(session(), contact_id)
    invitation = taken.invitation
    if taken.message is None or invitation.plan_event.plan.child_id != child.id:
        raise NotFound("There is no such message.")
    record_view("message.viewed", "message", taken.message.id)
    carried = riding(session(), taken.message.id)
    several = len(carried) > 1
    return render_template(
        "staff/families/message.html",
        child=child,
        to=invitation.person.full_name,
        message=message_shown(
            invitation,
            taken.step,
            taken.message.channel,
            taken.message.template,
            words_of(carried) if several else None,
        ),
        asks_about=asks_about(carried) if several else "",
        became=said_of(taken.message, Sending.at(session(), now())),
        taken_at=taken.taken_at,
    )


@blueprint.get("/holds")
@needs(Permission.SEE_FAMILIES)
def holds() -> ResponseReturnValue:
    """Every hold in force, those to be looked at again first."""
    today, name = london_date(now()), namer(session())
    rows = []
    for hold in standing_holds(session()):
        held = person(session(), hold.person_id)
        child = next(iter(family_of(session(), held)), None)
        rows.append(
            {
                "name": held.full_name,
                "href": url_for("staff.family", child_id=child.id) if child else None,
                "reason": HOLDS[hold.reason],
                "by": name(hold.placed_by),
                "since": day(hold.placed_at),
                "review": day(hold.review_on) if hold.review_on else "No date: the family asked",
                "is_due": hold.review_on is not None and hold.review_on <= today,
            }
        )
    return render_template("staff/families/holds.html", rows=rows)


def people_of(child: Child) -> list[Person]:
    """A child and their parent carers."""
    return [child, *(tie.parent_carer for tie in child.relationships)]


def _age(child: Child) -> int:
    return age_on(child.born_on, london_date(now()))


def _about_child(child: Child) -> list[tuple[str, str]]:
    pairs = [
        ("Reference", child.source_ref),
        ("Born", f"{day(child.born_on)}, {_age(child)} years old"),
        ("Setting", child.setting_name or "Not on record"),
    ]
    if child.looked_after:
        pairs.append(("Looked after", "Yes: a worker says who may be asked"))
    return pairs


def _parent(child: Child, tie: Relationship) -> dict[str, object]:
    parent = tie.parent_carer
    against = why_not_asked(child, tie, on=london_date(now()))
    check = newest_check(child, parent.id) if child.looked_after else None
    return {
        "id": parent.id,
        "name": parent.full_name,
        "checked": _checked(check) if check else "",
        "relationship": words(tie.type),
        "language": _language(parent),
        "ways": ways(parent, in_words),
        "not_asked": reason(against),
    }


def _checked(check: ContactCheck) -> str:
    said = "may be asked" if check.may_ask else "should not be asked"
    note = f" “{check.note}”" if check.note else ""
    return f"Checked {day(check.checked_at)} by {namer(session())(check.checked_by)}: {said}.{note}"


def _themselves(child: Child, *, may_check: bool) -> dict[str, object] | None:
    """Whether a young person past school age is asked, and what was found about their capacity to decide."""
    against = why_young_person_not_asked(child, on=london_date(now()))
    if against is NotAsked.OF_SCHOOL_AGE:
        return None
    record = newest_capacity_record(child)
    found = ""
    if record is not None:
        by = namer(session())(record.recorded_by)
        found = (
            f"{CAPACITY[record.outcome]}, says {by} on {day(record.recorded_at)}: “{record.basis}” "
            f"To be looked at again on {day(record.review_on)}."
        )
    return {
        "not_asked": reason(against),
        "found": found,
        "may_record": may_check and against is not NotAsked.NOT_YET_SIXTEEN,
    }


def _language(parent: Person) -> str:
    try:
        read = Locale.parse(parent.written_language, sep="-").get_display_name("en") or parent.written_language
    except (UnknownLocaleError, ValueError):
        read = parent.written_language
    return f"{read}; needs an interpreter" if parent.interpreter_needed else read


def _holds(people: Sequence[Person]) -> list[dict[str, object]]:
    name, today = namer(session()), london_date(now())
    return [
        {
            "id": hold.id,
            "reason": HOLDS[hold.reason],
            "who": held.full_name,
            "everyone": isinstance(held, Child),
            "note": hold.note,
            "since": f"Since {day(hold.placed_at)}, by {name(hold.placed_by)}.",
            "review": f"To be looked at again on {day(hold.review_on)}." if hold.review_on else "",
            "is_due": hold.review_on is not None and hold.review_on <= today,
        }
        for held in people
        for hold in held.holds
        if hold.lifted_at is None
    ]
