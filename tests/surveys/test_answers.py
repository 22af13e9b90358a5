"""What a person sends is kept as they meant it, or they are told what to do."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engage.surveys.answers import (
    LONGEST_TEXT_BYTES,
    AnswerMistake,
    answered,
    clean_text,
    coded_document,
    completeness,
    kept_texts,
    read_answer,
    unanswered,
)
from engage.surveys.definition import Question, Survey
from engage.surveys.models import Completeness
from tests.surveys.strategies import answers_to, make_choice, make_survey, surveys

CORE = ("assessment_positive", "plan_confidence", "involved", "plan_will_help")


@pytest.fixture
def scale(survey: Survey) -> Question:
    return survey.questions[0]


@pytest.fixture
def comment(survey: Survey) -> Question:
    return survey.questions[4]


def test_a_selected_answer_is_its_code(scale: Question) -> None:
    assert read_answer(scale, ["4"]) == "4"
    assert read_answer(scale, ["not_sure"]) == "not_sure"


@pytest.mark.parametrize("values", [[], [""], ["9"], ["4", "5"], ["'; drop table response"], ["4\0"]])
def test_nothing_selected_or_nonsense_gets_the_questions_own_words(scale: Question, values: list[str]) -> None:
    assert read_answer(scale, values) == AnswerMistake(scale.id, "Select how much you agree or disagree")


def test_an_optional_question_may_be_left_alone(comment: Question) -> None:
    assert read_answer(comment, []) is None
    assert read_answer(comment, [" \r\n "]) is None
    optional = make_survey([make_choice("q", optional=True)]).questions[0]
    assert read_answer(optional, []) is None
    assert read_answer(optional, ["nonsense"]) == AnswerMistake("q", "Select")


def test_words_that_must_be_given_are_asked_for() -> None:
    question = make_survey([{"id": "q", "kind": "text", "statement": "Why?"}]).questions[0]
    assert read_answer(question, [""]) == AnswerMistake("q", "Enter your answer")


@pytest.mark.parametrize(
    "typed",
    [
        "  two  spaces\r\nand a line\t ",
        "எங்கள் குழந்தை",
        "우리 아이는 👨‍👩‍👧‍👦",
        "می‌خواهم \u202eback\u202c",
        "<script>alert(1)</script> ((link)) {{7*7}} %s",
        "\x1b[31m",
    ],
)
def test_words_are_kept_as_typed(comment: Question, typed: str) -> None:
    assert read_answer(comment, [typed]) == typed


@given(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0")))
def test_clean_text_alters_nothing_a_database_can_hold(typed: str) -> None:
    assert clean_text(typed) == typed


@given(st.text(st.characters()))
def test_clean_text_can_always_be_stored(typed: str) -> None:
    cleaned = clean_text(typed)
    assert "\0" not in cleaned
    assert cleaned.encode().decode() == cleaned


def test_what_no_database_can_hold_goes_and_the_rest_stays(comment: Question) -> None:
    assert read_answer(comment, ["a\0b\ud83dc"]) == "ab\N{REPLACEMENT CHARACTER}c"


def test_words_may_be_a_hundred_kilobytes_long_and_no_longer(comment: Question) -> None:
    longest = "a\r\n" * (LONGEST_TEXT_BYTES // 2)
    assert read_answer(comment, [longest]) == longest
    mistake = read_answer(comment, ["ü" * (LONGEST_TEXT_BYTES // 2 + 1)])
    assert isinstance(mistake, AnswerMistake)
    assert mistake.message == "Your answer is too long. Shorten it by about 2 letters, or phone us with the rest"


def test_an_answer_is_put_in_and_taken_out(scale: Question, comment: Question) -> None:
    given_codes = answered(scale, "4", {"other": "1"})
    assert given_codes == {"other": "1", scale.id: "4"}
    assert answered(scale, None, given_codes) == {"other": "1"}
    assert answered(comment, "words", {}) == {"comment": "words"}


def test_the_document_holds_codes_in_the_surveys_order_and_nothing_else(survey: Survey) -> None:
    answers = {"contact": "contact", "involved": "not_sure", "gone": "1", "plan_confidence": "77", "comment": "x"}
    assert json.dumps(coded_document(survey, answers)) == '{"involved": "not_sure", "contact": "contact"}'


def test_what_no_longer_applies_is_not_kept() -> None:
    survey = make_survey(
        [
            make_choice("first"),
            make_choice("second", show_if={"question": "first", "in": ["a"]}),
            {"id": "why", "kind": "text", "statement": "Why?", "show_if": {"question": "first", "in": ["a"]}},
        ]
    )
    assert coded_document(survey, {"first": "b", "second": "a"}) == {"first": "b"}
    assert kept_texts(survey, {"first": "b"}, {"why": "because"}) == {}
    assert kept_texts(survey, {"first": "a"}, {"why": "because"}) == {"why": "because"}


@pytest.mark.parametrize(
    ("core_answered", "with_contact", "expected"),
    [
        (4, True, Completeness.COMPLETE),
        (4, False, Completeness.PARTIAL),
        (3, True, Completeness.PARTIAL),
        (2, False, Completeness.PARTIAL),
        (1, True, Completeness.BREAK_OFF),
        (0, False, Completeness.BREAK_OFF),
    ],
)
def test_half_of_the_core_makes_a_partial_answer(
    survey: Survey, core_answered: int, with_contact: bool, expected: Completeness
) -> None:
    answers = dict.fromkeys(CORE[:core_answered], "not_sure") | ({"contact": "contact"} if with_contact else {})
    assert completeness(survey, answers) is expected


@given(st.data())
def test_an_answer_is_complete_when_nothing_is_left_unanswered(data: st.DataObject) -> None:
    survey = data.draw(surveys())
    answers = data.draw(answers_to(survey))
    complete = completeness(survey, answers) is Completeness.COMPLETE
    assert complete == (not unanswered(survey, answers))


@given(st.data())
def test_keeping_a_document_twice_changes_nothing(data: st.DataObject) -> None:
    survey = data.draw(surveys())
    document = coded_document(survey, data.draw(answers_to(survey)))
    assert coded_document(survey, document) == document
