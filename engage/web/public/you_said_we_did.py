"""You said, we did: what families said and what came of it, for anyone to read."""

from flask import render_template, request
from flask.typing import ResponseReturnValue

from engage.core.languages import gettext as _
from engage.core.themes import THEME_LABELS, Theme
from engage.web.entries import by_year, year_name
from engage.web.public import blueprint
from engage.web.request import house, session
from engage.you_said_we_did import queries


@blueprint.get("/you-said-we-did")
def you_said_we_did() -> ResponseReturnValue:
    """Everything that is published, by year and theme. A filter that means nothing is no filter."""
    everything = queries.published(session(), local_authority=house().settings.local_authority)
    years = sorted({entry.year for entry in everything}, reverse=True)
    themes = [theme for theme in Theme if any(entry.theme is theme for entry in everything)]
    year, theme = request.args.get("year", ""), request.args.get("theme", "")
    wanted = [
        entry
        for entry in everything
        if year not in {str(known) for known in years} or str(entry.year) == year
        if theme not in themes or entry.theme == theme
    ]
    return render_template(
        "public/you_said_we_did/page.html",
        years=by_year(wanted),
        anything=bool(everything),
        year_choices=[("", _("All years")), *((str(known), year_name(known)) for known in years)],
        theme_choices=[("", _("Everything")), *((theme.value, _(THEME_LABELS[theme])) for theme in themes)],
        chosen={"year": year, "theme": theme},
    )
