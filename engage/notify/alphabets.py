"""Alphabets: whether Notify's texts carry the letters of a language today, asked of Notify before any text goes in it.

Until the summer of 2026 Notify put "?" for every letter that no plain text has and answered 201; since then it may carry all
of them, and nothing but its own answer says which of the two a service has. A text that would lose letters goes in English.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from engage.core.log import log
from engage.notify.client import Notify, NotifyError
from engage.notify.templates import SOURCE_LANGUAGE, Rendered, Templates

GOOD_FOR = timedelta(hours=1)


@dataclass
class Alphabets:
    """What one worker knows of them."""

    templates: Templates
    _carried: frozenset[str] = field(default=frozenset(), init=False)
    _asked_at: datetime | None = field(default=None, init=False)

    def carries(self, language: str) -> bool:
        """Whether a text in this language arrives as it was written, as far as Notify has told."""
        return language == SOURCE_LANGUAGE or language in self._carried

    def ask(self, connect: Callable[[], Notify], *, now: datetime) -> None:
        """Ask Notify anew once an hour, by a preview that sends nothing. What it does not answer counts as no."""
        if self._asked_at is not None and self._asked_at <= now < self._asked_at + GOOD_FOR:
            return
        self._asked_at = now
        others = [language for language in self.templates.offered() if language != SOURCE_LANGUAGE]
        samples = {language: self.templates.letters_of_texts(language) for language in others}
        self._carried = frozenset(
            language for language, sample in samples.items() if sample and _arrives(connect(), sample, language)
        )

    def forget(self) -> None:
        """A text has lost letters after all: nothing but English until Notify is asked again."""
        self._carried = frozenset()


def _arrives(notify: Notify, sample: str, language: str) -> bool:
    try:
        arrived = notify.preview_text(Rendered(None, sample))
    except NotifyError as error:
        log.warning("alphabet not known", code=language, error=error.detail)
        return False
    return arrived.count("?") <= sample.count("?")
