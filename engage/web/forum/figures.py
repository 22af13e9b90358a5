"""What families say, for the steering group: the newest release of each survey, exactly as it was released."""

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from flask import render_template
from flask.typing import ResponseReturnValue
from markupsafe import Markup

from engage.accounts.permissions import Permission
from engage.web.forum import blueprint
from engage.web.request import house, session
from engage.web.security import needs
from engage.web.staff.figures import surveys

if TYPE_CHECKING:  # pandas and scipy take seconds to load: only those who ask for figures wait for them
    from engage.insight.figures import ProtectedTable
    from engage.insight.releases import Shown


@dataclass(frozen=True)
class Released:
    """One survey's release on the page."""

    topic: str
    up_to: str
    released_at: datetime
    statements: list[tuple[str, Markup | None, "ProtectedTable"]]
    rate: "ProtectedTable"
    notes: tuple[str, ...]


@blueprint.get("/figures")
@needs(Permission.SEE_FORUM_VIEW)
def figures() -> ResponseReturnValue:
    """Each statement by year, with small numbers withheld, and how many families answered."""
    from engage.insight import releases

    found = []
    for code, topic in surveys():
        shown = releases.latest(session(), code, local_authority=house().settings.local_authority)
        if shown:
            found.append(_released(code, topic, shown))
    return render_template("forum/figures.html", releases=found)


def _released(code: str, topic: str, shown: "Shown") -> Released:
    from engage.insight import charts

    wordings = dict.fromkeys(row[0].text for row in shown.statements.rows)
    return Released(
        topic=topic,
        up_to=shown.up_to,
        released_at=shown.released_at,
        statements=[
            (
                wording,
                charts.statement_chart(shown.statements, wording, name=f"{code}-{number}"),
                charts.of_statement(shown.statements, wording),
            )
            for number, wording in enumerate(wordings)
        ],
        rate=shown.response_rate,
        notes=shown.statements.notes,
    )
