"""The pages every public service owes its visitors: accessibility, privacy, cookies, and complaints and other routes."""

from datetime import date
from typing import NamedTuple

from flask import current_app, render_template
from flask.typing import ResponseReturnValue

from engage.core.languages import gettext, gettext_noop, ngettext
from engage.core.privacy import Keep
from engage.web.public import blueprint
from engage.web.request import cookie_name, house
from engage.web.respond import passes

STATEMENT_PREPARED_ON = date(2026, 11, 20)

_ = gettext_noop
KEPT = (
    (_("Names, contact details and plans from the council’s records"), Keep.WHILE_ON_RECORD),
    (_("Your answers and what you wrote"), Keep.RESPONSE),
    (_("What you tell us about yourself after you have answered"), Keep.EQUALITY),
    (_("What children told us when we met them"), Keep.SESSION),
    (_("What children drew when we met them"), Keep.DRAWING),
    (_("What we did to put things right"), Keep.CASE),
    (_("Messages we sent you"), Keep.MESSAGE),
    (_("That you asked us not to contact you"), Keep.SUPPRESSION),
    (_("Your entry on the SEND Register"), Keep.REGISTER),
    (_("Who in our teams looked at or changed what"), Keep.AUDIT),
)
"""What families read of the keeping times that the records are labelled with."""

HOW_LONG = {
    Keep.WHILE_ON_RECORD: _("While the council’s records still name you. Then 24 months."),
    Keep.RESPONSE: _("24 months after the survey closes. Then nobody can tell that they are yours."),
    Keep.EQUALITY: _("24 months. Nothing shows that it is yours."),
    Keep.SESSION: _("24 months after we met. Then nothing shows which child it was."),
    Keep.DRAWING: _("12 months after we met."),
    Keep.CASE: _("6 years after it was put right."),
    Keep.MESSAGE: _("12 months after we sent them."),
    Keep.SUPPRESSION: _("For as long as we must not contact you."),
    Keep.REGISTER: _("Until you leave, until 12 months after you miss a yearly check, or until the 26th birthday."),
    Keep.AUDIT: _("6 years."),
}


def kept() -> list[tuple[str, str]]:
    """Each kind of record and how long it is kept, in English: the words that translators know."""
    return [(what, HOW_LONG[keep]) for what, keep in KEPT]


class Cookie(NamedTuple):
    """One cookie as the page lists it."""

    name: str
    what_for: str
    lasts: str


@blueprint.get("/accessibility")
def accessibility() -> ResponseReturnValue:
    """The accessibility statement (Public Sector Bodies Accessibility Regulations 2018, regulation 8)."""
    return render_template("public/accessibility.html", prepared_on=STATEMENT_PREPARED_ON)


@blueprint.get("/privacy")
def privacy() -> ResponseReturnValue:
    """What is kept about whom, why, for how long, and everybody's rights (UK GDPR articles 13 and 14)."""
    return render_template(
        "public/privacy.html", kept=[(gettext(what), gettext(how_long)) for what, how_long in kept()]
    )


@blueprint.get("/cookies")
def cookies() -> ResponseReturnValue:
    """Each cookie this site sets: all are needed, so none asks for consent (PECR regulation 6(4))."""
    return render_template("public/cookies.html", cookies=_cookies())


@blueprint.get("/complaints")
def complaints() -> ResponseReturnValue:
    """How to complain, appeal, get free advice, and who else can help."""
    return render_template("public/complaints.html")


def _cookies() -> list[Cookie]:
    hours = house().settings.session_hours
    return [
        Cookie(
            current_app.config["SESSION_COOKIE_NAME"],
            gettext(
                "Makes sure that a form you send came from you. It also carries one short notice to the next page."
            ),
            gettext("It lasts until you close your browser."),
        ),
        Cookie(
            passes.cookie_name(house().settings),
            gettext("Shows that it is still you who answers a survey. You get it when you press Start."),
            ngettext(
                "It lasts %(num)s minute after you last pressed a button.",
                "It lasts %(num)s minutes after you last pressed a button.",
                house().settings.visit_minutes,
            ),
        ),
        Cookie(
            cookie_name(),
            gettext("Keeps members of staff signed in. Families never get it."),
            ngettext("It lasts %(num)s hour.", "It lasts %(num)s hours.", hours),
        ),
    ]
