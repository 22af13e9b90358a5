"""Ready words for an entry of "You said, we did", the same wherever one is shown."""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import groupby

from engage.core import periods
from engage.core.languages import SOURCE, current, day, gettext, gettext_noop
from engage.core.themes import THEME_LABELS, Theme
from engage.web.request import house
from engage.you_said_we_did.models import Commitment, CommitmentState, EntryText, Impact
from engage.you_said_we_did.rules import heard_from_in_words

_ = gettext_noop
ANSWERS = {
    CommitmentState.CONSIDERING: _("We are thinking about it"),
    CommitmentState.DOING: _("We are doing"),
    CommitmentState.DID: _("We did"),
    CommitmentState.COULD_NOT: _("We could not"),
}
"""In English, as staff choose them; looked up in the reader's language when an entry is shown."""
AND_WHY = {
    CommitmentState.CONSIDERING: _("We are thinking about it, because"),
    CommitmentState.DOING: _("We are doing, because"),
    CommitmentState.DID: _("We did, because"),
    CommitmentState.COULD_NOT: _("We could not, because"),
}
IMPACTS = {Impact.SEEN: _("What has changed"), Impact.NOT_YET_SEEN: _("We have not seen a change yet")}


@dataclass(frozen=True)
class ShownEntry:
    """An entry as people read it."""

    id: int
    language: str
    """The language that the entry's own words are in; those around them are in the language of the page."""
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
    """The entry in words: in the language being spoken where it has been translated, otherwise in English."""
    words = entry.words_in(current(), drafts=current() in house().settings.offer_draft_languages)
    return ShownEntry(
        id=entry.id,
        language=SOURCE if words is entry else current(),
        theme=gettext(THEME_LABELS[entry.theme]),
        you_said=words.you_said,
        heard_from=heard_from_in_words(entry.heard_from),
        state=entry.state,
        answers=_answers(entry.state, words),
        impact=gettext(IMPACTS[entry.impact]) if entry.impact else None,
        impact_note=words.impact_note,
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
        (gettext(THEME_LABELS[theme]), [shown(entry) for entry in of_theme])
        for theme, of_theme in groupby(themes, key=lambda entry: entry.theme)
    ]


def _answers(state: CommitmentState, words: EntryText) -> list[tuple[str, str]]:
    answer = gettext(ANSWERS[state])
    if not words.because:
        return [(answer, words.we_did)]
    if not words.we_did:
        return [(gettext(AND_WHY[state]), words.because)]
    return [(answer, words.we_did), (gettext("Because"), words.because)]


def _when(entry: Commitment) -> str:
    said = []
    if entry.published_at:
        said.append(gettext("Published %(day)s.", day=day(entry.published_at)))
        if day(entry.changed_at) != day(entry.published_at) and entry.changed_at > entry.published_at:
            said.append(gettext("Updated %(day)s.", day=day(entry.changed_at)))
    if entry.due_on and entry.state in {CommitmentState.CONSIDERING, CommitmentState.DOING}:
        said.append(gettext("We will say more by %(day)s.", day=day(entry.due_on)))
    return " ".join(said)
