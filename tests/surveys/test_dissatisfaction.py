"""The unhappy answer is found by the survey's own rules, each with its reason in words."""

import pytest

from engage.surveys.definition import Survey
from engage.surveys.dissatisfaction import FLAGGED_WORDS, Trigger, triggers
from engage.surveys.loader import Catalogue

HAPPY = dict.fromkeys(("assessment_positive", "plan_confidence", "involved", "plan_will_help"), "4")


def _found(catalogue: Catalogue, survey: Survey, answers: dict[str, str], comment: str = "") -> list[Trigger]:
    return triggers(survey, answers, {"comment": comment}, flagged=catalogue.flagged_words)


def test_a_happy_answer_triggers_nothing(catalogue: Catalogue, survey: Survey) -> None:
    assert _found(catalogue, survey, HAPPY | {"contact": "without_name"}, "Thank you, all went well.") == []


@pytest.mark.parametrize(("code", "is_found"), [("5", 0), ("4", 0), ("3", 0), ("2", 1), ("1", 1), ("not_sure", 0)])
def test_only_the_bottom_two_of_a_core_question_trigger(
    catalogue: Catalogue, survey: Survey, code: str, is_found: int
) -> None:
    assert len(_found(catalogue, survey, HAPPY | {"involved": code})) == is_found


def test_the_reason_says_what_was_answered(catalogue: Catalogue, survey: Survey) -> None:
    [trigger] = _found(catalogue, survey, HAPPY | {"plan_confidence": "1"})
    assert trigger == Trigger(
        rule="core_low",
        question="plan_confidence",
        reason="The family did not agree with something this survey is about. "
        '"Confidence in the quality of the final EHC plan": Strongly disagree',
    )


def test_asking_to_be_contacted_triggers_even_when_happy(catalogue: Catalogue, survey: Survey) -> None:
    [trigger] = _found(catalogue, survey, HAPPY | {"contact": "contact"})
    assert trigger.rule == "wants_contact"


def test_the_review_as_a_whole_has_its_own_rule(catalogue: Catalogue) -> None:
    review = catalogue.get("annual_review", 1)
    found = _found(catalogue, review, {"review_positive": "2", "listened_to": "2"})
    assert [trigger.rule for trigger in found] == ["core_low", "overall_low"]


@pytest.mark.parametrize(
    "comment",
    ["He was HIT at school", "there is self-harm", "they don’t want to live", "wants\n to   die", "(abuse)", "knife."],
)
def test_flagged_words_alone_are_reason_enough(catalogue: Catalogue, survey: Survey, comment: str) -> None:
    [trigger] = _found(catalogue, survey, HAPPY, comment)
    assert (trigger.rule, trigger.question) == (FLAGGED_WORDS, "comment")


@pytest.mark.parametrize("comment", ["whit", "It hitherto worked", "Knifes", "architect", "skilled", ""])
def test_parts_of_words_are_not_flagged(catalogue: Catalogue, survey: Survey, comment: str) -> None:
    assert _found(catalogue, survey, HAPPY, comment) == []


def test_all_flagged_words_are_named_once_by_what_they_may_mean(catalogue: Catalogue, survey: Survey) -> None:
    found = _found(catalogue, survey, {}, "Hit, hit and HIT again; slapped. Not safe.")
    assert [trigger.reason for trigger in found] == [
        'Their own words hold "hit", "slapped": somebody may be being hurt.',
        'Their own words hold "not safe": a child may be without care or safety.',
    ]


def test_the_same_answer_gives_the_same_triggers_in_any_order(catalogue: Catalogue, survey: Survey) -> None:
    answers = {"contact": "contact", "involved": "1", "assessment_positive": "2"}
    backwards = dict(reversed(answers.items()))
    assert _found(catalogue, survey, answers, "hurt") == _found(catalogue, survey, backwards, "hurt")
    assert [trigger.rule for trigger in _found(catalogue, survey, answers, "hurt")] == [
        "core_low",
        "core_low",
        "wants_contact",
        FLAGGED_WORDS,
    ]
