"""Finds what in an answer asks for somebody to follow up, by the survey's own rules and in words."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from engage.surveys.definition import DissatisfactionRule, FlaggedWords, Question, Survey
from engage.surveys.routing import shown

FLAGGED_WORDS = "flagged_words"


@dataclass(frozen=True)
class Trigger:
    """One reason to look at an answer, always the same for the same answer."""

    rule: str
    question: str
    reason: str


def triggers(
    survey: Survey, answers: Mapping[str, str], texts: Mapping[str, str], *, flagged: FlaggedWords
) -> list[Trigger]:
    """Every reason, in the order of the rules, then the survey's questions, then the flagged words: each one alone is
    enough for a case, and flagged words make it urgent."""
    applying = shown(survey, answers)
    found = [
        trigger
        for rule in survey.dissatisfaction
        for question in applying
        if (trigger := _broken(rule, question, answers))
    ]
    for question in applying:
        if not question.is_coded:
            found += _flagged(question, texts.get(question.id, ""), flagged)
    return found


def _broken(rule: DissatisfactionRule, question: Question, answers: Mapping[str, str]) -> Trigger | None:
    option = question.option(answers.get(question.id, ""))
    if question.id not in rule.questions or option is None:
        return None
    if option.code not in (rule.codes or question.dissatisfied):
        return None
    reason = f'{rule.reason} "{question.heading}": {option.label}'
    return Trigger(rule.code, question.id, reason)


def _flagged(question: Question, text: str, flagged: FlaggedWords) -> list[Trigger]:
    plain = text.replace("’", "'")
    found = []
    for group in flagged.root:
        words = sorted({" ".join(match[0].casefold().split()) for match in _pattern(group.words).finditer(plain)})
        if words:
            quoted = ", ".join(f'"{word}"' for word in words)
            reason = f"Their own words hold {quoted}: {group.about}."
            found.append(Trigger(FLAGGED_WORDS, question.id, reason))
    return found


@lru_cache
def _pattern(words: tuple[str, ...]) -> re.Pattern[str]:
    """Any of these as whole words, the longest first, with any white space inside a phrase."""
    longest_first = sorted(words, key=len, reverse=True)
    phrases = (r"\s+".join(re.escape(part) for part in word.split()) for word in longest_first)
    return re.compile(rf"(?<!\w)(?:{'|'.join(phrases)})(?!\w)", re.IGNORECASE)
