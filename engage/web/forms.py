"""The ground of the forms of staff and of anyone: one voice, trimmed words, and mistakes put beside their fields."""

from typing import Any

from flask_wtf import FlaskForm
from wtforms.fields.choices import SelectChoice as SelectChoice  # type: ignore[attr-defined]  # newer than its stubs

from engage.core.errors import Invalid
from engage.web.survey_pages import showable


def trimmed(text: str | None) -> str | None:
    """What was typed without the spaces around it and without what no page can show: a filter for text fields."""
    return showable(text).strip() if text else text


class Form(FlaskForm):  # type: ignore[misc]  # flask-wtf has no types
    """A form that can show what a feature refused. What is missing is said by us, after sending, and never by the
    browser: its own words come one at a time, in another voice, and unread by some screen readers."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self:
            field.flags.required = False

    def show(self, error: Invalid) -> None:
        """Put each refused field's words beside it; what belongs to no field goes to the top of the form."""
        for name, words in error.fields.items():
            field = self._fields.get(name)
            if field is None:
                self.form_errors.append(words)
            else:
                field.errors = [*field.errors, words]
        if not error.fields:
            self.form_errors.append(error.message)
