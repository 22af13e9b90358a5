"""What a case or a "You said, we did" entry is about: the short list by which the area looks for patterns."""

from enum import StrEnum


class Theme(StrEnum):
    """Codes are eternal; the words for each are in `THEME_LABELS`."""

    ASSESSMENT = "assessment"
    PLAN = "plan"
    ANNUAL_REVIEW = "annual_review"
    COMMUNICATION = "communication"
    WAITING = "waiting"
    BEING_INVOLVED = "being_involved"
    SETTING = "setting"
    HEALTH = "health"
    SHORT_BREAKS = "short_breaks"
    TRANSPORT = "transport"
    ADULTHOOD = "adulthood"
    INFORMATION = "information"
    OTHER = "other"


THEME_LABELS = {
    Theme.ASSESSMENT: "The EHC needs assessment",
    Theme.PLAN: "What the plan says",
    Theme.ANNUAL_REVIEW: "Annual reviews",
    Theme.COMMUNICATION: "Hearing back and being kept informed",
    Theme.WAITING: "Waiting times",
    Theme.BEING_INVOLVED: "Being listened to and involved",
    Theme.SETTING: "Schools, colleges and early years",
    Theme.HEALTH: "Health and therapies",
    Theme.SHORT_BREAKS: "Short breaks and activities",
    Theme.TRANSPORT: "Travel to school or college",
    Theme.ADULTHOOD: "Preparing for adulthood",
    Theme.INFORMATION: "Information and the Local Offer",
    Theme.OTHER: "Something else",
}
