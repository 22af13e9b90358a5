"""The pages every public service owes its visitors: accessibility, privacy, cookies, and complaints and other routes."""

from datetime import date
from typing import NamedTuple

from flask import current_app, render_template
from flask.typing import ResponseReturnValue

from engage.core.privacy import Keep
from engage.web.public import blueprint
from engage.web.request import cookie_name, house

STATEMENT_PREPARED_ON = date(2026, 11, 20)

KEPT = (
    ("Names, contact details and plans from the council’s records", Keep.WHILE_ON_RECORD),
    ("Your answers and what you wrote", Keep.RESPONSE),
    ("What we did to put things right", Keep.CASE),
    ("Messages we sent you", Keep.MESSAGE),
    ("That you asked us not to contact you", Keep.SUPPRESSION),
    ("Your entry on the SEND Register", Keep.REGISTER),
    ("Who in our teams looked at or changed what", Keep.AUDIT),
)
"""What families read of the keeping times, in the very words the records are labelled with."""


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
        "public/privacy.html", kept=[[what, f"{keep[:1].upper()}{keep[1:]}."] for what, keep in KEPT]
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
            "Makes sure that a form you send came from you, and carries one short notice to the next page.",
            "until you close your browser",
        ),
        Cookie(cookie_name(), "Keeps members of staff signed in. Families never get it.", f"{hours} hours"),
    ]
