"""What a case or a "You said, we did" entry is about: the short list by which the area looks for patterns."""

from enum import StrEnum

from engage.core.languages import gettext_noop


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


_ = gettext_noop
THEME_LABELS = {
    Theme.ASSESSMENT: _("The EHC needs assessment"),
    Theme.PLAN: _("What the plan says"),
    Theme.ANNUAL_REVIEW: _("Annual reviews"),
    Theme.COMMUNICATION: _("Hearing back and being kept informed"),
    Theme.WAITING: _("Waiting times"),
    Theme.BEING_INVOLVED: _("Being listened to and involved"),
    Theme.SETTING: _("Schools, colleges and early years"),
    Theme.HEALTH: _("Health and therapies"),
    Theme.SHORT_BREAKS: _("Short breaks and activities"),
    Theme.TRANSPORT: _("Travel to school or college"),
    Theme.ADULTHOOD: _("Preparing for adulthood"),
    Theme.INFORMATION: _("Information and the Local Offer"),
    Theme.OTHER: _("Something else"),
}
