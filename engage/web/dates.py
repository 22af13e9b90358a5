"""A date asked for in three boxes, the way GOV.UK asks for one."""

from typing import Any

from govuk_frontend_wtf.wtforms_widgets import GovDateInput
from wtforms import DateField

from engage.core.languages import gettext
from engage.web.survey_pages import showable


class DateBoxes(GovDateInput):  # type: ignore[misc]  # govuk-frontend-wtf has no types
    """Three boxes, named in the reader's language."""

    def map_gov_params(self, field: Any, **options: Any) -> dict[str, Any]:
        """The library's own, with its English names replaced."""
        params: dict[str, Any] = super().map_gov_params(field, **options)
        for item, name in zip(params["items"], (gettext("Day"), gettext("Month"), gettext("Year")), strict=True):
            item["label"] = name
        return params


class ThreeBoxDate(DateField):
    """A day, a month and a year; `data` is None when they were left empty or are no date, which `is_unreadable` tells
    apart. However many boxes were sent, what was typed is shown again."""

    widget = DateBoxes()

    def __init__(self, label: str, **options: Any) -> None:
        super().__init__(label, format=["%d %m %Y"], **options)

    def process_formdata(self, valuelist: list[str]) -> None:
        """Read the three boxes."""
        typed = [showable(part).strip() for part in valuelist[:3]]
        self.raw_data = typed + [""] * (3 - len(typed))
        try:
            super().process_formdata([" ".join(self.raw_data)])
        except ValueError:
            self.data = None

    @property
    def is_blank(self) -> bool:
        """Whether all three boxes were left empty."""
        return not any(self.raw_data or [])

    @property
    def is_unreadable(self) -> bool:
        """Whether something was typed that is no date."""
        return self.data is None and not self.is_blank
