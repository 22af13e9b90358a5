"""Reading the files of message templates: every mistake is named, with its file, line and cure."""

import re
from collections import Counter
from collections.abc import Collection, Iterator
from pathlib import Path
from typing import TypeVar

from pydantic import BaseModel, ConfigDict, Field, field_validator

from engage.core.catalogues import REVIEWED, review_in
from engage.core.config import UUID_PATTERN
from engage.core.data_files import DataFile, Mistake, in_words, read_data_file, read_text, read_yaml
from engage.core.errors import Misconfigured
from engage.core.languages import LANGUAGES
from engage.core.translation_checks import MARKDOWN
from engage.notify.gsm import not_gsm
from engage.notify.models import MessageChannel
from engage.notify.organisations import Organisations, Words
from engage.notify.templates import PLACEHOLDER, SOURCE_LANGUAGE, MessageKind, Template, Templates

FILE_NAME = re.compile(r"^(?P<name>[a-z][a-z0-9_]*)\.(?P<language>[a-z]{2,3}(?:-[A-Za-z0-9]+)*)\.md$")
FRONT_MATTER = re.compile(r"\A---\n(?P<front>.*?\n)---\n(?P<body>.*)\Z", re.DOTALL)
ABOUT_A_CHILD = re.compile(r"child|need|school|setting|diagnosis|birth")


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
    signatories: tuple[Words, ...] = ()
    """Codes of the organisations that must each have signed these very words before they go to anybody."""
    instead_of: Words | None = None
    """The message whose place it may take in this channel; it is then given that message's values."""
    template_id: str | None = Field(None, pattern=UUID_PATTERN)
    for_staff: bool = False
    """Whether only colleagues get it, so that it stays in English."""
    reviewed: str | None = None
    """Of a translation: who found it right and when, as "NAME, 2026-11-20". Without it, it is a draft."""

    @field_validator("reviewed")
    @classmethod
    def _names_and_dates(cls, value: str | None) -> str | None:
        if value is not None and not REVIEWED.match(f"reviewed: {value}"):
            raise ValueError('It does not say who reviewed it and when. Write "NAME, 2026-11-20".')
        return value

    """A template of the Notify account that holds these words; without it they go through the common one."""


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


# What we begin may reach a family by any channel.
_BESIDE = frozenset(MessageChannel)
Data = TypeVar("Data", bound=BaseModel)


def load(root: Path, *, drafts: Collection[str] = ()) -> Templates:
    """Read every template under `root`; `drafts` are the languages offered before anybody reviewed them. `Misconfigured`
    names every mistake at once, with lines and cures."""
    reading = _Reading(root)
    if reading.mistakes:
        raise Misconfigured(f"The message templates have mistakes.\n{in_words(reading.mistakes)}")
    found = {key: template for key, (template, _) in reading.templates.items()}
    return Templates(found, reading.organisations, drafts=drafts)


def check(root: Path) -> list[Mistake]:
    """Every mistake in the templates under `root`, in the order of files and lines."""
    return _Reading(root).mistakes


class _Reading:
    """One pass over the folder, gathering what is sound and every mistake in the rest."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.templates: dict[tuple[str, MessageChannel, str], tuple[Template, DataFile]] = {}
        self.mistakes: list[Mistake] = []
        self._forbidden = self._data("forbidden_words.yaml", ForbiddenWords) or ForbiddenWords()
        self.organisations = self._data("organisations.yaml", Organisations) or Organisations()
        for folder in sorted(path for path in root.iterdir() if path.is_dir()):
            for path in sorted(folder.iterdir()):
                self._file(path)
        for template, file in self.templates.values():
            self.mistakes += self._of_set(template, file)
        self.mistakes.sort(key=lambda mistake: (mistake.file, mistake.line or 0, mistake.place))

    def _data(self, name: str, shape: type[Data]) -> Data | None:
        read = read_data_file(self.root / name, root=self.root)
        if isinstance(read, Mistake):
            self.mistakes.append(read)
            return None
        found, mistakes = read.shaped(shape)
        self.mistakes += mistakes
        return found

    def _file(self, path: Path) -> None:
        name = path.relative_to(self.root).as_posix()
        found = FILE_NAME.match(path.name)
        if found is None or path.parent.name not in set(MessageChannel):
            cure = 'Name it "email/name.en.md", "text/name.en.md" or "letter/name.en.md".'
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
        front = read_yaml(halves["front"], name=name, lines_before=1)
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
            self.mistakes += _signatories(template, front, self.organisations)

    def _of_set(self, template: Template, file: DataFile) -> Iterator[Mistake]:
        """What one file owes to the others of its name."""
        if (template.name, template.channel, SOURCE_LANGUAGE) not in self.templates:
            yield file.mistake((), f"{template.name} has no English words.", f"Add {template.name}.en.md.")
        if template.instead_of and not any(name == template.instead_of for name, *_ in self.templates):
            cure = "Mend its spelling, or take it out."
            yield file.mistake(("instead_of",), f'There is no message "{template.instead_of}".', cure)
        if template.language != SOURCE_LANGUAGE:
            yield from self._of_translation(template, file)
        elif template.kind is MessageKind.ASKING and template.channel is not MessageChannel.LETTER:
            for channel in sorted(_BESIDE):
                if (template.name, channel, template.language) not in self.templates:
                    cure = f"Add {channel.value}/{template.name}.{template.language}.md."
                    yield file.mistake((), f"{template.name} has no {channel.value} beside it.", cure)

    def _of_translation(self, template: Template, file: DataFile) -> Iterator[Mistake]:
        """What a translation owes to the English: the same values and the same marks. The channel beside it may stay
        English: no language needs texts and letters of its own to be offered."""
        english, _ = self.templates.get((template.name, template.channel, SOURCE_LANGUAGE), (None, None))
        if english is None:
            return
        if template.language not in LANGUAGES:
            yield file.mistake((), f'"{template.language}" is no language of ours.', f"Use {', '.join(LANGUAGES)}.")
        for name in sorted(english.values ^ template.values):
            cure = "Give it the values of the English, and no others."
            yield file.mistake(("placeholders",), f"(({name})) does not stand in both.", cure)
        if Counter(MARKDOWN.findall(template.body)) != Counter(MARKDOWN.findall(english.body)):
            wrong = "Its headings or list marks (#, *, qr:, ---) are not those of the English."
            yield file.mistake((), wrong, "Keep each where it is.")
        if (template.kind, template.for_staff) != (english.kind, english.for_staff):
            yield file.mistake(("kind",), "It is of another kind than the English.", "Copy it from there.")


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
        signatories=matter.signatories,
        instead_of=matter.instead_of,
        template_id=matter.template_id,
        for_staff=matter.for_staff,
        reviewed=review_in(f"reviewed: {matter.reviewed}") if matter.reviewed else None,
    )


_A = {MessageChannel.EMAIL: "An email", MessageChannel.LETTER: "A letter"}


def _naming(template: Template, name: str, file: DataFile) -> Iterator[Mistake]:
    if template.name != name:
        yield file.mistake(("name",), f'The file is named "{name}".', "Make the two the same.")
    if template.channel is not MessageChannel.TEXT and template.subject is None:
        yield file.mistake((), f"{_A[template.channel]} needs a subject.", 'Add "subject".')
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
    if template.channel is not MessageChannel.EMAIL:
        in_sight += f"\n{template.body}"
    in_english = template.language == SOURCE_LANGUAGE
    if template.channel is MessageChannel.TEXT and in_english and (strange := not_gsm(PLACEHOLDER.sub("", in_sight))):
        wrong = f"A phone charges more for: {' '.join(strange)}."
        yield file.mistake((), wrong, "Use plain letters, straight quotes and hyphens.")
    for word in forbidden.found_in(PLACEHOLDER.sub("", in_sight)):
        wrong = f'"{word}" must not be seen over a shoulder.'
        yield file.mistake(("subject",) if template.subject else (), wrong, "Use plainer words.")
    for name in sorted(_needed(template) - template.values):
        yield file.mistake(
            (), f"The message lacks (({name})).", "Say what to open, whom to ring, who asks and how to stop."
        )


def _needed(template: Template) -> set[str]:
    """Whom to ring, what to open, who asks and how to stop. The page behind the link of a text or a letter says how to
    stop, and a jointly signed letter says in its words who asks."""
    gives_a_code = template.kind is MessageKind.REQUESTED and "code" in template.values
    needed = {"code" if gives_a_code else "link", "phone"}
    if template.channel is MessageChannel.EMAIL and template.kind is not MessageKind.REQUESTED:
        needed |= {"stop_link"}
    if template.channel is MessageChannel.LETTER:
        needed |= {"addressee"}
    if template.channel is not MessageChannel.TEXT and not template.signatories:
        needed |= {"organisation"}
    return needed


def _signatories(template: Template, file: DataFile, organisations: Organisations) -> Iterator[Mistake]:
    for code in template.signatories:
        organisation = organisations.find(code)
        if organisation is None:
            cure = "Add it to organisations.yaml, or mend its spelling."
            yield file.mistake(("signatories",), f'"{code}" is no organisation that signs.', cure)
        elif organisation.name not in template.body:
            wrong = f'The words do not say that "{organisation.name}" signs them.'
            yield file.mistake(("signatories",), wrong, "Name it where the others sign, by its newest name.")
    if len(set(template.signatories)) != len(template.signatories):
        yield file.mistake(("signatories",), "An organisation signs once.", "Name it once.")
    if template.signatories and template.template_id:
        cure = "Take template_id out: what the account holds could change after it was signed."
        yield file.mistake(("template_id",), "Signed words cannot be kept in the Notify account.", cure)
