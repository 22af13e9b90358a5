"""The words of messages: kept as files in Notify's own ((placeholder)) syntax, and filled in here before they are sent."""

import hashlib
import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from engage.core.catalogues import Review
from engage.core.errors import Misconfigured, NotFound
from engage.core.languages import LANGUAGES, known
from engage.notify.models import MessageChannel
from engage.notify.offering import Offering, Progress
from engage.notify.organisations import Organisations
from engage.notify.values import link_value, markdown_value, one_number, plain_value

SOURCE_LANGUAGE = "en"
PLACEHOLDER = re.compile(r"\(\(([a-z][a-z0-9_]*)\)\)")


class MessageKind(StrEnum):
    """Who wanted the message: we, who must then say how to stop; or the reader, who has just asked for it."""

    ASKING = "asking"
    BY_ROLE = "by_role"
    """We ask whoever reads the mailbox of a role: by email alone, and without any name."""
    REQUESTED = "requested"


@dataclass(frozen=True)
class Template:
    """One message in one channel and language."""

    name: str
    channel: MessageChannel
    language: str
    kind: MessageKind
    purpose: str
    subject: str | None
    body: str
    placeholders: frozenset[str]
    links: frozenset[str]
    for_staff: bool = False
    """Whether only colleagues get it, so that it stays in English."""
    signatories: tuple[str, ...] = ()
    """Codes of the organisations that sign it, in the order in which the letter names them."""
    instead_of: str | None = None
    """The message whose place it may take, and whose values it is given."""
    template_id: str | None = None
    """The hosted template that holds these words, if they do not go through the common one."""
    reviewed: Review | None = None
    """Who found a translation right, and when; none for a draft."""

    @property
    def key(self) -> str:
        """What it is called whatever its language: "email/survey_invitation"."""
        return f"{self.channel.value}/{self.name}"

    @property
    def is_for_families(self) -> bool:
        """Whether families read it, so that it is needed in their languages: no colleague's, and no role's mailbox."""
        return self.kind is not MessageKind.BY_ROLE and not self.for_staff

    @property
    def version(self) -> str:
        """What these very words are signed by: the SHA-256 of the subject and the body, in hexadecimal digits."""
        return hashlib.sha256(f"{self.subject or ''}\n{self.body}".encode()).hexdigest()

    @property
    def values(self) -> frozenset[str]:
        """Every value it must be given."""
        return self.placeholders | self.links

    def __str__(self) -> str:
        return f"{self.channel.value}/{self.name}.{self.language}"


@dataclass(frozen=True)
class Rendered:
    """A message ready to send. The body of an email or a letter is in Notify's Markdown; a text has no subject."""

    subject: str | None
    body: str
    template_id: str | None = None
    """The hosted template to send it through; Notify then puts the values in itself."""
    values: Mapping[str, str] = field(default_factory=dict)
    """For a hosted template: each value as plain words."""
    sanitised: frozenset[str] = frozenset()
    """Those of the values that are a person's words, in which Notify must see no Markdown and no link."""


class Templates:
    """Every template, sound and whole."""

    def __init__(
        self,
        templates: Mapping[tuple[str, MessageChannel, str], Template],
        organisations: Organisations | None = None,
        *,
        drafts: Collection[str] = (),
    ) -> None:
        self._templates = dict(templates)
        self.organisations = organisations or Organisations()
        self._offering = Offering(self._templates.values(), drafts)

    def offered(self) -> Sequence[str]:
        """The languages families are offered now, English first: those in which every page, survey and message is there
        and reviewed, or there as a draft where the council says that drafts will do."""
        return self._offering.now()

    def progress(self, language: str) -> Sequence[Progress]:
        """How far a language has come: pages, surveys and messages."""
        return self._offering.progress(language)

    def all(self) -> tuple[Template, ...]:
        """Every template, by name, channel and language."""
        return tuple(self._templates[key] for key in sorted(self._templates))

    def find(self, name: str, channel: MessageChannel, language: str) -> Template:
        """The template in this language where we offer it and the channel has it, otherwise in English: its `language`
        says which.

        `NotFound` when the message has no words for this channel at all.
        """
        spoken = known(language)
        if spoken in self.offered() and (template := self._templates.get((name, channel, spoken or SOURCE_LANGUAGE))):
            return template
        english = self._templates.get((name, channel, SOURCE_LANGUAGE))
        if english is None:
            raise NotFound(f'There is no {channel.value} template "{name}".')
        return english

    def letters_of_texts(self, language: str) -> str:
        """Every letter that the texts in a language use, each once; nothing where it has none of its own."""
        ours = [
            one.body
            for one in self._templates.values()
            if one.channel is MessageChannel.TEXT and one.language == language
        ]
        return "".join(sorted(set(PLACEHOLDER.sub("", "".join(ours))) - {"?", "\n"}))

    def values_of(self, name: str) -> frozenset[str]:
        """Every value that a message of this name, or the one whose place it takes, has in any channel or language; a
        sender may give them all."""
        names = {name} | {one.instead_of for one in self._templates.values() if one.name == name}
        return frozenset().union(*(one.values for one in self._templates.values() if one.name in names))

    def render(self, template: Template, personalisation: Mapping[str, str | int]) -> Rendered:
        """Put the values in. A person's own words can become no link, heading or list of Notify's Markdown.

        `Misconfigured` names the template and each value that is missing, or that no template of this name knows.
        """
        if missing := sorted(template.values - set(personalisation)):
            raise Misconfigured(f"The template {template} was not given: {', '.join(missing)}.")
        if unknown := sorted(set(personalisation) - self.values_of(template.name)):
            raise Misconfigured(f"The template {template} does not know: {', '.join(unknown)}.")
        return _rendered(template, {name: str(personalisation[name]) for name in template.values})


def _rendered(template: Template, values: Mapping[str, str]) -> Rendered:
    links = {name: link_value(name, values[name]) for name in template.links}
    plain = {name: plain_value(values[name]) for name in template.placeholders}
    in_body = plain
    if template.channel is not MessageChannel.TEXT:
        in_body = {name: markdown_value(values[name]) for name in template.placeholders}
        if LANGUAGES[template.language].direction == "rtl":
            plain = {name: one_number(value) for name, value in plain.items()}
            in_body = {name: one_number(value) for name, value in in_body.items()}
    subject = None if template.subject is None else _fill(template.subject, plain | links)
    body = _fill(template.body, in_body | links)
    if template.template_id is None:
        return Rendered(subject, body)
    return Rendered(subject, body, template.template_id, plain | links, template.placeholders)


def _fill(words: str, values: Mapping[str, str]) -> str:
    """Once over, so that a value which looks like a placeholder stays what it is."""
    return PLACEHOLDER.sub(lambda match: values[match[1]], words)
