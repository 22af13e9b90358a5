"""How made-up families behave: how often they answer, what they choose, and what they write."""

import random
from collections.abc import Mapping
from dataclasses import dataclass

from engage.campaigns.models import Step
from engage.people.models import Child
from engage.surveys.definition import QuestionKind, Survey

ANSWERS_AFTER: Mapping[Step, float] = {
    Step.INVITATION: 0.13,
    Step.REMINDER: 0.08,
    Step.OTHER_CHANNEL: 0.07,
    Step.CALL: 0.05,
}
"""The chance that a family answers a message of each step; assumptions, not findings."""
REACHED_BY_PHONE = 0.1
AGREEMENT = {"5": 30, "4": 42, "3": 10, "2": 10, "1": 6, "not_sure": 2}
CHOICES = {"contact": 45, "without_name": 42, "do_not_link": 13}
COMMENTS = (
    "Our coordinator rang us back every time. That made all the difference.",
    "It took far too long to hear anything. I had to chase every week.",
    "The meeting was good and my child was asked what she wanted.",
    "I did not understand half of the words in the letter.",
    "The plan says what we asked for. Thank you.",
    "Nobody told us the draft had been sent to the school already.",
    "We felt listened to.",
    "The speech therapy part is still too vague.",
)


@dataclass(frozen=True)
class Family:
    """One family's chances, drawn as they are needed."""

    chance: random.Random

    def answers(self, step: Step, child: Child) -> bool:
        """Whether this contact brings an answer. Some groups answer less: that is what "Being heard" is there to show."""
        reach = 1.0 if child.ethnicity in (None, "WBRI") else 0.6
        return self.chance.random() < ANSWERS_AFTER[step] * reach

    def picks_up(self) -> bool:
        """Whether a call is answered, and the survey with it."""
        return self.chance.random() < REACHED_BY_PHONE

    def fills_in(self, survey: Survey, *, happier: bool = False) -> dict[str, str]:
        """An answer to every question, by id. People are kinder on the telephone."""
        mood = self.chance.random() + (0.15 if happier else 0)
        return {
            question.id: answer
            for question in survey.questions
            if (answer := self._answer(question.kind, [o.code for o in question.options], mood)) is not None
        }

    def _answer(self, kind: QuestionKind, codes: list[str], mood: float) -> str | None:
        if kind is QuestionKind.TEXT:
            return self.chance.choice(COMMENTS) if self.chance.random() < 0.4 else None
        if kind is QuestionKind.CONTACT:
            return self._drawn(CHOICES, codes)
        weights = {code: weight * (2 if (code in "54") == (mood > 0.35) else 1) for code, weight in AGREEMENT.items()}
        return self._drawn(weights, codes)

    def _drawn(self, weights: Mapping[str, float], codes: list[str]) -> str:
        known = [code for code in codes if code in weights] or codes
        return self.chance.choices(known, [weights.get(code, 1) for code in known])[0]
