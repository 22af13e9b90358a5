"""What is wrong with a translation, in words that say what to do: whatever a machine can see without knowing the language."""

import re
from collections import Counter
from collections.abc import Iterator

from engage.core.catalogues import Entry, plural_forms
from engage.core.languages import LANGUAGES

PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|\{\w+\}|\(\(\w+\)\)")
TAG = re.compile(r"</?[A-Za-z][^>]*>|&\w+;|&#\d+;")
MARKDOWN = re.compile(r"^#{1,3} |^[*-] |^qr: |^---$", re.MULTILINE)
UNSEEN = re.compile("[\u202a-\u202e\u2066-\u2069\u200b\u200e\u200f\x00-\x08\x0b-\x1f\x7f]")
"""Marks that turn the direction or that nobody sees; the joiners U+200C and U+200D belong to the spelling of Persian and Tamil."""
LETTERS = re.compile(r"[^\W\d_]")


def faults(
    source: Entry, entry: Entry, language: str, *, may_be_the_same: frozenset[str] = frozenset()
) -> Iterator[str]:
    """Everything wrong with what is there, a sentence each; what is missing altogether is not a fault of the words."""
    name = LANGUAGES[language].in_english
    if source.plural is not None:
        forms = plural_forms(language)
        if len(entry.strings) != forms or not all(entry.strings):
            yield f"{name} has {forms} plural form{'s' if forms != 1 else ''}: give every msgstr[...] its words."
            return
    elif len(entry.strings) != 1:
        yield "This string has no plural: give it one msgstr."
        return
    for words in entry.strings:
        yield from _faults_of(source, words, may_be_the_same)


def _faults_of(source: Entry, words: str, may_be_the_same: frozenset[str]) -> Iterator[str]:
    english = [source.msgid] if source.plural is None else [source.msgid, source.plural]
    wanted, given = set(PLACEHOLDER.findall(english[-1])), set(PLACEHOLDER.findall(words))
    may_miss = {"%(num)s"} if source.plural is not None else set()
    for missing in sorted(wanted - given - may_miss):
        yield f"It lacks {missing}: put it where the value should stand."
    for unknown in sorted(given - wanted):
        yield f"It has {unknown}, which the English does not: take it out or mend its spelling."
    if "%(" in source.msgid and not _can_be_filled(words):
        yield "It has a % sign that is no placeholder: write it as %%."
    if Counter(TAG.findall(words)) != Counter(TAG.findall(source.msgid)):
        yield "Its HTML is not that of the English: keep every tag exactly as it is."
    elif any(TAG.sub("", words).count(sign) != TAG.sub("", source.msgid).count(sign) for sign in "<>"):
        yield "It has a < or > that the English does not: take it out."
    if Counter(MARKDOWN.findall(words)) != Counter(MARKDOWN.findall(source.msgid)):
        yield "Its headings or list marks (#, *, qr:) are not those of the English: keep each where it is."
    if UNSEEN.search(words):
        yield "It holds a mark that nobody sees or that turns the direction of writing: take it out."
    if _edges(words) != _edges(source.msgid):
        yield "It begins or ends with another space than the English: put it right."
    if words in english and words not in may_be_the_same and LETTERS.search(PLACEHOLDER.sub("", words)):
        yield "It is still the English: translate it, or leave it empty."


def _edges(words: str) -> tuple[str, str]:
    return words[: len(words) - len(words.lstrip())], words[len(words.rstrip()) :]


def _can_be_filled(words: str) -> bool:
    try:
        words % dict.fromkeys(re.findall(r"%\((\w+)\)", words), "")
    except (TypeError, ValueError):
        return False
    return True
