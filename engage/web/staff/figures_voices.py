"""Figures of what children said, and of confidence before and after: each apart from the surveys of families."""

from flask import render_template
from flask.typing import ResponseReturnValue

from engage.accounts.permissions import Permission
from engage.web.request import house, now, session
from engage.web.security import may, needs
from engage.web.staff import blueprint
from engage.web.staff.figures import audience


@blueprint.get("/figures/children")
@needs(Permission.SEE_FIGURES)
def childrens_figures() -> ResponseReturnValue:
    """How many children chose each face, and how many did not want to."""
    from engage.insight.voices import childrens_voices

    voices = childrens_voices(
        session(),
        house().catalogue,
        audience=audience(),
        local_authority=house().settings.local_authority,
        now=now(),
    )
    return render_template(
        "staff/figures/children.html", said=voices.said, heard=voices.heard, inside=may(Permission.SEE_CASES)
    )


@blueprint.get("/figures/confidence")
@needs(Permission.SEE_FIGURES)
def confidence_figures() -> ResponseReturnValue:
    """Whether people leave more confident than they came."""
    from engage.insight.voices import confidence

    tables = confidence(
        session(),
        house().catalogue,
        audience=audience(),
        local_authority=house().settings.local_authority,
        now=now(),
    )
    return render_template("staff/figures/confidence.html", tables=tables, inside=may(Permission.SEE_CASES))
