"""Setting a campaign up, and changing its ladder."""

from collections.abc import Iterable
from datetime import time
from typing import Any

from annotated_types import Ge, Le
from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from govuk_frontend_wtf.wtforms_widgets import (
    GovCheckboxInput,
    GovRadioInput,
    GovSelect,
    GovSubmitInput,
    GovTextInput,
)
from wtforms import BooleanField, Field, RadioField, SelectField, StringField, SubmitField

from engage.accounts.permissions import Permission
from engage.campaigns.asking import settings_of
from engage.campaigns.ladder import LadderSettings, read_settings
from engage.campaigns.models import Campaign, CampaignState
from engage.campaigns.professionals import is_by_mailbox
from engage.campaigns.queries import campaign as one_of_campaigns
from engage.campaigns.services import change_ladder, create_campaign
from engage.core.clock import london_date
from engage.core.errors import Conflict, Invalid
from engage.plans.models import PlanEventKind
from engage.surveys.definition import Survey
from engage.surveys.loader import Catalogue
from engage.web.dates import ThreeBoxDate
from engage.web.forms import Form, SelectChoice, trimmed
from engage.web.request import actor, house, now, session
from engage.web.security import needs
from engage.web.staff import ROW, blueprint

DAYS = {
    "wait_days": ("Ask first", "Days after the plan or the decision was sent."),
    "reminder_after_days": ("Remind them, the same way", "Days after the first message."),
    "other_channel_after_days": ("Remind them, the other way", "Days after the first message."),
    "call_after_days": ("Put them on the call list", "Days after the first message."),
    "close_after_days": ("Stop asking", "Days after the first message."),
    "smallest_gap_days": ("Never two contacts closer than", "Days between any two, also when something was held up."),
    "stale_after_days": ("Never start asking about anything older than", "Days since it happened."),
}
FOR_FAMILIES = ("other_channel_after_days", "call_after_days", "letters", "joint_letter")
"""What is no part of the ladder of a mailbox: it has one address, is reminded once, and nobody rings it."""
HOURS = [SelectChoice(f"{hour:02d}:00", f"{hour % 12 or 12}{'am' if hour < 12 else 'pm'}") for hour in range(7, 22)]
AFTER = {
    PlanEventKind.PLAN_ISSUED: "after a plan is issued",
    PlanEventKind.ANNUAL_REVIEW: "after an annual review",
}


def _days(name: str) -> StringField:
    label, hint = DAYS[name]
    return StringField(
        label, widget=GovTextInput(), filters=[trimmed], description=hint, render_kw={"inputmode": "numeric"}
    )


class LadderForm(Form):
    """When a campaign contacts those it asks."""

    wait_days = _days("wait_days")
    reminder_after_days = _days("reminder_after_days")
    other_channel_after_days = _days("other_channel_after_days")
    call_after_days = _days("call_after_days")
    close_after_days = _days("close_after_days")
    smallest_gap_days = _days("smallest_gap_days")
    stale_after_days = _days("stale_after_days")
    opens = SelectField("Messages go from", widget=GovSelect(), choices=HOURS)
    closes = SelectField("Messages go until", widget=GovSelect(), choices=HOURS)
    saturdays = BooleanField("Messages go on Saturdays too", widget=GovCheckboxInput())
    working_days = BooleanField("Count working days only", widget=GovCheckboxInput())
    skip_school_holidays = BooleanField(
        "Neither write nor ring in school holidays",
        widget=GovCheckboxInput(),
        description="Whatever would come then waits until school begins again, and so does the end.",
    )
    letters = BooleanField("Write a letter to whoever has neither email nor mobile", widget=GovCheckboxInput())
    joint_letter = BooleanField("Send the jointly signed letter first", widget=GovCheckboxInput())
    save = SubmitField("Save", widget=GovSubmitInput())

    def day_fields(self) -> list[Field]:
        """The fields that count days, in climbing order."""
        return [self[name] for name in DAYS if name in self]

    def settings(self, before: LadderSettings | None = None) -> LadderSettings | None:
        """What was typed as a ladder, or None when it is none: each field then says what is wrong with it. What the form
        does not ask stays as it was `before`."""
        before = before or LadderSettings()
        typed = {name: self[name].data for name in LadderSettings.model_fields if name in self}
        for field in self.day_fields():
            least, most = _bounds(field.name)
            if not _is_within(field.data, least, most):
                field.errors = [f"Enter a whole number of days from {least} to {most}"]
        if self.errors:
            return None
        try:
            return read_settings({**before.model_dump(), **typed}, type(before))
        except Invalid as error:
            self.show(Invalid(error.message, {name: _plainly(words) for name, words in error.fields.items()}))
            return None


class CampaignForm(LadderForm):
    """A new campaign."""

    name = StringField("Name", widget=GovTextInput(), filters=[trimmed], description="Only staff see it.")
    asks = RadioField("What do you want to ask about?", widget=GovRadioInput())
    asks_from = ThreeBoxDate("From which day?", description="Nothing that happened before this day is asked about.")

    def offer(self, catalogue: Catalogue) -> "CampaignForm":
        """Offer every survey that follows an event of a plan."""
        self.asks.choices = [
            SelectChoice(f"{survey.code}:{kind}", f"{survey.topic[0].upper()}{survey.topic[1:]}, {AFTER[kind]}")
            for survey, kind in askable(catalogue)
        ]
        return self

    def is_whole(self) -> bool:
        """Whether the fields above the ladder can be used; each that cannot says why."""
        self.validate()
        if not self.name.data:
            self.name.errors = ["Enter a name"]
        if not self.asks.data:
            self.asks.errors = ["Select what you want to ask about"]
        if self.asks_from.data is None:
            self.asks_from.errors = [
                "Enter a real date, like 27 3 2026" if not self.asks_from.is_blank else "Enter a day"
            ]
        return not self.errors


@blueprint.get("/campaigns/new")
@needs(Permission.RUN_CAMPAIGNS)
def new_campaign() -> ResponseReturnValue:
    """A form with safe answers filled in."""
    form = CampaignForm(data={**_typed(LadderSettings()), "asks_from": london_date(now())})
    return _new(form.offer(house().catalogue))


@blueprint.post("/campaigns/new")
@needs(Permission.RUN_CAMPAIGNS)
def save_new_campaign() -> ResponseReturnValue:
    """Keep it as a draft: nobody is asked yet."""
    form = CampaignForm().offer(house().catalogue)
    whole, ladder = form.is_whole(), form.settings()
    if not whole or ladder is None or form.asks_from.data is None:
        return _new(form), 422
    survey, _, kind = form.asks.data.partition(":")
    try:
        campaign = create_campaign(
            session(),
            name=form.name.data or "",
            survey=survey,
            audience=house().catalogue.current(survey).audience,
            event_kind=PlanEventKind(kind),
            asks_from=form.asks_from.data,
            ladder=ladder,
            by=actor(),
            now=now(),
        )
    except Invalid as error:
        form.show(error)
        return _new(form), 422
    flash(f"{campaign.name} is set up. Nobody is asked until you start it.", "success")
    return redirect(url_for("staff.campaign", campaign_id=campaign.id))


@blueprint.get(f"/campaigns/<{ROW}:campaign_id>/ladder")
@needs(Permission.RUN_CAMPAIGNS)
def ladder(campaign_id: int) -> ResponseReturnValue:
    """The ladder as it is, to be changed."""
    campaign = _changeable(campaign_id)
    return _ladder(campaign, _form(campaign, data=_typed(settings_of(campaign))))


@blueprint.post(f"/campaigns/<{ROW}:campaign_id>/ladder")
@needs(Permission.RUN_CAMPAIGNS)
def save_ladder(campaign_id: int) -> ResponseReturnValue:
    """Change it for every contact not yet planned."""
    campaign = _changeable(campaign_id)
    form = _form(campaign)
    form.validate()
    settings = form.settings(settings_of(campaign))
    if settings is None:
        return _ladder(campaign, form), 422
    change_ladder(session(), campaign, settings, by=actor(), now=now())
    flash("The ladder is changed, for every contact that is not yet planned.", "success")
    return redirect(url_for("staff.campaign", campaign_id=campaign.id))


def askable(catalogue: Catalogue) -> Iterable[tuple[Survey, PlanEventKind]]:
    """Each published survey with each event of a plan that it follows."""
    published = {code for code, _ in catalogue.published}
    for code in sorted(published):
        survey = catalogue.current(code)
        for about in survey.about:
            if about in set(PlanEventKind):
                yield survey, PlanEventKind(about)


def _changeable(campaign_id: int) -> Campaign:
    campaign = one_of_campaigns(session(), campaign_id)
    if campaign.state is CampaignState.ENDED:
        raise Conflict("This campaign has ended, so its ladder can no longer be changed.")
    return campaign


def _form(campaign: Campaign, **given: Any) -> LadderForm:
    """The form of a campaign's ladder, without what its mailboxes are never asked by."""
    form = LadderForm(**given)
    if is_by_mailbox(campaign):
        for name in FOR_FAMILIES:
            del form[name]
    return form


def _new(form: CampaignForm) -> str:
    return render_template("staff/campaigns/new.html", form=form)


def _ladder(campaign: Campaign, form: LadderForm) -> str:
    return render_template("staff/campaigns/ladder.html", campaign=campaign, form=form)


def _typed(settings: LadderSettings) -> dict[str, Any]:
    """A ladder as its form's fields hold it."""
    return {name: _as_text(value) for name, value in settings.model_dump().items()}


def _as_text(value: object) -> object:
    if isinstance(value, time):
        return f"{value:%H:%M}"
    return value if isinstance(value, bool) else str(value)


def _bounds(name: str) -> tuple[int, int]:
    """The least and most days a setting may hold, as the ladder itself has them."""
    limits = LadderSettings.model_fields[name].metadata
    least = next(limit.ge for limit in limits if isinstance(limit, Ge))
    most = next(limit.le for limit in limits if isinstance(limit, Le))
    return int(str(least)), int(str(most))


def _is_within(typed: object, least: int, most: int) -> bool:
    text = str(typed or "")
    return text.isascii() and text.isdecimal() and len(text) <= 4 and least <= int(text) <= most


def _plainly(words: str) -> str:
    """A rule's words without the library's prefix, as a sentence's beginning."""
    plain = words.removeprefix("Value error, ")
    return plain[:1].upper() + plain[1:]
