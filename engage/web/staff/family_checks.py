"""A worker's check of a looked-after child's carers, a young person's capacity, and the list of what is to be found out."""

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from govuk_frontend_wtf.wtforms_widgets import GovRadioInput, GovSubmitInput, GovTextArea
from wtforms import RadioField, SubmitField, TextAreaField

from engage.accounts.permissions import Permission
from engage.campaigns import checking
from engage.core.clock import london_date
from engage.core.errors import Conflict, NotFound
from engage.people.contactability import why_young_person_not_asked
from engage.people.models import Capacity, Child, ParentCarer
from engage.people.queries import capacity_to_review
from engage.people.queries import child as one_child
from engage.people.vocabulary.ages import is_over_compulsory_school_age, mental_capacity_act_applies
from engage.web.dates import ThreeBoxDate
from engage.web.forms import Form, SelectChoice, trimmed
from engage.web.rendering import day
from engage.web.request import actor, now, record_view, session
from engage.web.security import needs
from engage.web.staff import ROW, blueprint
from engage.web.staff.words import CAPACITY, reason


class CheckForm(Form):
    """May this carer be asked?"""

    may_ask = RadioField(
        "May we ask them?",
        widget=GovRadioInput(),
        choices=[SelectChoice("yes", "Yes, we may ask them"), SelectChoice("no", "No, do not ask them")],
    )
    note = TextAreaField(
        "What should a colleague know? (optional)",
        widget=GovTextArea(),
        filters=[trimmed],
        description="Such as which worker said so. As little as will do.",
    )
    keep = SubmitField("Save", widget=GovSubmitInput())

    def is_whole(self) -> bool:
        """Whether it can be kept; each field that is wrong says why."""
        self.validate()
        if not self.may_ask.data:
            self.may_ask.errors = ["Select if we may ask them"]
        return not self.errors


class CapacityForm(Form):
    """Can they decide for themselves whether to answer?"""

    outcome = RadioField(
        "Can they decide for themselves whether to answer?",
        widget=GovRadioInput(),
        choices=[SelectChoice(outcome.value, words) for outcome, words in CAPACITY.items()],
    )
    basis = TextAreaField(
        "What does this rest on?",
        widget=GovTextArea(),
        filters=[trimmed],
        description="Who looked, when and how. It is about this one decision only.",
    )
    review_on = ThreeBoxDate("When should somebody look at this again?")
    keep = SubmitField("Save", widget=GovSubmitInput())

    def is_whole(self) -> bool:
        """Whether it can be kept; each field that is wrong says why."""
        self.validate()
        if not self.outcome.data:
            self.outcome.errors = ["Select if they can decide for themselves"]
        if not self.basis.data:
            self.basis.errors = ["Enter what this rests on"]
        if self.review_on.data is None:
            self.review_on.errors = ["Enter the day on which somebody looks at this again, like 27 3 2027"]
        elif self.review_on.data <= london_date(now()):
            self.review_on.errors = ["Enter a day from tomorrow on"]
        return not self.errors


@blueprint.get(f"/families/<{ROW}:child_id>/carers/<{ROW}:parent_id>/check")
@needs(Permission.CHECK_CARERS)
def new_check(child_id: int, parent_id: int) -> ResponseReturnValue:
    """Say whether this carer of a looked-after child may be asked."""
    child, parent = _carer(child_id, parent_id)
    record_view("family.viewed", "child", child_id)
    return _check(child, parent, CheckForm())


@blueprint.post(f"/families/<{ROW}:child_id>/carers/<{ROW}:parent_id>/check")
@needs(Permission.CHECK_CARERS)
def save_check(child_id: int, parent_id: int) -> ResponseReturnValue:
    """Keep the worker's word; it counts at once."""
    child, parent = _carer(child_id, parent_id)
    form = CheckForm()
    if not form.is_whole():
        return _check(child, parent, form), 422
    may_ask = form.may_ask.data == "yes"
    checking.check_carer(session(), child, parent, may_ask=may_ask, by=actor(), now=now(), note=form.note.data or "")
    flash(f"{parent.full_name} {'may be asked' if may_ask else 'is not asked'}.", "success")
    return redirect(url_for("staff.family", child_id=child.id))


@blueprint.get(f"/families/<{ROW}:child_id>/capacity")
@needs(Permission.CHECK_CARERS)
def new_capacity(child_id: int) -> ResponseReturnValue:
    """Say whether a young person can decide for themselves."""
    child = _young_person(child_id)
    record_view("family.viewed", "child", child_id)
    return _capacity(child, CapacityForm())


@blueprint.post(f"/families/<{ROW}:child_id>/capacity")
@needs(Permission.CHECK_CARERS)
def save_capacity(child_id: int) -> ResponseReturnValue:
    """Keep what was found; it counts at once."""
    child, form = _young_person(child_id), CapacityForm()
    if not form.is_whole() or form.review_on.data is None:
        return _capacity(child, form), 422
    checking.record_capacity(
        session(),
        child,
        Capacity(form.outcome.data),
        basis=form.basis.data or "",
        review_on=form.review_on.data,
        by=actor(),
        now=now(),
    )
    against = why_young_person_not_asked(child, on=london_date(now()))
    flash(f"Saved. {reason(against) or 'They are asked like anybody else'}.", "success")
    return redirect(url_for("staff.family", child_id=child.id))


@blueprint.get("/families/to-find-out")
@needs(Permission.SEE_FAMILIES)
def to_find_out() -> ResponseReturnValue:
    """Families whom nobody asks until somebody finds out who can be, and findings on capacity to be looked at again."""
    found = checking.all_to_find_out(session(), now=now())
    rows = [(child.full_name, url_for("staff.family", child_id=child.id), reason(because)) for child, because in found]
    again = [
        (
            one_child(session(), record.child_id).full_name,
            url_for("staff.new_capacity", child_id=record.child_id),
            CAPACITY[record.outcome],
            day(record.review_on),
        )
        for record in capacity_to_review(session(), today=london_date(now()))
    ]
    return render_template("staff/families/to_find_out.html", rows=rows, again=again)


def may_be_asked_themselves(child: Child) -> bool:
    """Whether the question of capacity arises: past school age, and 16."""
    today = london_date(now())
    return is_over_compulsory_school_age(child.born_on, today) and mental_capacity_act_applies(child.born_on, today)


def _carer(child_id: int, parent_id: int) -> tuple[Child, ParentCarer]:
    child = one_child(session(), child_id)
    parents = [tie.parent_carer for tie in child.relationships if tie.parent_carer_id == parent_id]
    if not parents:
        raise NotFound("There is no such parent carer of this child.")
    if not child.looked_after:
        raise Conflict("This child is not looked after, so nobody needs to be checked.")
    return child, parents[0]


def _young_person(child_id: int) -> Child:
    child = one_child(session(), child_id)
    if not may_be_asked_themselves(child):
        raise Conflict("This question arises only past school age, and from 16 on.")
    return child


def _check(child: Child, parent: ParentCarer, form: CheckForm) -> str:
    return render_template("staff/families/check.html", child=child, who=parent.full_name, form=form)


def _capacity(child: Child, form: CapacityForm) -> str:
    return render_template("staff/families/capacity.html", child=child, form=form)
