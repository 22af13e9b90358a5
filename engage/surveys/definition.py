"""What a survey is: the shapes that the files under `surveys/` must have.

Ids and codes are eternal and are all text, so that a count over stored answers is the same on every database;
words may be bettered in a new version.
"""

import hashlib
import json
from collections.abc import Mapping
from datetime import date
from enum import StrEnum
from functools import cached_property
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, RootModel, StringConstraints


class QuestionKind(StrEnum):
    SCALE = "scale"
    CHOICE = "choice"
    CONTACT = "contact"
    TEXT = "text"


class Audience(StrEnum):
    """Who a survey is for."""

    PARENT_CARER = "parent_carer"
    YOUNG_PERSON = "young_person"
    """Past the end of compulsory school age, and so asked in their own right."""
    CHILD = "child"
    """Met face to face, and never sent anything."""
    SETTING = "setting"
    """A special educational needs co-ordinator or a whole setting, by the mailbox of the role."""
    HEALTH_PROFESSIONAL = "health_professional"
    """By the mailbox of the role."""
    ANYONE = "anyone"
    """By an open link: who they are is their own word, so they are counted apart."""
    ATTENDEE = "attendee"
    """Came to an event or a training."""

    @property
    def is_known(self) -> bool:
        """Whether a person or mailbox was asked, so that somebody can come back to them."""
        return self not in (Audience.CHILD, Audience.ANYONE, Audience.ATTENDEE)

    @property
    def is_at_work(self) -> bool:
        """Whether they are asked at the mailbox of their role, in English, and about somebody else's family."""
        return self in (Audience.SETTING, Audience.HEALTH_PROFESSIONAL)

    @property
    def is_family(self) -> bool:
        """Whether they speak of their own family, and so are told where they can turn."""
        return self in (Audience.PARENT_CARER, Audience.YOUNG_PERSON, Audience.ANYONE)


class Mode(StrEnum):
    """How an answer was given; figures always show the mix, for people are kinder on the phone than on a page."""

    LINK = "link"
    PHONE = "phone"
    PAPER = "paper"
    FACE_TO_FACE = "face_to_face"


class Route(StrEnum):
    """Where a family can turn; the pages know the words and the addresses."""

    COMPLAINT = "complaint"
    APPEAL = "appeal"
    MEDIATION = "mediation"
    SENDIASS = "sendiass"


def _number_as_text(value: object) -> object:
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else value


Words = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]
Name = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]*$", max_length=40)]
Code = Annotated[str, BeforeValidator(_number_as_text), StringConstraints(pattern=r"^[a-z0-9_]+$", max_length=40)]


class Frozen(BaseModel):
    """A part of a definition: never changed once read, and nothing in it that is not known."""

    model_config = ConfigDict(frozen=True, extra="forbid", validate_by_name=True)


class Option(Frozen):
    """One answer a person may select."""

    code: Code
    label: Words
    in_base: bool = True
    """Whether this answer counts in what a percentage is of: "not sure" does not."""
    picture: Name | None = None
    """The symbol beside the words, by its name in `surveys/pictures/`."""


class Scale(Frozen):
    """An ordered set of answers shared by many questions."""

    options: tuple[Option, ...] = Field(min_length=2)
    positive: tuple[Code, ...] = ()
    dissatisfied: tuple[Code, ...] = ()
    error: Words


class Scales(RootModel[dict[Name, Scale]]):
    """The file of scales."""


class Condition(Frozen):
    """Ask only if an earlier question was answered with one of these codes."""

    question: Name
    codes: tuple[Code, ...] = Field(alias="in", min_length=1)


class Question(Frozen):
    """One thing asked on one page."""

    id: Name
    kind: QuestionKind
    core: bool = False
    """Whether it counts towards a partial answer being enough (AAPOR: half of the core)."""
    optional: bool = False
    measure: Name | None = None
    tracked: Words | None = None
    """The wording of the paper that follows this measure, letter for letter."""
    statement: Words = ""
    """What the person reads as the heading; without one, the tracked wording itself."""
    hint: Words | None = None
    """The same in plain English: one sentence for a reading age of nine."""
    scale: Name | None = None
    options: tuple[Option, ...] = ()
    positive: tuple[Code, ...] = ()
    dissatisfied: tuple[Code, ...] = ()
    error: Words | None = None
    """What is said when nothing was selected."""
    show_if: Condition | None = None
    picture: Name | None = None
    """The symbol beside the words, by its name in `surveys/pictures/`."""

    def __hash__(self) -> int:
        return hash(self.id)  # what a frozen model does by itself reads every word of it

    @property
    def heading(self) -> str:
        """The words at the top of the page."""
        return self.statement or self.tracked or ""

    @property
    def is_coded(self) -> bool:
        """Whether it is answered by a code rather than in one's own words."""
        return self.kind is not QuestionKind.TEXT

    @property
    def base(self) -> frozenset[str]:
        """The codes that count in what a percentage is of."""
        return frozenset(option.code for option in self.options if option.in_base)

    def option(self, code: str) -> Option | None:
        """The answer with this code, if it is one of this question's."""
        return next((option for option in self.options if option.code == code), None)


class DissatisfactionRule(Frozen):
    """Any of these questions answered with any of these codes asks for somebody to follow up."""

    code: Name
    questions: tuple[Name, ...] = Field(min_length=1)
    codes: tuple[Code, ...] = Field(default=(), alias="in")
    """Without any, each question's own dissatisfied answers."""
    reason: Words


_PICTURES: Any = {"questions": {"__all__": {"picture": True, "options": {"__all__": {"picture"}}}}}
"""Where pictures stand in a survey, as pydantic's `exclude` takes it."""


class Survey(Frozen):
    """One version of a survey."""

    code: Name = Field(alias="survey")
    version: int = Field(ge=1)
    title: Words
    topic: Annotated[Words, StringConstraints(max_length=26)]
    """What it is about, to stand inside a sentence of a message ("How was ...?"), with no jargon and no name."""
    audience: Audience
    about: tuple[Name, ...] = ()
    """The kinds of plan event it follows; none for those who are not asked because of one."""
    modes: tuple[Mode, ...] = Field((Mode.LINK, Mode.PHONE, Mode.PAPER), min_length=1)
    """The ways in which it may be answered."""
    minutes: int = Field(ge=1, le=30)
    intro: tuple[Words, ...] = Field(min_length=1)
    questions: tuple[Question, ...] = Field(min_length=1)
    dissatisfaction: tuple[DissatisfactionRule, ...] = ()
    thank_you_routes: tuple[Route, ...] = ()

    def __hash__(self) -> int:
        return hash(self.sha256)

    def question(self, question_id: str) -> Question | None:
        """The question with this id, if there is one."""
        return next((question for question in self.questions if question.id == question_id), None)

    @property
    def core(self) -> tuple[Question, ...]:
        """The questions the survey turns on."""
        return tuple(question for question in self.questions if question.core)

    @property
    def contact_question(self) -> Question | None:
        """The one that asks whether we may contact the person."""
        return next((question for question in self.questions if question.kind is QuestionKind.CONTACT), None)

    @cached_property
    def sha256(self) -> str:
        """The lock of this version: a hash over all it asks and offers, scales included, in one canonical form.

        What is left at its default is left out, so that a survey's lock holds when Engage learns new fields. Pictures
        are left out too: a symbol may be added or redrawn beside words that stay as they are.
        """
        content = self.model_dump(mode="json", exclude_defaults=True, exclude=_PICTURES)
        canonical = json.dumps(content, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
        return hashlib.sha256(canonical.encode()).hexdigest()


class Baseline(Frozen):
    """Where a measure stood before, as a paper printed it; none of the papers prints how many families."""

    printed: Words
    percent: float = Field(ge=0, le=100)
    below: bool = False
    """Whether the paper says only "less than"."""
    estimate: bool = False
    period: Words
    source: Words


class Target(Frozen):
    """What a measure is meant to reach."""

    percent: float = Field(ge=0, le=100)
    source: Words


class Measure(Frozen):
    """Something followed over time, whatever words ask for it."""

    name: Words
    baseline: Baseline | None = None
    target: Target | None = None
    beside: tuple[Name, ...] = ()
    """The measures that this one asks for in better words, beside them for a while: a break in the series, so that its
    answers never stand in one trend with theirs."""


class Crosswalk(Frozen):
    """A decision on whether the words of some versions may stand in one trend, and whose decision it was."""

    measure: Name
    versions: tuple[int, ...] = Field(min_length=2)
    comparable: bool
    approved_by: Words
    approved_on: date
    why: Words


class SurveyMeasures(Frozen):
    """The file of a survey's measures."""

    survey: Name
    measures: Mapping[Name, Measure]
    crosswalk: tuple[Crosswalk, ...] = ()


class Published(Frozen):
    """A version that families may be asked with, locked by its hash."""

    survey: Name
    version: int
    sha256: Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]


class PublishedVersions(Frozen):
    """The file of published versions."""

    published: tuple[Published, ...] = ()


class FlaggedGroup(Frozen):
    """Words that may mean one kind of harm."""

    about: Words
    words: tuple[Words, ...] = Field(min_length=1)


class FlaggedWords(RootModel[tuple[FlaggedGroup, ...]]):
    """The file of flagged words."""
