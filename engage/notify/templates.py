"""The words of messages: kept as files in Notify's own ((placeholder)) syntax, and filled in here before they are sent."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, StringConstraints

from engage.core.data_files import DataFile, Mistake, in_words, read_data_file, read_text, read_yaml
from engage.core.errors import Misconfigured, NotFound
from engage.core.log import log
from engage.notify.gsm import not_gsm
from engage.notify.models import MessageChannel
from engage.notify.values import link_value, markdown_value, plain_value

SOURCE_LANGUAGE = "en"
FILE_NAME = re.compile(r"^(?P<name>[a-z][a-z0-9_]*)\.(?P<language>[a-z]{2,3}(?:-[A-Za-z0-9]+)*)\.md$")
FRONT_MATTER = re.compile(r"\A---\n(?P<front>.*?\n)---\n(?P<body>.*)\Z", re.DOTALL)
PLACEHOLDER = re.compile(r"\(\(([a-z][a-z0-9_]*)\)\)")
ABOUT_A_CHILD = re.compile(r"child|need|school|setting|diagnosis|birth")


class MessageKind(StrEnum):
    """Who wanted the message: we, who must then say how to stop; or the reader, who has just asked for it."""

    ASKING = "asking"
    REQUESTED = "requested"


Words = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]


class FrontMatter(BaseModel):
    """What stands above the words of a template file."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: Words
    purpose: Words
    kind: MessageKind
    subject: Words | None = None
    placeholders: tuple[Words, ...] = ()
    """Values that are put in as plain words, whatever signs they hold."""
    links: tuple[Words, ...] = ()
    """Values that are web addresses of ours, put in as they are."""


class ForbiddenWords(BaseModel):
    """What never stands in a subject or a text message."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    whole: tuple[Words, ...] = ()
    beginnings: tuple[Words, ...] = ()

    def found_in(self, words: str) -> list[str]:
        """The forbidden words that stand in these words, as written there."""
        ends = [
            *(rf"{re.escape(word)}" for word in self.whole),
            *(rf"{re.escape(word)}\w*" for word in self.beginnings),
        ]
        return [match[0] for match in re.finditer(rf"\b(?:{'|'.join(ends)})\b", words, re.IGNORECASE)] if ends else []


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

    @property
    def values(self) -> frozenset[str]:
        """Every value it must be given."""
        return self.placeholders | self.links

    def __str__(self) -> str:
        return f"{self.channel.value}/{self.name}.{self.language}"


@dataclass(frozen=True)
class Rendered:
    """A message ready to send. The body of an email is in Notify's Markdown; a text has no subject."""

    subject: str | None
    body: str


class Templates:
    """Every template, sound and whole."""

    def __init__(self, templates: Mapping[tuple[str, MessageChannel, str], Template]) -> None:
        self._templates = dict(templates)

    @classmethod
    def load(cls, root: Path) -> "Templates":
        """Read every template under `root`; `Misconfigured` names every mistake at once, with lines and cures."""
        reading = _Reading(root)
        if reading.mistakes:
            raise Misconfigured(f"The message templates have mistakes.\n{in_words(reading.mistakes)}")
        return cls({key: template for key, (template, _) in reading.templates.items()})

    def all(self) -> tuple[Template, ...]:
        """Every template, by name, channel and language."""
        return tuple(self._templates[key] for key in sorted(self._templates))

    def find(self, name: str, channel: MessageChannel, language: str) -> Template:
        """The template in this language, or in English: its `language` says which, and the log says so too.

        `NotFound` when the message has no words for this channel at all.
        """
        if template := self._templates.get((name, channel, language)):
            return template
        english = self._templates.get((name, channel, SOURCE_LANGUAGE))
        if english is None:
            raise NotFound(f'There is no {channel.value} template "{name}".')
        log.warning(f"No {channel.value} {name} in {language}; English is sent instead", code=name)
        return english

    def values_of(self, name: str) -> frozenset[str]:
        """Every value that a message of this name takes in any channel or language; a sender may give them all."""
        return frozenset().union(*(template.values for template in self._templates.values() if template.name == name))

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
    if template.channel is MessageChannel.EMAIL:
        in_body = {name: markdown_value(values[name]) for name in template.placeholders}
    subject = None if template.subject is None else _fill(template.subject, plain | links)
    return Rendered(subject, _fill(template.body, in_body | links))


def _fill(words: str, values: Mapping[str, str]) -> str:
    """Once over, so that a value which looks like a placeholder stays what it is."""
    return PLACEHOLDER.sub(lambda match: values[match[1]], words)


def check(root: Path) -> list[Mistake]:
    """Every mistake in the templates under `root`, in the order of files and lines."""
    return _Reading(root).mistakes


class _Reading:
    """One pass over the folder, gathering what is sound and every mistake in the rest."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.templates: dict[tuple[str, MessageChannel, str], tuple[Template, DataFile]] = {}
        self.mistakes: list[Mistake] = []
        self._forbidden = self._forbidden_words()
        for folder in sorted(path for path in root.iterdir() if path.is_dir()):
            for path in sorted(folder.iterdir()):
                self._file(path)
        for template, file in self.templates.values():
            self.mistakes += self._of_set(template, file)
        self.mistakes.sort(key=lambda mistake: (mistake.file, mistake.line or 0, mistake.place))

    def _forbidden_words(self) -> ForbiddenWords:
        read = read_data_file(self.root / "forbidden_words.yaml", root=self.root, with_lines=True)
        if isinstance(read, Mistake):
            self.mistakes.append(read)
            return ForbiddenWords()
        words, mistakes = read.shaped(ForbiddenWords)
        self.mistakes += mistakes
        return words or ForbiddenWords()

    def _file(self, path: Path) -> None:
        name = path.relative_to(self.root).as_posix()
        found = FILE_NAME.match(path.name)
        if found is None or path.parent.name not in set(MessageChannel):
            cure = 'Name it "email/name.en.md" or "text/name.en.md".'
            self.mistakes.append(Mistake(name, None, "", "This is not a template's place and name.", cure))
            return
        text = read_text(path, root=self.root)
        if isinstance(text, Mistake):
            self.mistakes.append(text)
            return
        halves = FRONT_MATTER.match(text)
        if halves is None:
            cure = 'Begin it with a line "---", the name, purpose and so on, and another line "---".'
            self.mistakes.append(Mistake(name, 1, "", "The file has no front matter.", cure))
            return
        front = read_yaml(halves["front"], name=name, lines_before=1, with_lines=True)
        if isinstance(front, Mistake):
            self.mistakes.append(front)
            return
        matter, mistakes = front.shaped(FrontMatter)
        self.mistakes += mistakes
        if matter:
            template = _template(matter, MessageChannel(path.parent.name), found["language"], halves["body"])
            self.templates[found["name"], template.channel, template.language] = template, front
            self.mistakes += _naming(template, found["name"], front)
            self.mistakes += _placeholders(template, front)
            self.mistakes += _manners(template, front, self._forbidden)

    def _of_set(self, template: Template, file: DataFile) -> Iterator[Mistake]:
        """What one file owes to the others of its name."""
        if (template.name, template.channel, SOURCE_LANGUAGE) not in self.templates:
            yield file.mistake((), f"{template.name} has no English words.", f"Add {template.name}.en.md.")
        if template.kind is MessageKind.ASKING:
            for channel in MessageChannel:
                if (template.name, channel, template.language) not in self.templates:
                    cure = f"Add {channel.value}/{template.name}.{template.language}.md."
                    yield file.mistake((), f"{template.name} has no {channel.value} beside it.", cure)


def _template(matter: FrontMatter, channel: MessageChannel, language: str, body: str) -> Template:
    return Template(
        name=matter.name,
        channel=channel,
        language=language,
        kind=matter.kind,
        purpose=matter.purpose,
        subject=matter.subject,
        body=body.strip(),
        placeholders=frozenset(matter.placeholders),
        links=frozenset(matter.links),
    )


def _naming(template: Template, name: str, file: DataFile) -> Iterator[Mistake]:
    if template.name != name:
        yield file.mistake(("name",), f'The file is named "{name}".', "Make the two the same.")
    if template.channel is MessageChannel.EMAIL and template.subject is None:
        yield file.mistake((), "An email needs a subject.", 'Add "subject".')
    if template.channel is MessageChannel.TEXT and template.subject is not None:
        yield file.mistake(("subject",), "A text message has no subject.", "Take it out.")


def _placeholders(template: Template, file: DataFile) -> Iterator[Mistake]:
    words = f"{template.subject or ''}\n{template.body}"
    used = set(PLACEHOLDER.findall(words))
    for name in sorted(used - template.values):
        yield file.mistake((), f"(({name})) is not declared.", 'Name it under "placeholders" or "links".')
    for name in sorted(template.values - used):
        place = "placeholders" if name in template.placeholders else "links"
        yield file.mistake((place,), f'"{name}" is declared but not used.', "Use it or take it out.")
    for name in sorted(template.placeholders & template.links):
        yield file.mistake(("links",), f'"{name}" is both a placeholder and a link.', "Take it out of one of them.")
    if "((" in PLACEHOLDER.sub("", words):
        cure = "Write ((name)) with small letters, digits and _ only; nothing else stands in double brackets."
        yield file.mistake((), "A placeholder cannot be understood.", cure)
    for name in sorted(template.values):
        if ABOUT_A_CHILD.search(name):
            yield file.mistake(("placeholders",), f'"{name}" may tell of a child.', "Messages say nothing of a child.")


def _manners(template: Template, file: DataFile, forbidden: ForbiddenWords) -> Iterator[Mistake]:
    in_sight = template.subject or ""
    if template.channel is MessageChannel.TEXT:
        in_sight = template.body
        if template.language == SOURCE_LANGUAGE and (strange := not_gsm(PLACEHOLDER.sub("", in_sight))):
            wrong = f"A phone charges more for: {' '.join(strange)}."
            yield file.mistake((), wrong, "Use plain letters, straight quotes and hyphens.")
    for word in forbidden.found_in(PLACEHOLDER.sub("", in_sight)):
        wrong = f'"{word}" must not be seen over a shoulder.'
        yield file.mistake(("subject",) if template.subject else (), wrong, "Use plainer words.")
    needed = {"link", "phone"}
    if template.channel is MessageChannel.EMAIL:
        needed |= {"organisation"} | ({"stop_link"} if template.kind is MessageKind.ASKING else set())
    for name in sorted(needed - template.values):
        yield file.mistake(
            (), f"The message lacks (({name})).", "Say what to open, whom to ring, who asks and how to stop."
        )
