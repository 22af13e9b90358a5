"""The ladder: which contact comes when. Pure rules over days, hours and what has been taken already."""

from datetime import date, datetime, time, timedelta
from typing import Any, ClassVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from engage.campaigns.models import Step
from engage.core.clock import london_date, london_moment
from engage.core.errors import Invalid
from engage.core.working_days import ContactHours, add_working_days
from engage.people.models import Channel, ContactPoint

CLIMB = (Step.INVITATION, Step.REMINDER, Step.OTHER_CHANNEL, Step.CALL, Step.CLOSE)
MESSAGE_STEPS = frozenset({Step.INVITATION, Step.REMINDER, Step.OTHER_CHANNEL})
TO_A_MAILBOX = (Step.INVITATION, Step.REMINDER, Step.CLOSE)
"""Nobody rings a mailbox, and there is no other way to remind it by."""
BY_MESSAGE = (Channel.EMAIL, Channel.MOBILE)
"""Email first: it is free, holds more words, and carries every language. A letter goes only where neither can."""


class LadderSettings(BaseModel):
    """When a campaign contacts a family; days after the first message unless said otherwise."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    climb: ClassVar[tuple[Step, ...]] = CLIMB
    """The steps there are, in order."""

    wait_days: int = Field(14, ge=0, le=90, description="Days after the plan or the decision was sent before asking")
    reminder_after_days: int = Field(7, ge=1, le=60, description="Reminder, the same way")
    other_channel_after_days: int = Field(14, ge=2, le=90, description="Last reminder, the other way")
    call_after_days: int = Field(21, ge=3, le=120, description="On to the call list")
    close_after_days: int = Field(35, ge=4, le=180, description="Stop asking")
    smallest_gap_days: int = Field(3, ge=1, le=30, description="Never two contacts closer than this")
    stale_after_days: int = Field(90, ge=14, le=365, description="Never start asking about anything older than this")
    working_days: bool = Field(False, description="Count working days only")
    opens: time = Field(time(9), description="Messages go from")
    closes: time = Field(time(19), description="Messages go until")
    saturdays: bool = Field(True, description="Messages go on Saturdays too")
    skip_school_holidays: bool = Field(True, description="Neither write nor ring in school holidays, nor end then")
    letters: bool = Field(True, description="Write a letter to a family that has neither email nor mobile")
    joint_letter: bool = Field(False, description="The first letter is the one that is signed jointly")

    @model_validator(mode="after")
    def _climbs(self) -> "LadderSettings":
        days = [self.day_of(step) for step in self.climb]
        if days != sorted(set(days)):
            raise ValueError("each step must come later than the one before it")
        if self.opens >= self.closes:
            raise ValueError("messages must stop later in the day than they start")
        return self

    @property
    def hours(self) -> ContactHours:
        return ContactHours(self.opens, self.closes, self.saturdays, not self.skip_school_holidays)

    def day_of(self, step: Step) -> int:
        """How many days after the first message this step is due."""
        return {
            Step.INVITATION: 0,
            Step.REMINDER: self.reminder_after_days,
            Step.OTHER_CHANNEL: self.other_channel_after_days,
            Step.CALL: self.call_after_days,
            Step.CLOSE: self.close_after_days,
        }[step]


class MailboxLadder(LadderSettings):
    """The same for the mailbox of a role: one reminder, and no call."""

    climb: ClassVar[tuple[Step, ...]] = TO_A_MAILBOX


def read_settings(values: dict[str, Any], kind: type[LadderSettings] = LadderSettings) -> LadderSettings:
    """Read settings as kept or as typed; `Invalid` names each wrong one."""
    try:
        return kind.model_validate(values)
    except ValidationError as error:
        fields = {
            str(fault["loc"][0]) if fault["loc"] else "close_after_days": fault["msg"] for fault in error.errors()
        }
        raise Invalid("The ladder's settings do not fit together.", fields) from None


def first_due(event_on: date, settings: LadderSettings, *, now: datetime) -> datetime:
    """When to ask first: after the wait, inside contact hours, and never in the past."""
    day = _later(event_on, settings.wait_days, settings)
    return settings.hours.next_moment(max(london_moment(day, settings.opens), now))


def is_stale(event_on: date, settings: LadderSettings, *, now: datetime) -> bool:
    """Whether it is too late to start asking about this event."""
    return london_date(now) > event_on + timedelta(days=settings.stale_after_days)


def step_after(step: Step, settings: LadderSettings) -> Step | None:
    """The next rung of this ladder; none after the last."""
    return next((each for each in settings.climb if CLIMB.index(each) > CLIMB.index(step)), None)


def due(step: Step, settings: LadderSettings, *, first_asked_at: datetime, last_contact_at: datetime) -> datetime:
    """When a rung is due. A worker that was away for weeks does not make up for it at a run: contacts keep their gap,
    and the close keeps its distance from the last of them, so that a call or an answer has its time."""
    planned = _later(london_date(first_asked_at), settings.day_of(step), settings)
    last = london_date(last_contact_at)
    if step is Step.CLOSE:
        last_rung = settings.climb[-2]
        earliest = _later(last, settings.close_after_days - settings.day_of(last_rung), settings)
    else:
        earliest = last + timedelta(days=settings.smallest_gap_days)
    return settings.hours.next_moment(london_moment(max(planned, earliest), settings.opens))


def closes(settings: LadderSettings, *, taken: Step, first_asked_at: datetime, last_contact_at: datetime) -> datetime:
    """When the asking will end if every rung after the one taken last goes on its day."""
    step, at = step_after(taken, settings), last_contact_at
    while step is not None:
        at = due(step, settings, first_asked_at=first_asked_at, last_contact_at=at)
        step = step_after(step, settings)
    return at


def channel_for(
    step: Step, points: list[ContactPoint], *, last_used: Channel | None, letters: bool = False
) -> ContactPoint | None:
    """Which of the working addresses a step uses: email, then text; the last reminder takes the other one if there is
    one. Where there is neither, a letter goes if `letters` may. None when nothing can carry a message."""
    by_channel = {channel: point for channel in BY_MESSAGE for point in points if point.channel is channel}
    if not by_channel:
        posts = [point for point in points if point.channel is Channel.POST]
        return posts[-1] if posts and letters and step in MESSAGE_STEPS else None
    order = [channel for channel in BY_MESSAGE if channel in by_channel]
    if step is Step.OTHER_CHANNEL:
        order.sort(key=lambda channel: channel is last_used)
    elif last_used in by_channel:
        order.sort(key=lambda channel: channel is not last_used)
    return by_channel[order[0]]


def _later(on: date, days: int, settings: LadderSettings) -> date:
    return add_working_days(on, days) if settings.working_days else on + timedelta(days=days)
