"""Ready words for an entry of "You said, we did", the same wherever one is shown."""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import groupby

from engage.core import periods
from engage.core.themes import THEME_LABELS, Theme
from engage.web.rendering import day
from engage.you_said_we_did.models import Commitment, CommitmentState, Impact
from engage.you_said_we_did.rules import heard_from_in_words

ANSWERS = {
    CommitmentState.CONSIDERING: "We are thinking about it",
    CommitmentState.DOING: "We are doing",
    CommitmentState.DID: "We did",
    CommitmentState.COULD_NOT: "We could not",
}
IMPACTS = {Impact.SEEN: "What has changed", Impact.NOT_YET_SEEN: "We have not seen a change yet"}


@dataclass(frozen=True)
class ShownEntry:
    """An entry as people read it."""

    id: int
    theme: str
    you_said: str
    heard_from: str | None
    state: CommitmentState
    answers: list[tuple[str, str]]
    """Headings and words: what is or was done, and why when that was said."""
    impact: str | None
    impact_note: str
    when: str


@dataclass(frozen=True)
class YearOfEntries:
    """One financial year, its entries gathered by theme."""

    name: str
    themes: list[tuple[str, list[ShownEntry]]]


def shown(entry: Commitment) -> ShownEntry:
    """The entry in words."""
    return ShownEntry(
        id=entry.id,
        theme=THEME_LABELS[entry.theme],
        you_said=entry.you_said,
        heard_from=heard_from_in_words(entry.heard_from),
        state=entry.state,
        answers=_answers(entry),
        impact=IMPACTS[entry.impact] if entry.impact else None,
        impact_note=entry.impact_note,
        when=_when(entry),
    )


def by_year(entries: Iterable[Commitment]) -> list[YearOfEntries]:
    """Entries that come sorted by year and theme, gathered so."""
    return [
        YearOfEntries(year_name(year), _by_theme(of_year))
        for year, of_year in groupby(entries, key=lambda entry: entry.year)
    ]


def year_name(year: int) -> str:
    """The financial year that begins in `year`: 2025/26."""
    return periods.year(year).name


def _by_theme(entries: Iterable[Commitment]) -> list[tuple[str, list[ShownEntry]]]:
    themes = sorted(entries, key=lambda entry: list(Theme).index(entry.theme))
    return [
        (THEME_LABELS[theme], [shown(entry) for entry in of_theme])
        for theme, of_theme in groupby(themes, key=lambda entry: entry.theme)
    ]


def _answers(entry: Commitment) -> list[tuple[str, str]]:
    answer = ANSWERS[entry.state]
    if not entry.because:
        return [(answer, entry.we_did)]
    if not entry.we_did:
        return [(f"{answer}, because", entry.because)]
    return [(answer, entry.we_did), ("Because", entry.because)]


def _when(entry: Commitment) -> str:
    said = []
    if entry.published_at:
        said.append(f"Published {day(entry.published_at)}")
        if day(entry.changed_at) != day(entry.published_at) and entry.changed_at > entry.published_at:
            said.append(f"updated {day(entry.changed_at)}")
    if entry.due_on and entry.state in {CommitmentState.CONSIDERING, CommitmentState.DOING}:
        said.append(f"we will say more by {day(entry.due_on)}")
    words = ", ".join(said)
    return f"{words[:1].upper()}{words[1:]}." if words else ""
