"""The codes of asking as staff read them: steps, channels, why not, and why ended."""

from collections.abc import Mapping
from datetime import datetime

from engage.campaigns.models import CloseReason, Step
from engage.people.models import Capacity, Channel, ContactState, HoldReason
from engage.plans.models import PlanEventKind
from engage.surveys.definition import Audience, Mode
from engage.web.rendering import day, words

EVENTS = {
    PlanEventKind.PLAN_ISSUED: "Plan issued",
    PlanEventKind.ANNUAL_REVIEW: "Annual review",
}
STEPS = {
    Step.INVITATION: "Invitation",
    Step.REMINDER: "Reminder",
    Step.OTHER_CHANNEL: "Last reminder",
    Step.CALL: "Call list",
    Step.CLOSE: "Stop asking",
}
CHANNELS = {
    "email": "email",
    "mobile": "text",
    "text": "text",
    "landline": "telephone",
    "phone": "telephone",
    "post": "letter",
    "letter": "letter",
}
CONTACT_STATES = {
    ContactState.USABLE: "works",
    ContactState.BOUNCED: "does not work",
    ContactState.WRONG_PERSON: "somebody else’s",
    ContactState.REPLACED: "replaced by a newer one",
    ContactState.UNUSABLE: "cannot carry a letter as it is written: mend it in the case system",
}
HOLDS = {
    HoldReason.BEREAVEMENT: "Bereavement",
    HoldReason.SAFEGUARDING: "Safeguarding",
    HoldReason.COURT_RESTRICTION: "A court restricts contact",
    HoldReason.MOVED_OR_CEASED: "Moved away, or the plan is ending",
    HoldReason.COMPLAINT_OR_TRIBUNAL: "A complaint or tribunal is open",
    HoldReason.OPTED_OUT: "They asked us to stop",
    HoldReason.WRONG_PERSON: "This is not the right person",
    HoldReason.DO_NOT_SEND: "Another reason not to send",
}
AUDIENCES = {
    Audience.PARENT_CARER: ("parent carer", "parent carers"),
    Audience.YOUNG_PERSON: ("young person", "young people"),
    Audience.CHILD: ("child", "children"),
    Audience.SETTING: ("education setting", "education settings"),
    Audience.HEALTH_PROFESSIONAL: ("health professional", "health professionals"),
    Audience.ANYONE: ("person with the open link", "people with the open link"),
    Audience.ATTENDEE: ("person who came", "people who came"),
}
MODES = {
    Mode.LINK: "by link",
    Mode.PHONE: "on the phone",
    Mode.PAPER: "on paper",
    Mode.FACE_TO_FACE: "face to face",
}
CAPACITY = {
    Capacity.HAS_CAPACITY: "Yes, they can decide",
    Capacity.LACKS_CAPACITY: "No, they need a representative",
}
ENDED = {
    CloseReason.NO_ANSWER: "Did not answer",
    CloseReason.OPTED_OUT: "Asked us to stop",
    CloseReason.NOT_FOR_ME: "Said this is not for them",
    CloseReason.REFUSED_ON_PHONE: "Said no on the telephone",
    CloseReason.NO_WORKING_CONTACT: "Could not be reached",
    CloseReason.HELD: "Were held back until it was too late to ask",
    CloseReason.PLAN_WITHDRAWN: "The plan or review was withdrawn",
    CloseReason.NO_LONGER_NAMED: "The case system no longer names them for this child",
}
_REASONS = {
    "young_person_decides": "The young person is over school age and decides for themselves",
    "looked_after_needs_check": "The child is looked after: a worker must say who may be asked",
    "checked_not_to_ask": "The child is looked after, and a worker says that they should not be asked",
    "of_school_age": "They are still of school age, so their parent carers are asked",
    "not_yet_sixteen": "They are past school age but not yet 16: they are asked from their birthday on",
    "no_setting": "The case system names no setting for the child",
    "no_mailbox": "The list has no mailbox for the child’s setting or health service",
    "mailbox_not_working": "Mail to the mailbox does not arrive: mend its address on the list",
    "setting_changed": "The child has moved to another setting",
    "needs_representative": "They need a representative: arrange to meet them and hear them face to face",
    "contact_not_allowed": "The case system says they must not be contacted",
    "relationship_ended": "They are no longer the child’s parent carer",
    "no_responsibility_or_care": "They have neither parental responsibility nor care",
    "relationship_gone": "They are no longer on record as the child’s parent carer",
    "nobody_on_record": "No parent carer is on record",
    "no_campaign": "No running campaign asks about this",
    "before_the_campaign": "It happened before the campaign’s first day",
    "too_long_ago": "It happened too long ago to ask now",
    "plan_cancelled": "The plan was entered by mistake and cancelled",
    "plan_ceased": "The plan has ended",
    "did_not_happen": "The case system says it did not happen",
    "withdrawn": "It was withdrawn",
    "campaign_paused": "The campaign is not running",
    "address_gone": "The address was replaced before the message left",
    "outside_hours": "It waits for contact hours",
    "contact_cap": "Their household has heard from us often enough for now",
    "one_a_day": "They have had a message of this kind today",
    "in_use": "Somebody is changing something about them this moment",
    "answered": "They answered",
    "no_address": "No email address or mobile works",
    "not_signed": "It waits for everybody whom the letter names to sign it",
    "letters_off": "The council sends no letters",
    "call_back_later": "They asked us to ring again",
    "school_holidays": "Nobody is rung in the school holidays",
    "rung_today": "They have been rung today",
    "rung_enough": "They have been rung as often as we ring",
}
NOTIFY_SAYS = {
    "created": "GOV.UK Notify has it",
    "sending": "on its way",
    "pending": "on its way",
    "sent": "sent",
    "delivered": "delivered",
    "permanent-failure": "this address or number does not exist",
    "temporary-failure": "it could not be delivered: the mailbox is full or the phone is off",
    "technical-failure": "GOV.UK Notify had a fault",
    "received": "printed and posted",
    "returned-letter": "the post brought it back: nobody there by that name",
}


def reason(code: str | None) -> str:
    """Why not, in words; a code not known here is shown as it reads."""
    if code is None:
        return ""
    if code.startswith("hold_") and code.removeprefix("hold_") in set(HoldReason):
        return f"On hold: {HOLDS[HoldReason(code.removeprefix('hold_'))].lower()}"
    if code in set(CloseReason):
        return ENDED[CloseReason(code)]
    return _REASONS.get(code, words(code))


def wait(code: str | None, until: datetime | None) -> str:
    """Why not for now, and until when, where that is known."""
    return reason(code) if until is None else f"{reason(code)}, until {day(until)}"


def reasons(counted: Mapping[str, int]) -> list[tuple[str, int]]:
    """Counts by code as counts by reason in words."""
    return [(reason(code), number) for code, number in counted.items()]


def by_channel(channel: Channel | str | None) -> str:
    """ "by email", or nothing when no message carries it."""
    return f"by {CHANNELS[str(channel)]}" if channel is not None else ""
