"""A small app of test pages that show every layout and part."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from flask import Flask, flash, render_template, request
from flask_wtf import CSRFProtect, FlaskForm
from govuk_frontend_wtf import wtforms_widgets as govuk
from jinja2 import ChoiceLoader, FileSystemLoader
from wtforms import DateField, FileField, RadioField, SelectField, SelectMultipleField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired

from engage.core.config import Settings
from engage.web import headers, rendering
from reports.charts import Bar, Dot, dot_chart, weekly_bars
from reports.rates import Interval
from reports.tables import Caption, Column, ProtectedCell, ProtectedTable

AGREEMENT = ["Strongly agree", "Agree", "Neither agree nor disagree", "Disagree", "Strongly disagree"]


def choices(*labels: str) -> list[SelectChoice]:
    return [SelectChoice(label.lower(), label) for label in labels]


class QuestionForm(FlaskForm):  # type: ignore[misc]
    answer = RadioField(
        "How well does the plan describe your child?",
        choices=choices(*AGREEMENT),
        validators=[InputRequired("Select how far you agree")],
        widget=govuk.GovRadioInput(),
        description="Think of the plan you were sent in March.",
    )
    wishes = SelectMultipleField(
        "What may we do?", choices=choices("Call me", "Write to me"), widget=govuk.GovCheckboxesInput()
    )
    comment = TextAreaField(
        "Is there anything else? (optional)",
        widget=govuk.GovTextArea(),
        description="Write as much as you like, in any language.",
    )
    name = StringField("Full name", widget=govuk.GovTextInput(), validators=[InputRequired("Enter your full name")])
    phone = StringField("Phone number", widget=govuk.GovTextInput())
    language = SelectField("Language", choices=choices("English", "Tamil", "Urdu"), widget=govuk.GovSelect())
    born = DateField("Date of birth", widget=govuk.GovDateInput(), validators=[InputRequired("Enter a date of birth")])
    file = FileField("Choose a file, or drop it here", widget=govuk.GovFileInput())


def figures() -> ProtectedTable:
    columns = (Column("statement", "Statement"), Column("q3", "Q3 2019/20", is_share=True))
    rows = (
        (ProtectedCell("The process was positive"), ProtectedCell("82% (9/11)", caution=True)),
        (ProtectedCell("Involved throughout"), ProtectedCell("[c]")),
    )
    return ProtectedTable(Caption("By quarter", date(2020, 1, 31)), columns, rows, "public", "1", {})


DOTS = [
    Dot("Minority ethnic groups", "38% (8/21)", 38, Interval(0.21, 0.59), 35),
    Dot("White British", "62% (13/21)", 62, Interval(0.41, 0.79), 65),
    Dot("Ethnic group not known", "[c]"),
]
NAVIGATION = [
    {"label": label, "href": f"/{label.lower()}", "active": label == "Today", "count": count}
    for label, count in [("Today", None), ("Import", None), ("Campaigns", None), ("Calls", 4), ("Register", None)]
]
LANGUAGES = [
    {"code": "en", "name": "English", "href": "?", "current": True},
    {"code": "ur", "name": "اردو", "href": "?", "current": False},
    {"code": "ta", "name": "தமிழ்", "href": "?", "current": False},
    {"code": "ko", "name": "한국어", "href": "?", "current": False},
]


@pytest.fixture
def make_settings() -> Callable[..., Settings]:
    def make(**values: Any) -> Settings:
        wanted = {
            "secret_keys": "k" * 32,
            "contact_phone": "020 7946 0000",
            "contact_email": "send@example.org",
            "safeguarding_phone": "020 7946 0001",
            "sendiass_url": "https://sendiass.example.org",
            "sendiass_phone": "020 7946 0002",
            "complaints_url": "https://complaints.example.org",
            "forum_privacy_url": "https://forum.example.org/privacy",
        }
        return Settings(**{**wanted, **values})

    return make


@pytest.fixture
def make_app(make_settings: Callable[..., Settings]) -> Callable[..., Flask]:
    def make(**values: Any) -> Flask:
        app = Flask("engage.web")
        app.config.update(SECRET_KEY="k" * 32, TESTING=True)
        CSRFProtect(app)
        rendering.configure(app, make_settings(**values))
        headers.configure(app)
        ours = app.jinja_env.loader
        assert ours is not None
        app.jinja_env.loader = ChoiceLoader([ours, FileSystemLoader(Path(__file__).parent / "templates")])
        _add_sink(app)
        return app

    return make


@pytest.fixture
def app(make_app: Callable[..., Flask]) -> Flask:
    return make_app()


_LED_TO = ("home", "accessibility", "privacy", "cookies", "complaints", "join_register")
"""Pages of the public door that every layout leads to."""


def _add_sink(app: Flask) -> None:
    for endpoint in _LED_TO:
        app.add_url_rule(f"/sink/{endpoint}", f"public.{endpoint}", lambda: "")

    @app.get("/sink/staff")
    def sink_staff() -> str:
        rtl = rendering.direction(request.args.get("language", "en")) == "rtl"
        flash("14 families will be asked from Monday 3 March 2026.", "success")
        flash("2 rows could not be read.", "error")
        flash("Figures are made every night.")
        return render_template(
            "sink_staff.html",
            language=request.args.get("language", "en"),
            navigation=NAVIGATION,
            signed_in="Bronwen Example",
            demonstration_at=datetime(2026, 3, 3, 9, 30, tzinfo=UTC),
            table=figures(),
            dots=dot_chart(DOTS, title="Share of answers by group", name="heard", reference="cohort", rtl=rtl),
            bars=weekly_bars([Bar("3 March", 4), Bar("10 March", 7)], title="Answers by week", name="weeks", rtl=rtl),
        )

    @app.get("/sink/question")
    def sink_question() -> str:
        form = QuestionForm(meta={"csrf": False})
        if "faulty" in request.args:
            form.validate()
            form.form_errors.append("We could not save this")
        return render_template(
            "sink_question.html",
            language=request.args.get("language", "en"),
            languages=LANGUAGES,
            back="/",
            form=form,
            progress={"at": 2, "of": 6},
        )

    @app.get("/you-said-we-did")
    def sink_public() -> str:
        return render_template("sink_public.html", language=request.args.get("language", "en"))

    app.add_url_rule("/you-said-we-did", "public.you_said_we_did", sink_public)
