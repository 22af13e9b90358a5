"""Placing a hold on a family, and lifting one that a colleague or the family placed."""

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from govuk_frontend_wtf.wtforms_widgets import GovRadioInput, GovSubmitInput, GovTextArea
from wtforms import RadioField, SubmitField, TextAreaField

from engage.accounts.permissions import Permission
from engage.campaigns.holding import hold_family, lift_family_hold
from engage.core.clock import london_date
from engage.core.errors import NotAllowed, NotFound
from engage.people.holds import ASKED_FOR_BY_THE_FAMILY
from engage.people.models import Child, Hold, HoldReason, Person
from engage.people.queries import child as one_child
from engage.people.queries import hold as one_hold
from engage.web.dates import ThreeBoxDate
from engage.web.forms import Form, SelectChoice, trimmed
from engage.web.rendering import day
from engage.web.request import actor, now, record_view, session
from engage.web.security import needs
from engage.web.staff import ROW, blueprint
from engage.web.staff.actors import namer
from engage.web.staff.families import people_of
from engage.web.staff.words import HOLDS


class HoldForm(Form):
    """Who must not be contacted, why, and when somebody looks again."""

    whom = RadioField("Who must not be contacted?", widget=GovRadioInput())
    reason = RadioField(
        "Why?",
        widget=GovRadioInput(),
        choices=[SelectChoice(reason.value, words) for reason, words in HOLDS.items()],
    )
    note = TextAreaField(
        "What should a colleague know? (optional)",
        widget=GovTextArea(),
        filters=[trimmed],
        description="As little as will do. Everybody who may open this family’s page can read it.",
    )
    review_on = ThreeBoxDate(
        "When should somebody look at this again?",
        description="Leave it blank only when the family itself asked us to stop, or it is not the right person.",
    )
    place = SubmitField("Stop all contact", widget=GovSubmitInput())

    def offer(self, child: Child) -> "HoldForm":
        """Offer the child, and so everybody, or one parent carer."""
        self.whom.choices = [SelectChoice(str(child.id), f"Everybody about {child.full_name}")] + [
            SelectChoice(str(each.id), f"{each.full_name} only") for each in people_of(child)[1:]
        ]
        return self

    def is_whole(self) -> bool:
        """Whether a hold can be placed like this; each field that is wrong says why."""
        self.validate()
        if not self.whom.data:
            self.whom.errors = ["Select who must not be contacted"]
        if not self.reason.data:
            self.reason.errors = ["Select why"]
        if wrong := self._wrong_day():
            self.review_on.errors = [wrong]
        return not self.errors

    def _wrong_day(self) -> str | None:
        if self.review_on.is_unreadable:
            return "Enter a real date, like 27 3 2026"
        if self.review_on.data is None:
            needs_none = self.reason.data in ASKED_FOR_BY_THE_FAMILY
            return None if needs_none else "Enter the day on which somebody looks at this again"
        if self.review_on.data <= london_date(now()):
            return "Enter a day from tomorrow on"
        return None


@blueprint.get(f"/families/<{ROW}:child_id>/hold")
@needs(Permission.PLACE_HOLDS)
def new_hold(child_id: int) -> ResponseReturnValue:
    """Who, why, and until when."""
    child = one_child(session(), child_id)
    record_view("family.viewed", "child", child_id)
    return _form(child, HoldForm().offer(child))


@blueprint.post(f"/families/<{ROW}:child_id>/hold")
@needs(Permission.PLACE_HOLDS)
def place_hold(child_id: int) -> ResponseReturnValue:
    """Stop all contact at once: what was queued is taken back."""
    child = one_child(session(), child_id)
    form = HoldForm().offer(child)
    if not form.is_whole():
        return _form(child, form), 422
    held = next(each for each in people_of(child) if str(each.id) == form.whom.data)
    hold_family(
        session(),
        held,
        HoldReason(form.reason.data),
        by=actor(),
        now=now(),
        note=form.note.data or "",
        review_on=form.review_on.data,
    )
    flash("All contact has stopped. Whatever was waiting to leave has been taken back.", "success")
    return redirect(url_for("staff.family", child_id=child.id))


@blueprint.get(f"/families/<{ROW}:child_id>/holds/<{ROW}:hold_id>/lift")
@needs(Permission.LIFT_HOLDS)
def ask_to_lift(child_id: int, hold_id: int) -> ResponseReturnValue:
    """Say who could be contacted again, and ask once."""
    child = one_child(session(), child_id)
    hold, held = _standing(child, hold_id)
    record_view("family.viewed", "child", child_id)
    return _lifting(child, hold, held)


@blueprint.post(f"/families/<{ROW}:child_id>/holds/<{ROW}:hold_id>/lift")
@needs(Permission.LIFT_HOLDS)
def lift_hold(child_id: int, hold_id: int) -> ResponseReturnValue:
    """Allow contact again, if somebody else stopped it."""
    child = one_child(session(), child_id)
    hold, held = _standing(child, hold_id)
    try:
        lift_family_hold(session(), hold, by=actor(), now=now())
    except NotAllowed as error:
        return _lifting(child, hold, held, error.message), 403
    flash(f"The hold is lifted. {held.full_name} can be contacted again.", "success")
    return redirect(url_for("staff.family", child_id=child.id))


def _standing(child: Child, hold_id: int) -> tuple[Hold, Person]:
    hold = one_hold(session(), hold_id)
    held = next((each for each in people_of(child) if each.id == hold.person_id), None)
    if held is None or hold.lifted_at is not None:
        raise NotFound("There is no such hold on this family.")
    return hold, held


def _form(child: Child, form: HoldForm) -> str:
    return render_template("staff/families/hold.html", child=child, form=form)


def _lifting(child: Child, hold: Hold, held: Person, wrong: str | None = None) -> str:
    return render_template(
        "staff/families/lift.html",
        child=child,
        hold=hold,
        who=held.full_name,
        everyone=isinstance(held, Child),
        reason=HOLDS[hold.reason],
        placed=f"Placed on {day(hold.placed_at)} by {namer(session())(hold.placed_by)}.",
        family_asked=hold.reason in ASKED_FOR_BY_THE_FAMILY,
        mine=hold.placed_by == str(actor()),
        errors=[{"text": wrong}] if wrong else [],
    )
