"""Which languages families are offered: those that are whole, and as good as the council asks for."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Protocol

from engage.core import catalogues
from engage.core.catalogues import DOMAINS, MESSAGES, SURVEYS, Entries, Key, Review
from engage.core.languages import LANGUAGES, SOURCE
from engage.notify.models import MessageChannel

TEMPLATES = "templates"
"""The words of emails, which every offered language needs, beside the two domains of the translators' files."""
DOMAIN_NAMES = {MESSAGES: "Pages and forms", SURVEYS: "Surveys", TEMPLATES: "Emails"}


class Worded(Protocol):
    """What this needs to know of a message template."""

    @property
    def key(self) -> str: ...
    @property
    def channel(self) -> MessageChannel: ...
    @property
    def language(self) -> str: ...
    @property
    def version(self) -> str: ...
    @property
    def reviewed(self) -> Review | None: ...
    @property
    def is_for_families(self) -> bool: ...


@dataclass(frozen=True)
class Progress:
    """How far one part has come in one language."""

    domain: str
    total: int
    there: int
    reviewed: int
    missing: tuple[Key, ...]
    drafts: tuple[Key, ...]

    @property
    def name(self) -> str:
        """The part in words."""
        return DOMAIN_NAMES[self.domain]

    @property
    def is_whole(self) -> bool:
        """Whether nothing is missing; a part that holds nothing at all is not a translation."""
        return self.there == self.total > 0


class Offering:
    """Works out what is offered, and again whenever a translation was corrected or reviewed."""

    def __init__(self, templates: Iterable[Worded], drafts: Collection[str]) -> None:
        self._templates = [one for one in templates if one.is_for_families and one.channel is MessageChannel.EMAIL]
        self._drafts = frozenset(drafts)
        self._known: tuple[int, tuple[str, ...]] | None = None

    def now(self) -> Sequence[str]:
        """The codes, English first, in the order of the chooser."""
        version = catalogues.version()
        if self._known is None or self._known[0] != version:
            self._known = version, tuple(code for code in LANGUAGES if code == SOURCE or self._is_offered(code))
        return self._known[1]

    def _is_offered(self, code: str) -> bool:
        parts = self.progress(code)
        whole = all(part.is_whole for part in parts)
        return whole and (code in self._drafts or all(part.reviewed == part.total for part in parts))

    def progress(self, language: str) -> Sequence[Progress]:
        """Pages, surveys and emails in this language. Texts and letters are not counted: a text without words in it, or
        whose letters Notify does not carry, goes in English, and a letter says in English where to answer in one's own."""
        parts = [progress_of(domain, language, catalogues.source_entries(domain)) for domain in DOMAINS]
        return [*parts, self._of_templates(language)]

    def _of_templates(self, language: str) -> Progress:
        reviews = catalogues.entries(language, TEMPLATES)
        there = {one.key: one for one in self._templates if one.language == language}
        wanted = sorted({one.key for one in self._templates if one.language == SOURCE})
        reviewed = {key for key, one in there.items() if one.reviewed or _reviewed_here(reviews.get(("", key)), one)}
        return Progress(
            TEMPLATES,
            total=len(wanted),
            there=sum(key in there for key in wanted),
            reviewed=sum(key in reviewed for key in wanted),
            missing=tuple(("", key) for key in wanted if key not in there),
            drafts=tuple(("", key) for key in wanted if key in there and key not in reviewed),
        )


def _reviewed_here(review: catalogues.Entry | None, template: Worded) -> bool:
    """Whether these very words were reviewed in the browser."""
    return review is not None and review.review is not None and review.strings == (template.version,)


def progress_of(domain: str, language: str, wanted: Entries) -> Progress:
    """How far these English strings of a domain have come."""
    known = catalogues.entries(language, domain)
    there = {key for key in wanted if key in known and known[key].is_there}
    drafts = {key for key in there if known[key].review is None}
    return Progress(
        domain,
        total=len(wanted),
        there=len(there),
        reviewed=len(there) - len(drafts),
        missing=tuple(key for key in wanted if key not in there),
        drafts=tuple(key for key in wanted if key in drafts),
    )
