"""Charts as accessible SVG: readable by a screen reader, in the dark, in forced colours, from right to left.

They carry no script, no style and no font: `chart-...` classes and `currentColor` leave the look to the page. Every
chart says all its figures in `<desc>`, and stands beside its table. Dots can be made from protected tables only.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from reports.rates import Interval, Proportion
from reports.tables import ProtectedCell, ProtectedTable

WIDTH = 320  # a small phone, so that text is never scaled down
LEFT, RIGHT = 16, WIDTH - 16
DOT_ROW, BAR_ROW = 68, 52
AXIS = 28

_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_templates = Environment(
    loader=PackageLoader("reports"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)


@dataclass(frozen=True)
class Dot:
    """One share with its interval, all in per cent; `percent` is none where the figure is withheld.

    `reference` is the share to read it against, such as the cohort's.
    """

    label: str
    figure: str
    percent: int | None = None
    interval: Interval | None = None
    reference: int | None = None


@dataclass(frozen=True)
class Bar:
    """How many answers came in one week."""

    label: str
    n: int


def statement_dots(table: ProtectedTable, *, statement: str) -> list[Dot]:
    """One dot per period of one statement, from a protected `experience_table`; withheld stays withheld."""
    rows = zip(
        table.column("statement"),
        table.column("period"),
        table.column("positive"),
        table.column("percent"),
        table.column("interval"),
        strict=True,
    )
    return [
        _dot(period.text, share, percent, interval)
        for wording, period, share, percent, interval in rows
        if wording.text == statement
    ]


def cohort_dots(table: ProtectedTable) -> list[Dot]:
    """One dot per group, read against the group's share of the cohort, from a protected `representativeness_table`."""
    rows = zip(
        table.column("group"),
        table.column("respondents"),
        table.column("respondents_percent"),
        table.column("interval"),
        table.column("eligible_percent"),
        strict=True,
    )
    return [
        _dot(group.text, share, percent, interval, reference=_whole(cohort))
        for group, share, percent, interval, cohort in rows
    ]


def dot_chart(dots: Sequence[Dot], *, title: str, name: str, reference: str = "", rtl: bool = False) -> Markup:
    """A row per dot on a scale from 0% to 100%.

    `name` makes the chart's ids unique on its page; `reference` says in words what the reference mark is.
    """
    rows = [
        {
            "dot": dot,
            "top": number * DOT_ROW,
            "x": None if dot.percent is None else _x(dot.percent),
            "low": dot.interval and _x(dot.interval.low * 100),
            "high": dot.interval and _x(dot.interval.high * 100),
            "reference": None if dot.reference is None else _x(dot.reference),
        }
        for number, dot in enumerate(dots)
    ]
    said = [_said(dot, reference) for dot in dots]
    ticks = [{"x": _x(percent), "label": f"{percent}%"} for percent in (0, 50, 100)]
    return _draw("dots.svg", title, name, said, rtl, rows=rows, ticks=ticks, height=len(dots) * DOT_ROW + AXIS)


def weekly_bars(weeks: Sequence[Bar], *, title: str, name: str, rtl: bool = False) -> Markup:
    """A bar per week, for those who run the campaign: its counts are not protected and not for publication."""
    most = max((week.n for week in weeks), default=0) or 1
    rows = [
        {
            "bar": week,
            "top": number * BAR_ROW,
            "width": round((RIGHT - LEFT) * week.n / most, 1),
        }
        for number, week in enumerate(weeks)
    ]
    said = [f"{week.label}: {week.n}." for week in weeks]
    return _draw("bars.svg", title, name, said, rtl, rows=rows, height=len(weeks) * BAR_ROW)


def _dot(
    label: str,
    share: ProtectedCell,
    percent: ProtectedCell,
    interval: ProtectedCell,
    *,
    reference: int | None = None,
) -> Dot:
    whole = _whole(percent)
    ends = interval.value if isinstance(interval.value, Interval) else None
    fraction = f" ({share.text})" if isinstance(share.value, Proportion) else ""
    return Dot(label, f"{percent}{fraction}", whole, ends, reference)


def _whole(cell: ProtectedCell) -> int | None:
    return cell.value if isinstance(cell.value, int) else None


def _said(dot: Dot, reference: str) -> str:
    interval = f", 95% interval {dot.interval}" if dot.interval else ""
    against = f"; {reference} {dot.reference}%" if reference and dot.reference is not None else ""
    return f"{dot.label}: {dot.figure}{interval}{against}."


def _x(percent: float) -> float:
    return round(LEFT + (RIGHT - LEFT) * percent / 100, 1)


def _draw(template: str, title: str, name: str, said: Iterable[str], rtl: bool, **given: object) -> Markup:
    drawn = _templates.get_template(template).render(
        title=title,
        name=re.sub(r"[^A-Za-z0-9-]", "-", name),
        description=" ".join(said) or "No figures.",
        width=WIDTH,
        left=LEFT,
        right=RIGHT,
        start=RIGHT if rtl else LEFT,
        anchor="end" if rtl else "start",
        rtl=rtl,
        **given,
    )
    return Markup(_NOT_XML.sub("", drawn))  # noqa: S704 - every value was escaped by the template
