"""A survey as people read it, in each language and format: the very pages of a family, made without a link.

Only looked at: there is no invitation and no response behind them, and their buttons lead on to the next page of the
preview.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask import g, render_template, request, url_for
from flask.typing import ResponseReturnValue
from markupsafe import Markup, escape

from engage.accounts.permissions import Permission
from engage.core import languages
from engage.core.errors import NotFound
from engage.core.languages import LANGUAGES, SOURCE
from engage.surveys.definition import Question, Survey
from engage.surveys.easy_read import EasyRead
from engage.surveys.formats import Format, format_named
from engage.surveys.wording import answer_rows, question_words, survey_words
from engage.web.request import house
from engage.web.respond.question_page import ANSWER
from engage.web.security import needs
from engage.web.staff import blueprint
from engage.web.staff.surveys import VERSION
from engage.web.survey_pages import checked_row, question_field

NO_LINK = "preview"
START, CHECK, THANKS = "start", "check", "thank-you"
_FORM = re.compile(r"<form\b([^>]*)>")
_ADDRESS = re.compile(r'(href|action)="(/r/preview[^"]*)"')
FORMATS = {
    Format.STANDARD: "Standard",
    Format.EASY_READ: "Easy Read",
    Format.LARGE_PRINT: "Large print",
}


@dataclass(frozen=True)
class Preview:
    """One page of the preview, and how it is read."""

    survey: Survey
    page: str
    language: str
    format: Format
    easy: EasyRead | None

    @property
    def pages(self) -> list[str]:
        return [START, *(question.id for question in self.survey.questions), CHECK, THANKS]

    def address(self, page: str | None = None, **changes: str) -> str:
        """This page, or another, in this language and format unless another is named."""
        asked: dict[str, Any] = {"lang": self.language, "format": self.format.value} | changes
        return url_for(
            "staff.preview_survey",
            code=self.survey.code,
            version=self.survey.version,
            page=page or self.page,
            **asked,
        )

    def beside(self, step: int) -> str | None:
        """The page so many steps on, if there is one."""
        place = self.pages.index(self.page) + step
        return self.pages[place] if 0 <= place < len(self.pages) else None


@blueprint.get(f"{VERSION}/preview/<page>")
@needs(Permission.MANAGE_SURVEYS)
def preview_survey(code: str, version: int, page: str) -> ResponseReturnValue:
    """One page exactly as a family reads it, below a strip that leads through the preview."""
    survey = house().catalogue.get(code, version)
    chosen = format_named(request.args.get("format"))
    language = languages.known(request.args.get("lang")) or SOURCE
    words = house().catalogue.easy_read(survey)
    easy = words if chosen is Format.EASY_READ else None
    here = Preview(survey, page, language, chosen, easy)
    if page not in here.pages:
        raise NotFound("There is no such page of this survey.")
    strip = render_template("staff/surveys/_strip.html", **_strip(here, has_easy_read=words is not None))
    house().follow_translations()
    g.token, g.plain = NO_LINK, True
    languages.speak(language)
    try:
        html = _page(here)
    finally:
        languages.speak(SOURCE)
    return _leading_on(html, here, strip)


def _page(here: Preview) -> str:
    question = here.survey.question(here.page)
    frame: dict[str, object] = {
        "language": here.language,
        "languages": [],
        "format": here.format.value,
        "formats": [],
        "videos": [],
        "case": None,
    }
    if question:
        return _question(here, question, frame)
    drawn = "respond/easy/" if here.easy else "respond/"
    if here.page == START:
        return render_template(
            f"{drawn}start.html",
            words=survey_words(here.survey, here.language, here.easy),
            minutes=here.survey.minutes,
            begun=False,
            start=url_for("respond.start"),
            **frame,
        )
    if here.page == CHECK:
        rows = answer_rows(here.survey, {}, {}, here.language, here.easy)
        return render_template(
            f"{drawn}check.html",
            rows=[
                checked_row(row, {}, here.easy, change=url_for("respond.question", question_id=row.question.id))
                for row in rows
            ],
            begun="",
            back=here.address(here.beside(-1)),
            **frame,
        )
    return render_template(
        f"{drawn}thank_you.html",
        reference="EXAMPLE1",
        may_ask_about_you=False,
        is_cut=False,
        not_added=[],
        contact_by=None,
        routes=here.survey.thank_you_routes,
        another=None,
        **frame,
    )


def _question(here: Preview, question: Question, frame: Mapping[str, object]) -> str:
    back = here.beside(-1)
    return render_template(
        "respond/question.html",
        field=question_field(question, name=ANSWER, language=here.language, easy=here.easy),
        heading=question_words(question, here.language, here.easy).heading,
        errors=[],
        missing=False,
        progress=None,
        back=here.address(back) if back else None,
        **frame,
    )


def _strip(here: Preview, *, has_easy_read: bool) -> dict[str, object]:
    place = here.pages.index(here.page)
    return {
        "preview": here,
        "place": place + 1,
        "of": len(here.pages),
        "question": here.survey.question(here.page),
        "later": here.beside(1),
        "earlier": here.beside(-1),
        "in_languages": [
            (each.in_english, here.address(lang=code), code == here.language) for code, each in LANGUAGES.items()
        ],
        "in_formats": [
            (name, here.address(format=each.value), each is here.format)
            for each, name in FORMATS.items()
            if each is not Format.EASY_READ or has_easy_read
        ],
    }


def _leading_on(html: str, here: Preview, strip: str) -> str:
    """The family's page with its addresses turned to the preview's, so that no button sends anything anywhere."""
    onward = here.beside(1) or here.page
    html = _ADDRESS.sub(lambda found: f'{found[1]}="{escape(_turned(found[2], here))}"', html)
    fields = Markup('<input type="hidden" name="lang" value="{}"><input type="hidden" name="format" value="{}">')
    hidden = fields.format(here.language, here.format.value)
    form = f'<form method="get" action="{escape(here.address(onward).partition("?")[0])}" novalidate>{hidden}'
    html = _FORM.sub(lambda _: form, html)
    return html.replace('<header class="app-header">', f'{strip}<header class="app-header">', 1)


def _turned(address: str, here: Preview) -> str:
    path = address.removeprefix("/r/preview").partition("?")[0].strip("/")
    page = path.removeprefix("question/")
    return here.address(page) if page in here.pages else here.address()
