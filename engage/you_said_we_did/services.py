"""Drafting, changing, publishing and withdrawing an entry of "You said, we did"."""

from dataclasses import asdict, dataclass
from datetime import date, datetime

from sqlalchemy.orm import Session

from engage.core import audit
from engage.core.audit import Actor
from engage.core.clock import london_date
from engage.core.db import lock
from engage.core.errors import Invalid, NotFound
from engage.core.languages import LANGUAGES, SOURCE
from engage.core.periods import start_year
from engage.core.themes import Theme
from engage.you_said_we_did.models import (
    PUBLICATION_TRANSITIONS,
    WRITTEN,
    Commitment,
    CommitmentState,
    CommitmentTranslation,
    Impact,
    PublicationState,
    fingerprint,
)
from engage.you_said_we_did.rules import unfit_to_publish

EARLIEST_YEAR = 2014
"""The year of the Children and Families Act."""


@dataclass(frozen=True, kw_only=True)
class EntryWords:
    """All that a person may write in an entry; `year` is the one in which its financial year begins."""

    theme: Theme
    year: int
    you_said: str
    state: CommitmentState
    heard_from: int | None = None
    we_did: str = ""
    because: str = ""
    impact: Impact | None = None
    impact_note: str = ""
    due_on: date | None = None


def draft(session: Session, words: EntryWords, *, local_authority: str, by: Actor, now: datetime) -> Commitment:
    """Begin an entry that nobody outside sees yet. `Invalid` names what cannot be kept at all."""
    _check(words, now=now)
    entry = Commitment(
        **asdict(words),
        local_authority=local_authority,
        publication=PublicationState.DRAFT,
        drafted_at=now,
        drafted_by=str(by),
        changed_at=now,
    )
    session.add(entry)
    session.flush()
    audit.record(session, "you_said_we_did.drafted", "commitment", entry.id, by=by, now=now)
    return entry


def change(session: Session, entry: Commitment, words: EntryWords, *, by: Actor, now: datetime) -> None:
    """Write an entry anew. A published one stays published and must stay fit for it; a withdrawn one is a draft again."""
    _check(words, now=now)
    lock(session, entry)
    for field, value in asdict(words).items():
        setattr(entry, field, value)
    entry.changed_at = now
    if entry.publication is PublicationState.PUBLISHED:
        _check_fit(entry)
    if entry.publication is PublicationState.WITHDRAWN:
        entry.publication, entry.withdrawn_at = PublicationState.DRAFT, None
    audit.record(session, "you_said_we_did.changed", "commitment", entry.id, by=by, now=now, state=entry.state)


def publish(session: Session, entry: Commitment, *, by: Actor, now: datetime) -> None:
    """Put an entry before the public. `Invalid` says what is missing, or which agreed term to use instead."""
    lock(session, entry)
    PUBLICATION_TRANSITIONS.check(entry.publication, PublicationState.PUBLISHED)
    _check_fit(entry)
    entry.publication, entry.published_at, entry.published_by = PublicationState.PUBLISHED, now, str(by)
    audit.record(session, "you_said_we_did.published", "commitment", entry.id, by=by, now=now)


def withdraw_publication(session: Session, entry: Commitment, *, by: Actor, now: datetime) -> None:
    """Take an entry off the public page; it is kept, and may be changed and published again."""
    lock(session, entry)
    PUBLICATION_TRANSITIONS.check(entry.publication, PublicationState.WITHDRAWN)
    entry.publication, entry.withdrawn_at = PublicationState.WITHDRAWN, now
    audit.record(session, "you_said_we_did.withdrawn", "commitment", entry.id, by=by, now=now)


@dataclass(frozen=True, kw_only=True)
class TranslatedWords:
    """What of an entry is written freely, in another language."""

    you_said: str
    we_did: str = ""
    because: str = ""
    impact_note: str = ""


def translate(
    session: Session,
    entry: Commitment,
    language: str,
    words: TranslatedWords,
    *,
    reviewed: bool,
    by: Actor,
    now: datetime,
) -> CommitmentTranslation:
    """Keep an entry in another language, of the English as it stands now. A draft until somebody says it is `reviewed`.

    `Invalid` names what the English says and the translation leaves out.
    """
    if language not in LANGUAGES or language == SOURCE:
        raise NotFound("There is no such language.")
    lock(session, entry)
    said = asdict(words)
    missing = {
        field: "Enter this part too: it stands in the English"
        for field in WRITTEN
        if getattr(entry, field) and not said[field]
    }
    if missing:
        raise Invalid("This translation cannot be saved yet.", missing)
    found = next((one for one in entry.translations if one.language == language), None)
    if found is None:
        found = CommitmentTranslation(language=language)
        entry.translations.append(found)
    for field, value in said.items():
        setattr(found, field, value)
    found.of_words = fingerprint(entry)
    found.translated_at, found.translated_by = now, str(by)
    found.reviewed_at, found.reviewed_by = (now, str(by)) if reviewed else (None, None)
    session.flush()
    audit.record(
        session,
        "you_said_we_did.translated",
        "commitment",
        entry.id,
        by=by,
        now=now,
        language=language,
        reviewed=reviewed,
    )
    return found


def _check(words: EntryWords, *, now: datetime) -> None:
    wrong = {}
    if not words.you_said.strip():
        wrong["you_said"] = "Enter what families said"
    if words.heard_from is not None and words.heard_from < 1:
        wrong["heard_from"] = "Enter how many people said it, or leave this empty"
    if not EARLIEST_YEAR <= words.year <= start_year(london_date(now)):
        wrong["year"] = "Select the year in which families said it"
    if wrong:
        raise Invalid("This entry cannot be saved yet.", wrong)


def _check_fit(entry: Commitment) -> None:
    unfit = unfit_to_publish(entry)
    if unfit:
        raise Invalid("This entry is not ready to be published.", unfit)
