"""The words a person reads, and the language they are really in."""

import pytest
from structlog.testing import capture_logs

from engage.surveys.definition import Survey
from engage.surveys.wording import answer_rows, question_words, survey_words


def test_a_question_in_english(survey: Survey) -> None:
    words = question_words(survey.questions[1], "en")
    assert words.language == "en"
    assert words.heading == "Confidence in the quality of the final EHC plan"
    assert words.options[0] == ("5", "Strongly agree")


@pytest.mark.parametrize("language", ["ta", "ar"])
def test_a_language_without_words_gets_english_and_the_log_says_so(survey: Survey, language: str) -> None:
    with capture_logs() as logs:
        assert survey_words(survey, language).language == "en"
        assert question_words(survey.questions[0], language).language == "en"
    assert [entry["log_level"] for entry in logs] == ["warning", "warning"]
    assert f"No survey words in {language}" in logs[0]["event"]


def test_english_is_read_without_a_word_in_the_log(survey: Survey) -> None:
    with capture_logs() as logs:
        survey_words(survey, "en")
    assert logs == []


def test_the_rows_to_check_show_labels_and_own_words(survey: Survey) -> None:
    rows = answer_rows(survey, {"assessment_positive": "2", "contact": "contact"}, {"comment": "Thank you"}, "en")
    assert [row.answer for row in rows] == ["Disagree", None, None, None, "Thank you", "Yes, you can contact me"]
    assert rows[4].heading == "Is there anything you want to tell us?"
