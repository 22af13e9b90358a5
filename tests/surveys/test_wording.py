"""The words a person reads, and the language they are really in."""

import pytest

from engage.core import catalogues
from engage.core.languages import speaking
from engage.surveys.definition import Survey
from engage.surveys.wording import answer_rows, question_error, question_words, survey_words


def test_a_question_in_english(survey: Survey) -> None:
    words = question_words(survey.questions[1], "en")
    assert words.language == "en"
    assert words.heading == "Confidence in the quality of the final EHC plan"
    assert words.options[0] == ("5", "Strongly agree")


@pytest.fixture
def polish(monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """What there is in Polish: nothing, until a test says so."""
    said: dict[str, str] = {}
    monkeypatch.setattr(catalogues, "lookup", lambda _language, _domain, message, **_: said.get(message))
    return said


def test_a_language_without_words_gets_english_and_says_that_it_is(survey: Survey, polish: dict[str, str]) -> None:
    assert survey_words(survey, "pl").language == "en"
    words = question_words(survey.questions[1], "pl")
    assert (words.language, words.heading) == ("en", "Confidence in the quality of the final EHC plan")


def test_a_question_is_never_half_in_one_language(survey: Survey, polish: dict[str, str]) -> None:
    question = survey.questions[1]
    polish[question.heading] = "Po polsku"
    assert question_words(question, "pl").heading == question.heading
    polish |= {text: f"«{text}»" for text in [question.hint, *(option.label for option in question.options)] if text}
    words = question_words(question, "pl")
    assert (words.language, words.heading) == ("pl", "Po polsku")
    assert words.options[0] == ("5", "«Strongly agree»")


def test_what_was_left_out_is_asked_for_in_the_language_being_spoken(survey: Survey, polish: dict[str, str]) -> None:
    question = next(one for one in survey.questions if one.error)
    polish[question.error or ""] = "Wybierz odpowiedź"
    assert question_error(question) == question.error
    with speaking("pl"):
        assert question_error(question) == "Wybierz odpowiedź"


def test_the_rows_to_check_show_labels_and_own_words(survey: Survey) -> None:
    rows = answer_rows(survey, {"assessment_positive": "2", "contact": "contact"}, {"comment": "Thank you"}, "en")
    assert [row.answer for row in rows] == ["Disagree", None, None, None, "Thank you", "Yes, you can contact me"]
    assert rows[4].heading == "Is there anything you want to tell us?"
