"""Professionals asked about a case, by the mailbox of a role: who they are, and how little a page says of the child."""

from dataclasses import dataclass
from datetime import date

from engage.campaigns.models import Campaign, Invitation
from engage.people.mailboxes import plain_name
from engage.people.models import Child, MailboxKind, RoleMailbox
from engage.plans.models import PlanEventKind
from engage.surveys.definition import Audience

BY_MAILBOX = {Audience.SETTING: MailboxKind.SETTING, Audience.HEALTH_PROFESSIONAL: MailboxKind.HEALTH}
"""Audiences that are asked by email to a mailbox, and by nothing else: no text, no letter, no call."""


def is_by_mailbox(campaign: Campaign) -> bool:
    """Whether a campaign asks professionals."""
    return campaign.audience in BY_MAILBOX


def is_about(mailbox: RoleMailbox, child: Child) -> bool:
    """Whether a mailbox that was asked about a child may still be: a setting, as long as the child is there."""
    if mailbox.serves is MailboxKind.HEALTH:
        return True
    if mailbox.urn and child.setting_urn:
        return mailbox.urn == child.setting_urn
    return plain_name(mailbox.name) == plain_name(child.setting_name or "")


@dataclass(frozen=True)
class CaseLabel:
    """By what a professional knows the case, after Start: never a name, a need or an address."""

    initials: str
    born_in: int | None
    """The year, for a health service, which knows children of every setting."""
    kind: PlanEventKind
    on: date


def case_label(invitation: Invitation) -> CaseLabel:
    """The least that tells one case from another at the desk of the mailbox."""
    event = invitation.plan_event
    child = event.plan.child
    initials = ".".join(name[0].upper() for name in (child.forename.strip(), child.surname.strip()) if name)
    born_in = child.born_on.year if invitation.campaign.audience is Audience.HEALTH_PROFESSIONAL else None
    return CaseLabel(f"{initials}.", born_in, event.kind, event.happened_on)
