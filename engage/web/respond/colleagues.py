"""Settings and health services at this door: what they read of a case, and only after Start."""

from flask import render_template, url_for

from engage.campaigns.models import Invitation
from engage.campaigns.professionals import case_label, is_by_mailbox
from engage.surveys.definition import Audience
from engage.web.rendering import day
from engage.web.staff.words import EVENTS


def is_colleague(invitation: Invitation) -> bool:
    """Whether a professional was asked, by the mailbox of their role."""
    return is_by_mailbox(invitation.campaign)


def known_by(invitation: Invitation) -> str:
    """Initials, and for a health service the year of birth: by what they know the case beside its date."""
    label = case_label(invitation)
    return f"{label.initials}, born in {label.born_in}" if label.born_in else label.initials


def case_words(invitation: Invitation) -> str:
    """The case in one line, for the pages of its questions; nothing for a family, which knows what it is about."""
    if not is_colleague(invitation):
        return ""
    label = case_label(invitation)
    return f"{known_by(invitation)}: {EVENTS[label.kind].lower()} on {day(label.on)}"


def start_page(invitation: Invitation, *, surveys: int, minutes: int, begun: bool) -> str:
    """Who is asking and how many cases there are; about whom, it does not say."""
    return render_template(
        "respond/start_colleague.html",
        surveys=surveys,
        minutes=minutes,
        begun=begun,
        is_setting=invitation.campaign.audience is Audience.SETTING,
        start=url_for("respond.start"),
    )
