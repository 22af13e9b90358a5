"""Whether anybody is asked about a plan event, and if not, why not: pure rules over what is on record."""

from collections.abc import Sequence
from datetime import date, datetime

from engage.campaigns import asking, ladder
from engage.campaigns.models import Campaign
from engage.campaigns.professionals import BY_MAILBOX, is_by_mailbox
from engage.core.clock import london_date
from engage.people.contactability import (
    NotAsked,
    Standing,
    parent_carers_of,
    usable,
    why_young_person_not_asked,
)
from engage.people.mailboxes import Mailboxes
from engage.people.models import Child, MailboxKind
from engage.plans.askable import why_not_askable
from engage.plans.models import PlanEvent
from engage.surveys.definition import Audience


def respondents(child: Child, audience: Audience, *, on: date, mailboxes: Mailboxes) -> list[Standing]:
    """Everybody whom a survey for this audience could go to, each with the reason against asking them, if there is one.

    Where a professional has no mailbox on the list, the child stands for whoever is missing.
    """
    serves = BY_MAILBOX.get(audience)
    return family(child, audience, on=on) if serves is None else [_professional(child, serves, mailboxes)]


def family(child: Child, audience: Audience, *, on: date) -> list[Standing]:
    """The same of the family alone. Children under school leaving age and people who are not known are sent nothing."""
    if audience is Audience.YOUNG_PERSON:
        return [Standing(child, why_young_person_not_asked(child, on=on))]
    return parent_carers_of(child, on=on) if audience is Audience.PARENT_CARER else []


def _professional(child: Child, serves: MailboxKind, mailboxes: Mailboxes) -> Standing:
    if serves is MailboxKind.SETTING and not (child.setting_urn or child.setting_name):
        return Standing(child, NotAsked.NO_SETTING)
    mailbox = mailboxes.about(child, serves)
    if mailbox is None:
        return Standing(child, NotAsked.NO_MAILBOX)
    return Standing(mailbox, None if usable(mailbox.contact_points) else NotAsked.MAILBOX_NOT_WORKING)


def reasons_against(event: PlanEvent, campaigns: Sequence[Campaign], now: datetime) -> list[str]:
    """Codes of the reasons against asking the family: one for the event as a whole, or one for each person who is left
    out."""
    over = why_not_askable(event)
    if over is not None:
        return [over]
    mine = [each for each in campaigns if each.event_kind is event.kind and not is_by_mailbox(each)]
    if not mine:
        return ["no_campaign"]
    if all(event.happened_on < campaign.asks_from for campaign in mine):
        return ["before_the_campaign"]
    if all(ladder.is_stale(event.happened_on, asking.settings_of(c), now=now) for c in mine):
        return ["too_long_ago"]
    audiences = dict.fromkeys(campaign.audience for campaign in mine)
    standings = [each for who in audiences for each in family(event.plan.child, who, on=london_date(now))]
    if not standings:
        return ["nobody_on_record"]
    # A child whose parent carers are asked is not somebody left out.
    needless = {NotAsked.OF_SCHOOL_AGE} if len(audiences) > 1 else set()
    reasons = [each.not_asked for each in standings if each.not_asked and each.not_asked not in needless]
    return [reason.value for reason in reasons]
