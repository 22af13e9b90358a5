"""The first page: what this is, in plain words, and where to go."""

from datetime import datetime

from flask import render_template, url_for
from flask.typing import ResponseReturnValue

from engage.activities.open_link_queries import listed
from engage.activities.open_links import survey_of
from engage.surveys.wording import survey_words
from engage.web.entries import shown
from engage.web.open.languages import spoken
from engage.web.public import blueprint
from engage.web.request import house, now, session
from engage.you_said_we_did import queries
from engage.you_said_we_did.models import Commitment, CommitmentState

AT_A_GLANCE = 2
"""How many of the newest things that were done are told on the first page."""


@blueprint.get("/")
def home() -> ResponseReturnValue:
    """What this is, what came of it lately, and what you can do here."""
    published = queries.published(session(), local_authority=house().settings.local_authority)
    done = sorted((one for one in published if one.state is CommitmentState.DID), key=_when_published, reverse=True)
    surveys = [
        (url_for("open.landing", slug=link.slug), survey_words(survey_of(link, house().catalogue), spoken()))
        for link in listed(session(), now=now())
    ]
    return render_template("public/home.html", lately=[shown(one) for one in done[:AT_A_GLANCE]], surveys=surveys)


def _when_published(entry: Commitment) -> datetime:
    return entry.published_at or entry.changed_at
